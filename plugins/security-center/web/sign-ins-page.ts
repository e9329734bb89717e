import {
  accountApi,
  SECURITY_PERMISSION,
  securityApi,
  type OpOutput,
  type SecurityApi,
  type SignInRecord,
} from "@jinshui/contracts";
import { client, confirmed, dateTime, Pages, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { FilterForm } from "./filter-form.js";
import { asked, instantOf, periodFields, SecurityPage } from "./page.js";

const OUTCOMES = ["ok", "failed", "locked-out", "again", "out", "moved"] as const;
const TONES: Record<SignInRecord["outcome"], string> = {
  ok: "ok",
  failed: "warn",
  "locked-out": "error",
  again: "",
  out: "",
  moved: "warn",
};
type Session = OpOutput<SecurityApi, "openSessions">["sessions"][number];

/** Attempts to sign in, and the sessions that go on. */
export class SignInsPage extends SecurityPage {
  @state() private query = new URLSearchParams();
  readonly #filter = new FilterForm(this, (search) => this.show(search));
  readonly #signIns = new Pages<SignInRecord>(
    async (page) => {
      const { signIns, ...rest } = await client(securityApi).signIns({ ...this.#filters(), ...page });
      return { items: signIns, ...rest };
    },
    () => this.requestUpdate(),
  );
  readonly #sessions = new Pages<Session>(
    async (page) => {
      const { sessions, ...rest } = await client(securityApi).openSessions(page);
      return { items: sessions, ...rest };
    },
    () => this.requestUpdate(),
  );

  get #showsSessions(): boolean {
    return this.query.get("sessions") !== null;
  }

  protected override async load(query: URLSearchParams): Promise<void> {
    this.query = query;
    this.#filter.fill(asked(query));
    await (this.#showsSessions ? this.#sessions.load() : this.#signIns.load());
  }

  #filters(): Parameters<ReturnType<typeof client<SecurityApi>>["signIns"]>[0] {
    const outcome = OUTCOMES.find((known) => known === this.query.get("outcome"));
    const [who, address] = [this.query.get("who"), this.query.get("address")];
    const [from, to] = [instantOf(this.query.get("from")), instantOf(this.query.get("to"))];
    return {
      ...(outcome === undefined ? {} : { outcome }),
      ...(who === null ? {} : { who }),
      ...(address === null ? {} : { address }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
  }

  override render(): TemplateResult {
    const sessions = this.#showsSessions;
    return html`${this.head(t("security-center.sign-ins"))}
      <section class="card">
        <div class="tabs" role="group" aria-label=${t("security-center.sign-ins")}>
          <button aria-pressed=${!sessions} @click=${() => this.show({})}>${t("security-center.attempts")}</button>
          <button aria-pressed=${sessions} @click=${() => this.show({ sessions: "1" })}>
            ${t("security-center.sessions")}
          </button>
        </div>
        ${sessions ? this.#sessionList() : [this.#form(), this.#attempts()]}
      </section>`;
  }

  #form(): TemplateResult {
    return this.#filter.template([
      { key: "who", label: t("security-center.who"), kind: "text", maxLength: 60 },
      {
        key: "outcome",
        label: t("security-center.outcome"),
        kind: "choice",
        options: OUTCOMES.map((value) => ({ value, label: t(`security-center.outcome.${value}`) })),
      },
      { key: "address", label: t("security-center.address"), kind: "text", maxLength: 60 },
      ...periodFields(),
    ]);
  }

  #attempts(): TemplateResult {
    const { items } = this.#signIns;
    return html`${
      items.length === 0
        ? nothing
        : this.table(
            t("security-center.attempts"),
            ["time", "outcome", "person", "address", "browser"].map((key) => t(`security-center.${key}`)),
            items.map(
              ({ at, outcome, person, username, address, agent }) =>
                html`<tr>
                  <td>${dateTime(at)}</td>
                  <td><span class="badge ${TONES[outcome]}">${t(`security-center.outcome.${outcome}`)}</span></td>
                  <td>${person?.name ?? username ?? ""}</td>
                  <td>${address ?? ""}</td>
                  <td>${agent ?? ""}</td>
                </tr>`,
            ),
          )
    }
    ${this.#signIns.foot(t("security-center.noAttempts"), (error) => (this.error = error))}`;
  }

  #sessionList(): TemplateResult {
    const { items } = this.#sessions;
    return html`${
      items.length === 0
        ? nothing
        : this.table(
            t("security-center.sessions"),
            [...["person", "since", "used", "address", "browser"].map((key) => t(`security-center.${key}`)), ""],
            items.map((session) => this.#session(session)),
          )
    }
    ${this.#sessions.foot(t("security-center.noSessions"), (error) => (this.error = error))}`;
  }

  #session({ id, person, createdAt, usedAt, address, agent, current }: Session): TemplateResult {
    return html`<tr>
      <td>${person.name}</td>
      <td>${dateTime(createdAt)}</td>
      <td>${dateTime(usedAt)}</td>
      <td>${address ?? ""}</td>
      <td>${agent ?? ""}</td>
      <td class="actions">
        ${
          current
            ? html`<span class="quiet small">${t("security-center.current")}</span>`
            : this.may(SECURITY_PERMISSION)
              ? html`<button
                  class="button danger"
                  aria-label=${t("security-center.endOf", { name: person.name })}
                  @click=${() => this.#end(id, person.name)}
                >
                  ${t("security-center.end")}
                </button>`
              : nothing
        }
      </td>
    </tr>`;
  }

  async #end(session: string, name: string): Promise<void> {
    const [title, text] = [t("security-center.end"), t("security-center.endSure", { name })];
    if (!(await confirmed({ title, text, action: title }))) return;
    await this.attempt(() => client(accountApi).endSession({ session }), t("security-center.ended", { name }));
  }
}
