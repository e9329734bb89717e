import {
  authApi,
  type AuthApi,
  type Delegation,
  type Department,
  type Holding,
  type LocalText,
  organisationApi,
  type OpOutput,
} from "@jinshui/contracts";
import { client, local, pageAddress, type PageInput, type PageOf, Pages, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { byTitle } from "./by-title.js";
import { delegationTable } from "./delegation-table.js";
import { type DialogSpec, reasonField } from "./dialog.js";
import { oneTimePassword } from "./one-time-password.js";
import { HandOverCard } from "./hand-over-card.js";
import { OrganisationPage, personAddress } from "./page.js";
import { dayBefore, inWords, phase, today } from "./period.js";
import {
  addDialog,
  changeDialog,
  leaveDialog,
  type OneTimePassword,
  resetDialog,
  secondFactorDialog,
} from "./person-dialogs.js";

type Person = OpOutput<AuthApi, "people">["people"][number];

const PATH = "/p/positions/people";

/** The people of the bureau; with `?person=` one of them, with everything held and delegated. */
export class PeoplePage extends OrganisationPage {
  static override styles = [
    super.styles,
    css`
      .secret code {
        font-size: 20px;
        user-select: all;
        letter-spacing: 0.04em;
      }
      section > p {
        padding: 0 12px;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0 12px;
      }
      ol li {
        display: grid;
        grid-template-columns: 64px 200px minmax(0, 1fr) auto;
        gap: 8px;
        align-items: center;
        min-height: 40px;
        border-bottom: 1px solid var(--ji-rule);
      }
      ol li:last-child {
        border: 0;
      }
      li .badge {
        justify-self: start;
      }
      li.past {
        color: var(--ji-text-2);
      }
      @media (max-width: 700px) {
        ol li {
          grid-template-columns: 64px minmax(0, 1fr);
        }
      }
    `,
  ];
  @state() private departments: Department[] = [];
  @state() private positions: { id: string; title: LocalText }[] = [];
  @state() private chosen = "";
  @state() private person: Person | undefined;
  @state() private holdings: Holding[] = [];
  @state() private delegations: Delegation[] = [];
  @state() private secret: OneTimePassword | undefined;
  @state() private openTasks = 0;
  readonly #handOver = new HandOverCard(
    this,
    (error) => (this.error = error),
    (spec, done) => this.ask(spec, done),
  );
  /** Whose password it is, of somebody who was just added. */
  #named = "";
  #search = "";
  #department = "";
  readonly #people = new Pages<Person>(
    (page) => this.#read(page),
    () => this.requestUpdate(),
  );

  protected override async load(query: URLSearchParams): Promise<void> {
    const organisation = client(organisationApi);
    const structure = await organisation.structure({});
    const id = query.get("person") ?? "";
    this.#search = query.get("search") ?? "";
    this.#department = query.get("department") ?? "";
    if (id === "") await this.#people.load();
    else {
      const [{ people }, { holdings }, delegations] = await Promise.all([
        client(authApi).people({ ids: [id] }),
        organisation.holdings({ person: id }),
        this.#mayDelegations(id) ? organisation.delegations({ person: id }) : undefined,
      ]);
      this.person = people[0];
      this.holdings = holdings;
      this.delegations = delegations?.delegations ?? [];
      if (this.#mayHandOver) await this.#handOver.load(id);
    }
    this.departments = byTitle(structure.departments);
    this.positions = structure.positions;
    if (id !== this.chosen) {
      this.secret = undefined;
      this.openTasks = 0;
    }
    this.chosen = id;
  }

  override render(): TemplateResult {
    return html`${this.chosen === "" ? this.#list() : this.#onePerson()}${this.dialog.template()}`;
  }

  get #mayHandOver(): boolean {
    return this.me?.permissions.includes("site.instances") === true;
  }

  #secret(): TemplateResult | typeof nothing {
    const { secret } = this;
    if (!secret) return nothing;
    const person = this.person?.id === secret.person ? this.person : undefined;
    const whose = this.#named || [person?.name, person?.username].filter((name) => name !== undefined).join(" · ");
    return oneTimePassword(secret, whose, () => (this.secret = undefined));
  }

  #keeping(person: Person): TemplateResult {
    const button = (label: string, spec: DialogSpec, done: string): TemplateResult =>
      html`<button class="button" @click=${() => this.ask(spec, done)}>${t(label)}</button>`;
    const shown = (made: OneTimePassword): void => {
      this.secret = made;
      this.#named = "";
    };
    const left = (openTasks: number): void => void (this.openTasks = openTasks);
    return html`<button class="button primary" @click=${() => this.#propose(person)}>${t("positions.propose")}</button>
      ${button("positions.changePerson", changeDialog(person, this.departments), t("positions.saved"))}
      ${
        person.id === this.me?.id
          ? nothing
          : html`${button("positions.reset", resetDialog(person, shown), t("positions.resetDone"))}
            ${button("positions.factors", secondFactorDialog(person), t("positions.proposed"))}
            ${button("positions.leave", leaveDialog(person, left), t("positions.left"))}`
      }`;
  }

  #add(): void {
    this.ask(
      addDialog(this.departments, (made, whose) => {
        this.secret = made;
        this.#named = whose;
      }),
      t("positions.personAdded"),
    );
  }

  #mayDelegations(id: string): boolean {
    return this.mayKeep || this.mayGuard || this.me?.id === id;
  }

  async #read(page: PageInput): Promise<PageOf<Person>> {
    const { people, ...rest } = await client(authApi).people({
      ...page,
      ...(this.#search === "" ? {} : { search: this.#search }),
      ...(this.#department === "" ? {} : { department: this.#department }),
    });
    return { items: people, ...rest };
  }

  #list(): TemplateResult {
    return html`${this.head(
        t("positions.people"),
        html`<form role="search" class="bar" @submit=${this.#submitted}>
          <input
            class="input"
            type="search"
            name="search"
            .value=${this.#search}
            aria-label=${t("positions.findByName")}
            placeholder=${t("positions.findByName")}
          />
          <select class="input" name="department" aria-label=${t("positions.department")}>
            <option value="">${t("positions.allDepartments")}</option>
            ${this.departments.map(({ id, title }) => html`<option value=${id} ?selected=${id === this.#department}>${local(title)}</option>`)}
          </select>
          <button class="button" type="submit">${t("action.search")}</button>
          ${
            this.mayKeep
              ? html`<button class="button" type="button" @click=${() => this.#add()}>
                    ${t("positions.addPerson")}
                  </button>
                  <a class="button" href="/p/positions/people-import">${t("positions.importPeople")}</a>`
              : nothing
          }
        </form>`,
      )}
      ${this.#secret()}
      <section class="card">
        ${
          this.#people.items.length === 0
            ? nothing
            : html`<div class="scroll" role="region" tabindex="0" aria-label=${t("positions.people")}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">${t("positions.name")}</th>
                      ${this.mayKeep ? html`<th scope="col">${t("positions.username")}</th>` : nothing}
                      <th scope="col">${t("positions.department")}</th>
                      <th scope="col">${t("positions.position")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${this.#people.items.map(
                      ({ id, name, username, departmentTitle, positions }) =>
                        html`<tr>
                          <td><a href=${personAddress(id)}>${name}</a></td>
                          ${this.mayKeep ? html`<td>${username ?? ""}</td>` : nothing}
                          <td>${local(departmentTitle)}</td>
                          <td class="long">
                            ${positions.map(({ title, onBehalfOf }) => (onBehalfOf ? t("positions.positionFor", { title: local(title), name: onBehalfOf.name }) : local(title))).join("、")}
                          </td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }${this.#people.foot(t("list.empty"), (error) => (this.error = error))}
      </section>`;
  }

  #submitted(event: SubmitEvent): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    this.show({ search: String(data.get("search")), department: String(data.get("department")) });
  }

  #onePerson(): TemplateResult {
    const { person } = this;
    return html`${this.head(
        person?.name ?? t("positions.somebodyGone"),
        html`<a href=${pageAddress(PATH, {})}>${t("positions.backToPeople")}</a
          >${this.mayKeep && person ? this.#keeping(person) : nothing}`,
      )}
      ${this.#secret()}
      ${this.openTasks > 0 ? html`<p class="done">${t("positions.openTasks", { n: this.openTasks })}</p>` : nothing}
      <section class="card">
        <h2>
          ${t("positions.holdings")}<span class="quiet"
            >${local(person?.departmentTitle)}${person?.username === undefined ? nothing : html` · ${t("positions.username")} ${person.username}`}</span
          >
        </h2>
        ${
          this.holdings.length === 0
            ? html`<ji-empty text=${t("positions.holdsNothing")}></ji-empty>`
            : html`<ol>
                ${this.#inOrder().map((holding) => this.#holding(holding))}
              </ol>`
        }
      </section>
      ${
        this.#mayDelegations(this.chosen)
          ? html`<section class="card">
              <h2>${t("positions.delegations")}</h2>
              ${this.delegations.length === 0 ? html`<ji-empty text=${t("positions.noDelegations")}></ji-empty>` : delegationTable(this.delegations, this.positions)}
            </section>`
          : nothing
      }
      ${this.#mayHandOver ? this.#handOver.template() : nothing}`;
  }

  /** What is to come first, then what is, then what was. */
  #inOrder(): Holding[] {
    const order = ["future", "current", "past"];
    return [...this.holdings].sort((one, other) => order.indexOf(phase(one)) - order.indexOf(phase(other)));
  }

  #holding(holding: Holding): TemplateResult {
    const when = phase(holding);
    return html`<li class=${when}>
      <span class="badge ${when === "current" ? "ok" : when === "future" ? "warn" : ""}"
        >${t(`positions.${when}`)}</span
      >
      <span class="quiet">${inWords(holding)}</span>
      <span
        >${local(holding.departmentTitle)} ${local(holding.positionTitle)}
        ${holding.acting ? html`<span class="badge">${t("positions.acting")}</span>` : nothing}</span
      >
      ${when !== "past" && (this.mayKeep || this.mayGuard) ? html`<button class="button plain" @click=${() => this.#endHolding(holding)}>${t("positions.endHolding")}</button>` : html`<span></span>`}
    </li>`;
  }

  #propose(person: Person): void {
    this.ask(
      {
        title: t("positions.proposeTitle", { name: person.name }),
        note: t("positions.proposeNote"),
        fields: [
          {
            key: "position",
            label: t("positions.position"),
            kind: "choice",
            required: true,
            options: this.positions.map(({ id, title }) => ({ value: id, label: local(title) })),
          },
          {
            key: "department",
            label: t("positions.department"),
            kind: "choice",
            required: true,
            options: this.departments.map(({ id, title }) => ({ value: id, label: local(title) })),
          },
          { key: "from", label: t("positions.from"), kind: "date", required: true },
          { key: "until", label: t("positions.until"), kind: "date", required: false, help: t("positions.untilHelp") },
          { key: "acting", label: t("positions.actingLabel"), kind: "checkbox", required: false },
          reasonField(),
        ],
        values: { department: person.department, from: today() },
        action: t("positions.send"),
        send: ({ position, department, from, until, acting, reason }, call) =>
          client(organisationApi).proposeHolding(
            {
              person: person.id,
              position: String(position),
              department: String(department),
              from: String(from),
              reason: String(reason),
              ...(typeof until === "string" ? { until } : {}),
              ...(acting === true ? { acting } : {}),
            },
            call,
          ),
      },
      t("positions.proposed"),
    );
  }

  #endHolding(holding: Holding): void {
    this.ask(
      {
        title: t("positions.endHoldingTitle", { title: local(holding.positionTitle) }),
        note: t("positions.endHoldingNote"),
        fields: [{ key: "until", label: t("positions.lastDay"), kind: "date", required: true }, reasonField()],
        values: { until: dayBefore(today()) },
        action: t("positions.endHolding"),
        danger: true,
        send: ({ until, reason }) =>
          client(organisationApi).endHolding({ holding: holding.id, until: String(until), reason: String(reason) }),
      },
      t("positions.ended"),
    );
  }
}
