import {
  authApi,
  type ClientInfo,
  federationApi,
  JinshuiError,
  type LocalText,
  type Profile,
} from "@jinshui/contracts";
import { client, controls, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

interface Source {
  id: string;
  title: LocalText;
}

/** Machines of the bureau with what they may do, and who people are in other directories: asked for here, agreed to by another. */
@customElement("ji-clients-page")
export class ClientsPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
      form {
        display: flex;
        gap: 8px;
        flex-wrap: wrap;
        align-items: end;
        margin-top: 8px;
      }
      form label {
        flex: 1 1 200px;
        display: grid;
        gap: 4px;
      }
      li {
        overflow-wrap: anywhere;
      }
    `,
  ];
  @property({ attribute: false }) profile: Profile | undefined;
  @state() private clients: ClientInfo[] = [];
  @state() private sources: Source[] = [];
  @state() private loading = true;
  @state() private done = "";
  @state() private error: unknown;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override render(): TemplateResult {
    return html`<div class="bar">
        <h1 tabindex="-1">${t("nav.clients")}</h1>
        <span role="status" class="quiet">${this.done}</span>
      </div>
      <p class="quiet">${t("clients.hint")}</p>
      <ji-error .error=${this.error}></ji-error>
      ${this.clients.map((machine) => this.#card(machine))}
      ${this.clients.length === 0 ? html`<ji-empty text=${t(this.loading ? "list.loading" : "clients.none")}></ji-empty>` : nothing}
      ${this.sources.length > 0 && this.#mayPropose ? this.#linking() : nothing}`;
  }

  get #mayPropose(): boolean {
    return this.profile?.permissions.includes("site.people") === true;
  }

  #card(machine: ClientInfo): TemplateResult {
    const { id, title, scopes, titles, granted } = machine;
    const hasAll = granted.length === scopes.length;
    return html`<section class="card" aria-label=${local(title)}>
      <h2><span>${local(title)}</span> <span class="quiet">${id}</span></h2>
      <div class="body">
        <ul>
          ${scopes.map((scope) => {
            const has = granted.includes(scope);
            return html`<li>
              <span title=${scope}>${local(titles[scope])}</span>
              <span class=${has ? "badge ok" : "badge"}>${t(has ? "clients.granted" : "clients.notGranted")}</span>
            </li>`;
          })}
        </ul>
        <form @submit=${(event: SubmitEvent) => this.#decide(event, machine)}>
          <label>${t("clients.reason")}${reasonField}</label>
          ${hasAll || !this.#mayPropose ? nothing : html`<button class="button" value="propose" ?disabled=${this.loading}>${t("clients.propose")}</button>`}
          ${granted.length === 0 ? nothing : html`<button class="button danger" value="withdraw" ?disabled=${this.loading}>${t("clients.withdraw")}</button>`}
        </form>
      </div>
    </section>`;
  }

  #linking(): TemplateResult {
    return html`<section class="card" aria-label=${t("clients.link")}>
      <h2>${t("clients.link")}</h2>
      <div class="body">
        <p class="quiet">${t("clients.linkHint")}</p>
        <form @submit=${(event: SubmitEvent) => this.#link(event)}>
          <label
            >${t("clients.person")}<input class="input" name="person" required maxlength="60" autocomplete="off"
          /></label>
          <label
            >${t("clients.source")}<select class="input" name="source">
              ${this.sources.map(({ id, title }) => html`<option value=${id}>${local(title)}</option>`)}
            </select></label
          >
          <label
            >${t("clients.externalId")}<input
              class="input"
              name="externalId"
              required
              maxlength="200"
              autocomplete="off"
          /></label>
          <label>${t("clients.reason")}${reasonField}</label>
          <button class="button" ?disabled=${this.loading}>${t("clients.propose")}</button>
        </form>
      </div>
    </section>`;
  }

  async #load(): Promise<void> {
    await this.#do(async () => {
      const [{ clients }, { sources }] = await Promise.all([
        client(federationApi).clients({}),
        client(federationApi).sources({}),
      ]);
      this.clients = clients;
      this.sources = sources;
      return "";
    });
  }

  async #decide(event: SubmitEvent, { id, title, scopes, granted }: ClientInfo): Promise<void> {
    event.preventDefault();
    const verb = (event.submitter as HTMLButtonElement | null)?.value === "withdraw" ? "withdraw" : "propose";
    const form = event.target as HTMLFormElement;
    const reason = new FormData(form).get("reason") as string;
    await this.#do(async () => {
      const federation = client(federationApi);
      if (verb === "withdraw") await federation.withdrawClientGrant({ client: id, scopes: granted, reason });
      else {
        const missing = scopes.filter((scope) => !granted.includes(scope));
        await federation.proposeClientGrant({ client: id, scopes: missing, reason });
      }
      this.clients = (await federation.clients({})).clients;
      form.reset();
      return t(`clients.done-${verb}`, { client: local(title) });
    });
  }

  async #link(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = (name: string): string => (new FormData(form).get(name) as string).trim();
    await this.#do(async () => {
      const search = text("person");
      const { people, total } = await client(authApi).people({ search, limit: 2 });
      const [person] = people;
      if (!person || total > 1)
        throw new JinshuiError("person-not-one", `${total} people are called ${search}`, {
          details: { search, total },
        });
      const link = { source: text("source"), externalId: text("externalId"), reason: text("reason") };
      await client(federationApi).proposeIdentity({ person: person.id, ...link });
      form.reset();
      return t("clients.done-link", { person: person.name });
    });
  }

  /** What was done, when it was; else why not. */
  async #do(work: () => Promise<string>): Promise<void> {
    this.loading = true;
    this.error = undefined;
    try {
      this.done = await work();
    } catch (error) {
      this.done = "";
      this.error = error;
    } finally {
      this.loading = false;
    }
  }
}

const reasonField = html`<input
  class="input"
  name="reason"
  required
  minlength="2"
  maxlength="200"
  autocomplete="off"
/>`;
