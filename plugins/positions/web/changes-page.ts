import { type ChangeRequest, type LocalText, organisationApi } from "@jinshui/contracts";
import { client, dateTime, local, type PageInput, type PageOf, Pages, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { OrganisationPage } from "./page.js";

/** What waits for a second person, and what became of earlier requests. */
export class ChangesPage extends OrganisationPage {
  static override styles = [
    super.styles,
    css`
      details ol {
        max-height: 320px;
        overflow: auto;
        margin: 4px 0;
        padding-left: 40px;
      }
    `,
  ];
  @state() private all = false;
  @state() private waiting = 0;
  @state() private lines: ReadonlyMap<string, LocalText[]> = new Map();
  readonly #changes = new Pages<ChangeRequest>(
    (page) => this.#read(page),
    () => this.requestUpdate(),
  );

  protected override async load(query: URLSearchParams): Promise<void> {
    this.all = query.get("all") !== null;
    await this.#changes.load();
    this.waiting = this.all
      ? (await client(organisationApi).changes({ state: "pending", limit: 1 })).total
      : (this.#changes.total ?? 0);
  }

  override render(): TemplateResult {
    const { items } = this.#changes;
    return html`${this.head(t("positions.changes"))}
      <section class="card">
        <div class="tabs" role="group" aria-label=${t("positions.changes")}>
          <button aria-pressed=${!this.all} @click=${() => this.show({})}>
            ${t("positions.pending", { n: this.waiting })}
          </button>
          <button aria-pressed=${this.all} @click=${() => this.show({ all: "1" })}>${t("positions.allChanges")}</button>
        </div>
        ${
          items.length === 0
            ? nothing
            : html`<div class="scroll" role="region" tabindex="0" aria-label=${t("positions.changes")}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">${t("positions.what")}</th>
                      <th scope="col">${t("positions.reason")}</th>
                      <th scope="col">${t("positions.proposedBy")}</th>
                      <th scope="col">${t("positions.state")}</th>
                      <th scope="col"><span class="visually-hidden">${t("positions.doing")}</span></th>
                    </tr>
                  </thead>
                  <tbody>
                    ${items.map((change) => this.#row(change))}
                  </tbody>
                </table>
              </div>`
        }${this.#changes.foot(t(this.all ? "positions.noChanges" : "positions.nothingWaits"), (error) => (this.error = error))}
      </section>
      ${this.dialog.template()}`;
  }

  #row(change: ChangeRequest): TemplateResult {
    return html`<tr>
      <td class="long">
        ${local(change.summary)}${change.kind === "hold-positions" ? this.#lines(change.id) : nothing}
      </td>
      <td class="long">${change.reason}</td>
      <td>${change.proposedBy.name}<br /><span class="quiet small">${dateTime(change.proposedAt)}</span></td>
      <td class="long">${this.#state(change)}</td>
      <td class="actions">
        ${
          change.decidable
            ? html`<button class="button primary" @click=${() => this.#decide(change, true)}>
                  ${t("positions.approve")}
                </button>
                <button class="button" @click=${() => this.#decide(change, false)}>${t("positions.refuse")}</button>`
            : nothing
        }
        ${
          change.state === "pending" && change.proposedBy.id === this.me?.id
            ? html`<button class="button" @click=${() => this.#withdraw(change)}>${t("positions.withdraw")}</button>`
            : nothing
        }
      </td>
    </tr>`;
  }

  /** What a request for many is made of, looked up when somebody wants to see it. */
  #lines(change: string): TemplateResult {
    const lines = this.lines.get(change);
    return html`<details
      @toggle=${(event: Event) => (event.target as HTMLDetailsElement).open && void this.#readLines(change)}
    >
      <summary>${t("positions.inDetail")}</summary>
      ${
        lines
          ? html`<ol tabindex="0" aria-label=${t("positions.inDetail")}>
              ${lines.map((line) => html`<li>${local(line)}</li>`)}
            </ol>`
          : html`<p class="quiet">${t("positions.reading")}</p>`
      }
    </details>`;
  }

  async #readLines(change: string): Promise<void> {
    if (this.lines.has(change)) return;
    try {
      const { lines } = await client(organisationApi).changeLines({ change });
      this.lines = new Map([...this.lines, [change, lines]]);
    } catch (error) {
      this.error = error;
    }
  }

  #state({ state: phase, expiresAt, decidedBy, decidedAt, decision }: ChangeRequest): TemplateResult {
    const tone = phase === "approved" ? "ok" : phase === "refused" ? "error" : phase === "pending" ? "warn" : "";
    return html`<span class="badge ${tone}">${t(`positions.state.${phase}`)}</span>
      <span class="quiet small"
        >${phase === "pending" ? t("positions.expires", { at: dateTime(expiresAt) }) : decidedBy ? `${decidedBy.name} ${dateTime(decidedAt)}` : ""}${decision === undefined ? "" : `：${decision}`}</span
      >`;
  }

  async #read(page: PageInput): Promise<PageOf<ChangeRequest>> {
    const { changes, ...rest } = await client(organisationApi).changes({
      ...page,
      ...(this.all ? {} : { state: "pending" as const }),
    });
    return { items: changes, ...rest };
  }

  #decide(change: ChangeRequest, approve: boolean): void {
    this.ask(
      {
        title: t(approve ? "positions.approveTitle" : "positions.refuseTitle"),
        note: local(change.summary),
        fields: [
          { key: "reason", label: t("positions.decision"), kind: "multiline", required: !approve, maxLength: 200 },
        ],
        action: t(approve ? "positions.approve" : "positions.refuse"),
        danger: !approve,
        send: ({ reason }) =>
          client(organisationApi).decideChange({
            change: change.id,
            approve,
            ...(typeof reason === "string" && reason.trim() !== "" ? { reason } : {}),
          }),
      },
      t(approve ? "positions.approved" : "positions.refused"),
    );
  }

  #withdraw(change: ChangeRequest): void {
    this.ask(
      {
        title: t("positions.withdrawTitle"),
        note: local(change.summary),
        fields: [],
        action: t("positions.withdraw"),
        danger: true,
        send: () => client(organisationApi).withdrawChange({ change: change.id }),
      },
      t("positions.withdrawn"),
    );
  }
}
