import { type ClientInfo, federationApi, type LocalText, PEOPLE_PERMISSION } from "@jinshui/contracts";
import { client, local, PluginPage, t } from "@jinshui/web";
import { fieldTemplate } from "@jinshui/web/form";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { reasonField, reasonFormStyles } from "./reason-form.js";

interface Source {
  id: string;
  title: LocalText;
}

/** Machines of the bureau with what they may do, and who people are in other directories: asked for here, agreed to by another. */
@customElement("ji-clients-page")
export class ClientsPage extends PluginPage {
  static override styles = [PluginPage.styles, reasonFormStyles];
  @state() private clients: ClientInfo[] | undefined;
  @state() private sources: Source[] = [];
  @state() private person: { id: string; title: string } | undefined;

  protected override async load(): Promise<void> {
    const [{ clients }, { sources }] = await Promise.all([
      client(federationApi).clients({}),
      client(federationApi).sources({}),
    ]);
    this.clients = clients;
    this.sources = sources;
  }

  override render(): TemplateResult {
    const { clients = [] } = this;
    return html`${this.head(t("nav.clients"))}
      <p class="quiet">${t("clients.hint")}</p>
      ${clients.map((machine) => this.#card(machine))}
      ${clients.length === 0 && (this.clients || this.error === undefined) ? html`<ji-empty text=${t(this.clients ? "clients.none" : "list.loading")}></ji-empty>` : nothing}
      ${this.sources.length > 0 && this.#mayPropose ? this.#linking() : nothing}`;
  }

  get #mayPropose(): boolean {
    return this.may(PEOPLE_PERMISSION);
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
          ${hasAll || !this.#mayPropose ? nothing : html`<button class="button" value="propose" ?disabled=${this.working}>${t("clients.propose")}</button>`}
          ${granted.length === 0 ? nothing : html`<button class="button danger" value="withdraw" ?disabled=${this.working}>${t("clients.withdraw")}</button>`}
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
          ${fieldTemplate({ key: "person", label: t("clients.person"), kind: "person", required: true }, this.person, undefined, (value) => (this.person = value as typeof this.person))}
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
          <button class="button" ?disabled=${this.working}>${t("clients.propose")}</button>
        </form>
      </div>
    </section>`;
  }

  #decide(event: SubmitEvent, { id, title, scopes, granted }: ClientInfo): void {
    event.preventDefault();
    const verb = (event.submitter as HTMLButtonElement | null)?.value === "withdraw" ? "withdraw" : "propose";
    const form = event.target as HTMLFormElement;
    const reason = new FormData(form).get("reason") as string;
    void this.attempt(
      async () => {
        const federation = client(federationApi);
        if (verb === "withdraw") await federation.withdrawClientGrant({ client: id, scopes: granted, reason });
        else {
          const missing = scopes.filter((scope) => !granted.includes(scope));
          await federation.proposeClientGrant({ client: id, scopes: missing, reason });
        }
        form.reset();
      },
      t(`clients.done-${verb}`, { client: local(title) }),
    );
  }

  #link(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { person } = this;
    if (!person) {
      form.querySelector<HTMLElement>("#person")?.focus();
      return;
    }
    const text = (name: string): string => (new FormData(form).get(name) as string).trim();
    const link = { source: text("source"), externalId: text("externalId"), reason: text("reason") };
    void this.attempt(
      async () => {
        await client(federationApi).proposeIdentity({ person: person.id, ...link });
        form.reset();
        this.person = undefined;
      },
      t("clients.done-link", { person: person.title.split(" · ")[0] }),
    );
  }
}
