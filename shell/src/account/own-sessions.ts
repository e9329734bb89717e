import { accountApi, type SessionInfo } from "@jinshui/contracts";
import { client, controls, dateTime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Section, sectionStyles } from "./section.js";

/** Where one is signed in; what one does not know is ended. */
@customElement("ji-own-sessions")
export class OwnSessions extends Section {
  static override styles = [controls, sectionStyles];
  @state() private sessions: SessionInfo[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.act(() => this.#load());
  }

  override render(): TemplateResult {
    return html`<section class="card">
      <h2>
        ${t("account.sessions")}${this.sessions.length > 1 ? html`<button class="button plain" ?disabled=${this.busy} @click=${this.#endOthers}>${t("account.endOthers")}</button>` : nothing}
      </h2>
      <div class="body">
        <p class="quiet">${t("account.sessionsHint")}</p>
        ${this.outcome()}
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>${t("account.agent")}</th>
                <th>${t("account.where")}</th>
                <th>${t("account.since")}</th>
                <th>${t("account.lastUsed")}</th>
                <th></th>
              </tr>
            </thead>
            <tbody>
              ${this.sessions.map((session) => this.#row(session))}
            </tbody>
          </table>
        </div>
      </div>
    </section>`;
  }

  #row({ id, agent, address, createdAt, usedAt, current }: SessionInfo): TemplateResult {
    return html`<tr>
      <td>${agent ?? ""}</td>
      <td>${address ?? ""}</td>
      <td>${dateTime(createdAt)}</td>
      <td>${dateTime(usedAt)}</td>
      <td>
        ${
          current
            ? html`<span class="quiet">${t("account.current")}</span>`
            : html`<button
                class="button"
                ?disabled=${this.busy}
                aria-label=${`${t("account.end")} ${agent ?? ""} ${address ?? ""}`}
                @click=${() => this.#end(id)}
              >
                ${t("account.end")}
              </button>`
        }
      </td>
    </tr>`;
  }

  #end(session: string): Promise<void> {
    return this.act(async () => {
      await client(accountApi).endSession({ session });
      await this.#load();
      return t("account.ended", { n: 1 });
    });
  }

  readonly #endOthers = (): Promise<void> =>
    this.act(async () => {
      const { ended } = await client(accountApi).endAllSessions({});
      await this.#load();
      return t("account.ended", { n: ended });
    });

  async #load(): Promise<string> {
    this.sessions = (await client(accountApi).sessions({})).sessions;
    return "";
  }
}
