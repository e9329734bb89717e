import type { LocalText } from "@jinshui/contracts";
import { controls, JinshuiElement, local, send, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

/** What another system wants to know of the person it has sent here. */
interface Question {
  client: { id: string; title: LocalText };
  consent: boolean;
  scopes: string[];
}

/** Sends people back to the system that let them sign in here, once they have agreed where that is asked. */
@customElement("ji-authorize-page")
export class AuthorizePage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        width: min(480px, 92vw);
        padding: 16px;
      }
      .buttons {
        display: flex;
        gap: 8px;
      }
    `,
  ];
  @property() interaction = "";
  @state() private question: Question | undefined;
  @state() private error: unknown;
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#ask();
  }

  override render(): TemplateResult {
    if (this.error !== undefined) return html`<ji-error .error=${this.error}></ji-error>`;
    const { question } = this;
    if (!question?.consent) return html`<p role="status">${t("authorize.back")}</p>`;
    return html`<section class="card">
      <h1 tabindex="-1">${t("authorize.title", { system: local(question.client.title) })}</h1>
      <p>${t("authorize.learns")}</p>
      <ul>
        ${question.scopes.map((scope) => (scope === "openid" ? nothing : html`<li>${t(`authorize.scope.${scope}`)}</li>`))}
        <li>${t("authorize.scope.openid")}</li>
      </ul>
      <div class="buttons">
        <button class="button primary" ?disabled=${this.busy} @click=${() => this.#answer(true)}>
          ${t("authorize.agree")}
        </button>
        <button class="button" ?disabled=${this.busy} @click=${() => this.#answer(false)}>
          ${t("authorize.refuse")}
        </button>
      </div>
    </section>`;
  }

  get #path(): string {
    return `/oidc/interaction/${encodeURIComponent(this.interaction)}`;
  }

  async #ask(): Promise<void> {
    try {
      this.question = (await (await send("GET", `${this.#path}/question`)).json()) as Question;
      if (!this.question.consent) await this.#answer(true);
    } catch (error) {
      this.error = error;
    }
  }

  async #answer(agreed: boolean): Promise<void> {
    this.busy = true;
    try {
      const { location: next } = (await (await send("POST", this.#path, { body: { agreed } })).json()) as {
        location: string;
      };
      location.assign(next);
    } catch (error) {
      this.error = error;
      this.busy = false;
    }
  }
}
