import { type Delegation, type HeldPosition, type LocalText, organisationApi } from "@jinshui/contracts";
import { client, local, type PageInput, type PageOf, Pages, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { delegationTable } from "./delegation-table.js";
import { reasonField } from "./dialog.js";
import { OrganisationPage } from "./page.js";
import { today } from "./period.js";

/** Delegations: one's own, given and received; those of the bureau for who keeps or guards the organisation. */
export class DelegationsPage extends OrganisationPage {
  @state() private all = false;
  @state() private positions: { id: string; title: LocalText }[] = [];
  readonly #delegations = new Pages<Delegation>(
    (page) => this.#read(page),
    () => this.requestUpdate(),
  );

  protected override async load(query: URLSearchParams): Promise<void> {
    this.all = query.get("all") !== null && (this.mayKeep || this.mayGuard);
    this.positions = (await client(organisationApi).structure({})).positions;
    await this.#delegations.load();
  }

  override render(): TemplateResult {
    const own = this.#own();
    const { items } = this.#delegations;
    const given = items.filter(({ from }) => from.id === this.me?.id);
    const received = items.filter(({ from }) => from.id !== this.me?.id);
    return html`${this.head(
      t("positions.delegations"),
      own.length === 0
        ? nothing
        : html`<button class="button primary" @click=${() => this.#delegate(own)}>
            ${t("positions.newDelegation")}
          </button>`,
    )}
    ${
      this.mayKeep || this.mayGuard
        ? html`<div class="tabs card" role="group" aria-label=${t("positions.delegations")}>
            <button aria-pressed=${!this.all} @click=${() => this.show({})}>${t("positions.mine")}</button>
            <button aria-pressed=${this.all} @click=${() => this.show({ all: "1" })}>${t("positions.ofBureau")}</button>
          </div>`
        : nothing
    }
    ${this.all ? this.#section("", items) : [this.#section(t("positions.given"), given), this.#section(t("positions.received"), received)]}
    ${this.#delegations.more((error) => (this.error = error))} ${this.dialog.template()}`;
  }

  #section(title: string, delegations: Delegation[]): TemplateResult {
    return html`<section class="card">
      ${title === "" ? nothing : html`<h2>${title}</h2>`}
      ${
        delegations.length === 0
          ? html`<ji-empty text=${t("positions.noDelegations")}></ji-empty>`
          : delegationTable(delegations, this.positions, (delegation) => this.#endButton(delegation))
      }
    </section>`;
  }

  #endButton(delegation: Delegation): TemplateResult | typeof nothing {
    const concerned = [delegation.from.id, delegation.to.id].includes(this.me?.id ?? "");
    if (!concerned && !this.mayGuard) return nothing;
    return html`<button class="button plain" @click=${() => this.#end(delegation)}>
      ${t("positions.endDelegation")}
    </button>`;
  }

  async #read(page: PageInput): Promise<PageOf<Delegation>> {
    const { delegations, ...rest } = await client(organisationApi).delegations({
      ...page,
      ...(this.all ? { all: true } : {}),
    });
    return { items: delegations, ...rest };
  }

  /** Positions that one holds oneself: only these can be given. */
  #own(): HeldPosition[] {
    const held = (this.me?.positions ?? []).filter(({ onBehalfOf }) => !onBehalfOf);
    return held.filter(({ id }, index) => held.findIndex((other) => other.id === id) === index);
  }

  #delegate(own: HeldPosition[]): void {
    this.ask(
      {
        title: t("positions.newDelegation"),
        note: t("positions.delegateNote"),
        fields: [
          { key: "to", label: t("positions.toWhom"), kind: "person", required: true },
          { key: "since", label: t("positions.from"), kind: "date", required: true },
          { key: "until", label: t("positions.lastDay"), kind: "date", required: true },
          ...(own.length > 1
            ? own.map(({ id, title }) => ({
                key: `position-${id}`,
                label: local(title),
                kind: "checkbox" as const,
                required: false,
              }))
            : []),
          reasonField(),
        ],
        values: { since: today(), ...Object.fromEntries(own.map(({ id }) => [`position-${id}`, true])) },
        action: t("positions.delegate"),
        send: ({ to, since, until, reason, ...checked }, call) => {
          const given = own.map(({ id }) => id).filter((id) => checked[`position-${id}`] === true);
          return client(organisationApi).delegate(
            {
              to: (to as { id: string }).id,
              since: String(since),
              until: String(until),
              reason: String(reason),
              // all of them, also those that are still to come, unless some were left out
              ...(given.length === own.length ? {} : { positions: given }),
            },
            call,
          );
        },
      },
      t("positions.delegated"),
    );
  }

  #end(delegation: Delegation): void {
    this.ask(
      {
        title: t("positions.endDelegationTitle", { from: delegation.from.name, to: delegation.to.name }),
        note: t("positions.endDelegationNote"),
        fields: [],
        action: t("positions.endDelegation"),
        danger: true,
        send: () => client(organisationApi).endDelegation({ delegation: delegation.id }),
      },
      t("positions.ended"),
    );
  }
}
