import {
  type ActorRef,
  authApi,
  type Department,
  type Holding,
  organisationApi,
  type OpOutput,
  type OrganisationApi,
} from "@jinshui/contracts";
import { client, local, pageAddress, t } from "@jinshui/web";
import type { FieldSpec } from "@jinshui/web/form";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Entered } from "./dialog.js";
import { OrganisationPage, personAddress } from "./page.js";
import { readAll } from "./read-all.js";
import { byTitle } from "./by-title.js";
import { inWords, today } from "./period.js";

type Structure = OpOutput<OrganisationApi, "structure">;
interface Member {
  person: ActorRef;
  holdings: Holding[];
}

const PATH = "/p/positions/departments";

/** The departments of a day as a tree, and who works in one of them as what. */
export class DepartmentsPage extends OrganisationPage {
  static override styles = [
    super.styles,
    css`
      .columns {
        display: grid;
        grid-template-columns: 260px minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 4px 0;
      }
      ul ul {
        padding: 0 0 0 16px;
      }
      .tree a {
        display: block;
        padding: 5px 12px;
        color: var(--ji-text);
        border-radius: var(--ji-radius);
      }
      .tree a[aria-current] {
        background: var(--ji-brand-tint);
        color: var(--ji-brand);
        font-weight: 600;
      }
      @media (max-width: 700px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
        .tree {
          max-height: 40vh;
          overflow-y: auto;
        }
      }
    `,
  ];
  @state() private structure: Structure | undefined;
  @state() private members: Member[] = [];
  @state() private day = today();
  @state() private chosen = "";

  protected override async load(query: URLSearchParams): Promise<void> {
    const organisation = client(organisationApi);
    const day = query.get("day") ?? today();
    const structure = await organisation.structure({ day });
    const asked = query.get("department") ?? "";
    const chosen = structure.departments.some(({ id }) => id === asked) ? asked : (below(structure)[0]?.id ?? "");
    this.members = chosen === "" ? [] : await membersOf(chosen, day);
    this.structure = structure;
    this.day = day;
    this.chosen = chosen;
  }

  override render(): TemplateResult {
    const department = this.structure?.departments.find(({ id }) => id === this.chosen);
    return html`${this.head(
        t("positions.departments"),
        html`<label class="quiet"
            >${t("positions.day")}
            <input
              class="input"
              type="date"
              .value=${this.day}
              @change=${(event: Event) => this.#choose(this.chosen, (event.target as HTMLInputElement).value)}
            /> </label
          >${this.mayKeep ? html`<button class="button primary" @click=${() => this.#change(undefined)}>${t("positions.newDepartment")}</button>` : nothing}`,
      )}
      <div class="columns">
        <nav class="card tree" aria-label=${t("positions.departments")}>
          ${this.structure && this.structure.departments.length > 0 ? this.#branch(this.structure, undefined) : html`<ji-empty text=${t("positions.noDepartments")}></ji-empty>`}
        </nav>
        ${department ? this.#department(department) : nothing}
      </div>
      ${this.dialog.template()}`;
  }

  #branch(structure: Structure, parent: string | undefined): TemplateResult | typeof nothing {
    const departments = below(structure, parent);
    if (departments.length === 0) return nothing;
    return html`<ul>
      ${departments.map(
        ({ id, title }) =>
          html`<li>
            <a href=${this.#pageAddress(id)} aria-current=${id === this.chosen ? "page" : nothing}>${local(title)}</a
            >${this.#branch(structure, id)}
          </li>`,
      )}
    </ul>`;
  }

  #department(department: Department): TemplateResult {
    return html`<section class="card">
      <h2>
        <span
          >${local(department.title)}
          ${department.from === undefined && department.until === undefined ? nothing : html`<span class="badge">${inWords(department)}</span>`}</span
        >
        ${
          this.mayKeep
            ? html`<span class="screen"
                ><button class="button plain" @click=${() => this.#change(department)}>
                  ${t("positions.changeDepartment")}</button
                ><button class="button plain" @click=${() => this.#end(department)}>
                  ${t("positions.endDepartment")}
                </button></span
              >`
            : nothing
        }
      </h2>
      ${
        this.members.length === 0
          ? html`<ji-empty text=${t("positions.nobodyHere")}></ji-empty>`
          : html`<div class="scroll" role="region" tabindex="0" aria-label=${local(department.title)}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">${t("positions.name")}</th>
                    <th scope="col">${t("positions.position")}</th>
                  </tr>
                </thead>
                <tbody>
                  ${this.members.map(
                    ({ person, holdings }) =>
                      html`<tr>
                        <td><a href=${personAddress(person.id)}>${person.name}</a></td>
                        <td class="long">
                          ${holdings.length === 0 ? html`<span class="quiet">${t("positions.holdsNothingHere")}</span>` : nothing}
                          ${holdings.map((holding) => html`${local(holding.positionTitle)}${holding.acting ? html` <span class="badge">${t("positions.acting")}</span>` : nothing}${holding.from === undefined && holding.until === undefined ? nothing : html` <span class="quiet small">${inWords(holding)}</span>`}<br />`)}
                        </td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
      }
      <div class="foot"><span>${t("positions.peopleCount", { n: this.members.length })}</span></div>
    </section>`;
  }

  #pageAddress(department: string, day = this.day): string {
    return pageAddress(PATH, { department, day: day === today() ? "" : day });
  }

  #choose(department: string, day: string): void {
    if (day !== "") this.show({ department, day: day === today() ? "" : day });
  }

  /** A new department, or another name or place of one from a day on. */
  #change(department: Department | undefined): void {
    const others = byTitle(this.structure?.departments ?? []).filter(({ id }) => id !== department?.id);
    const field = (key: string, label: string, kind: FieldSpec["kind"], required: boolean): FieldSpec => ({
      key,
      label: t(label),
      kind,
      required,
      maxLength: 60,
    });
    this.ask(
      {
        title: department
          ? t("positions.changeTitle", { title: local(department.title) })
          : t("positions.newDepartment"),
        note: t(department ? "positions.changeNote" : "positions.newNote"),
        fields: [
          field("title", "positions.departmentName", "text", true),
          field("english", "positions.englishName", "text", false),
          {
            ...field("parent", "positions.above", "choice", false),
            options: others.map(({ id, title }) => ({ value: id, label: local(title) })),
          },
          field("from", "positions.from", "date", true),
        ],
        values: {
          title: department?.title["zh-CN"],
          english: department?.title.en,
          parent: department?.parent,
          from: this.day,
        },
        action: t("action.save"),
        send: async (entered) => {
          const id = department?.id ?? `d-${crypto.randomUUID().slice(0, 8)}`;
          const set = await client(organisationApi).setDepartment({ department: id, ...departmentOf(entered) });
          this.show({ department: id, day: set.from === undefined || set.from <= today() ? "" : set.from });
        },
      },
      t("positions.saved"),
    );
  }

  #end(department: Department): void {
    this.ask(
      {
        title: t("positions.endTitle", { title: local(department.title) }),
        note: t("positions.endNote"),
        fields: [{ key: "until", label: t("positions.lastDay"), kind: "date", required: true }],
        values: { until: this.day },
        action: t("positions.endDepartment"),
        danger: true,
        send: ({ until }) => client(organisationApi).endDepartment({ department: department.id, until: String(until) }),
      },
      t("positions.ended"),
    );
  }
}

/** Departments directly below one; those whose parent is gone stand at the top. */
function below({ departments }: Structure, parent?: string): Department[] {
  const ids = new Set(departments.map(({ id }) => id));
  return byTitle(departments).filter((department) => {
    const above = department.parent !== undefined && ids.has(department.parent) ? department.parent : undefined;
    return above === parent;
  });
}

/** Who holds something in a department on a day; today also those who belong to it and hold nothing there. */
async function membersOf(department: string, day: string): Promise<Member[]> {
  const [held, people] = await Promise.all([
    readAll(async (page) => {
      const { members: items, ...rest } = await client(organisationApi).members({ department, day, ...page });
      return { items, ...rest };
    }),
    day === today()
      ? readAll(async (page) => {
          const { people: items, ...rest } = await client(authApi).people({ department, ...page });
          return { items, ...rest };
        })
      : [],
  ]);
  const members = new Map<string, Member>();
  const member = ({ id, name }: ActorRef): Member => {
    const known = members.get(id) ?? { person: { id, name }, holdings: [] };
    members.set(id, known);
    return known;
  };
  for (const { person, holding } of held) member(person).holdings.push(holding);
  for (const person of people) member(person);
  return [...members.values()].sort((one, other) => one.person.name.localeCompare(other.person.name, "zh-CN"));
}

function departmentOf({ title, english, parent, from }: Entered): {
  title: { "zh-CN": string; en?: string };
  parent?: string;
  from: string;
} {
  return {
    title: { "zh-CN": String(title).trim(), ...(typeof english === "string" && english !== "" ? { en: english } : {}) },
    ...(typeof parent === "string" ? { parent } : {}),
    from: String(from),
  };
}
