import {
  type ActorRef,
  type Department,
  type Duty,
  type Holding,
  type LocalText,
  organisationApi,
  type OpOutput,
  type OrganisationApi,
  type PositionStep,
  workflowApi,
} from "@jinshui/contracts";
import { client, dateTime, local, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { byTitle } from "./by-title.js";
import { type Entered, reasonField } from "./dialog.js";
import { overviewStyles } from "./overview-styles.js";
import { OrganisationPage, personAddress } from "./page.js";
import { readAll } from "./read-all.js";
import { today } from "./period.js";

type Rule = OpOutput<OrganisationApi, "rules">["rules"][number];
interface Position {
  id: string;
  title: LocalText;
}
interface Holder {
  person: ActorRef;
  holding: Holding;
}

/** For each position what it has to do, what it may do, which steps it does within which time, and who holds it on a day. */
export class DutiesPage extends OrganisationPage {
  static override styles = [super.styles, overviewStyles];
  @state() private day = today();
  @state() private department = "";
  @state() private departments: Department[] = [];
  @state() private positions: Position[] = [];
  @state() private holders: Holder[] = [];
  @state() private duties: Duty[] = [];
  @state() private rules: Rule[] = [];
  @state() private steps: PositionStep[] = [];
  @state() private matters = new Map<string, string>();
  @state() private loaded = false;

  protected override async load(query: URLSearchParams): Promise<void> {
    const organisation = client(organisationApi);
    const workflow = client(workflowApi);
    const day = query.get("day") ?? today();
    const [structure, holders, duties, { rules }, steps, matters] = await Promise.all([
      organisation.structure({ day }),
      readAll(async (page) => {
        const { members: items, ...rest } = await organisation.members({ day, ...page });
        return { items, ...rest };
      }),
      readAll(async (page) => {
        const { duties: items, ...rest } = await organisation.duties(page);
        return { items, ...rest };
      }),
      organisation.rules({}),
      readAll(async (page) => {
        const { steps: items, ...rest } = await workflow.positionSteps(page);
        return { items, ...rest };
      }),
      readAll(async (page) => {
        const { definitions: items, ...rest } = await workflow.definitions(page);
        return { items, ...rest };
      }),
    ]);
    this.day = day;
    this.department = query.get("department") ?? "";
    this.departments = byTitle(structure.departments);
    this.positions = structure.positions;
    this.holders = holders.sort((one, other) => one.person.name.localeCompare(other.person.name, "zh-CN"));
    this.duties = duties;
    this.rules = rules;
    this.steps = steps;
    this.matters = new Map(matters.map(({ key, title }) => [key, local(title)]));
    this.loaded = true;
  }

  override render(): TemplateResult {
    const shown = this.positions.filter(({ id }) => this.department === "" || this.#held(id).length > 0);
    return html`${this.head(
        t("positions.duties"),
        html`<label class="quiet screen"
            >${t("positions.heldOn")}
            <input
              class="input"
              type="date"
              .value=${this.day}
              @change=${(event: Event) => this.#choose(this.department, (event.target as HTMLInputElement).value)}
            />
          </label>
          <select
            class="input screen"
            aria-label=${t("positions.department")}
            @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value, this.day)}
          >
            <option value="">${t("positions.allDepartments")}</option>
            ${this.departments.map(({ id, title }) => html`<option value=${id} ?selected=${id === this.department}>${local(title)}</option>`)}
          </select>
          <button class="button" @click=${() => print()}>${t("positions.print")}</button>`,
      )}
      <p class="paper">
        ${local(this.me?.bureauTitle)}
        ${local(this.departments.find(({ id }) => id === this.department)?.title)}${t("positions.printed", { day: this.day, by: this.me?.name ?? "", at: dateTime(new Date().toISOString()) })}
      </p>
      ${shown.length === 0 ? html`<ji-empty text=${t(this.loaded ? "positions.nobodyHolds" : "list.loading")}></ji-empty>` : shown.map((position) => this.#position(position))}
      ${this.dialog.template()}`;
  }

  #choose(department: string, day: string): void {
    if (day !== "") this.show({ department, day: day === today() ? "" : day });
  }

  #held(position: string): Holder[] {
    return this.holders.filter(
      ({ holding }) =>
        holding.position === position && (this.department === "" || holding.department === this.department),
    );
  }

  #position(position: Position): TemplateResult {
    const { id, title } = position;
    const duties = this.duties.filter((duty) => duty.position === id);
    const steps = this.steps.filter((step) => step.position === id);
    const rules = this.rules.filter(({ positions }) => positions.includes(id));
    const holders = this.#held(id);
    return html`<section class="card" aria-label=${local(title)}>
      <h2>
        ${local(title)}
        ${this.mayKeep ? html`<button class="button plain" @click=${() => this.#setDuty(position)}>${t("positions.addDuty")}</button>` : nothing}
      </h2>
      <div class="body parts">
        <div class="duties">
          <h3>${t("positions.itsDuties")}</h3>
          ${
            duties.length === 0
              ? none()
              : html`<ol>
                  ${duties.map((duty) => this.#duty(position, duty))}
                </ol>`
          }
        </div>
        <div>
          <h3>${t("positions.itsSteps")}</h3>
          ${
            steps.length === 0
              ? none()
              : html`<ul>
                  ${steps.map(({ matterTitle, step, dueDays }) => html`<li>${local(matterTitle)}：${step}${dueDays === undefined ? nothing : html` <span class="quiet">${t("positions.within", { n: dueDays })}</span>`}</li>`)}
                </ul>`
          }
        </div>
        <div>
          <h3>
            ${t("positions.itsPermissions")}
            ${this.mayKeep || this.mayGuard ? html`<button class="button plain" aria-label=${t("positions.permissionTitle", { title: local(title) })} @click=${() => this.#setPermission(position, rules)}>${t("positions.changePermission")}</button>` : nothing}
          </h3>
          ${
            rules.length === 0
              ? none()
              : html`<ul>
                  ${rules.map((rule) => html`<li>${local(rule.title)}</li>`)}
                </ul>`
          }
        </div>
        <div>
          <h3>${t("positions.holdersOn", { day: this.day })}</h3>
          ${
            holders.length === 0
              ? html`<p class="quiet">${t("positions.vacant")}</p>`
              : html`<ul>
                  ${holders.map(({ person, holding }) => html`<li><a href=${personAddress(person.id)}>${person.name}</a> <span class="quiet">${local(holding.departmentTitle)}</span>${holding.acting ? html` <span class="badge">${t("positions.acting")}</span>` : nothing}</li>`)}
                </ul>`
          }
        </div>
      </div>
    </section>`;
  }

  #duty(position: Position, duty: Duty): TemplateResult {
    const { basis, matter, days } = duty;
    const more = [
      ...(matter === undefined ? [] : [t("positions.inMatter", { title: this.matters.get(matter) ?? matter })]),
      ...(days === undefined ? [] : [t("positions.workingDays", { n: days })]),
      ...(basis === undefined ? [] : [t("positions.basisOf", { basis })]),
    ];
    return html`<li>
      ${local(duty.title)} ${more.length === 0 ? nothing : html`<span class="quiet small">${more.join("；")}</span>`}
      ${
        this.mayKeep
          ? html`<span class="screen"
              ><button
                class="button plain"
                aria-label=${t("positions.editDuty", { title: local(duty.title) })}
                @click=${() => this.#setDuty(position, duty)}
              >
                ${t("action.edit")}</button
              ><button
                class="button plain"
                aria-label=${t("positions.removeDuty", { title: local(duty.title) })}
                @click=${() => this.#removeDuty(duty)}
              >
                ${t("action.remove")}
              </button></span
            >`
          : nothing
      }
    </li>`;
  }

  #setDuty(position: Position, duty?: Duty): void {
    const matters = [...this.matters].map(([value, label]) => ({ value, label }));
    this.ask(
      {
        title: t(duty ? "positions.editDutyOf" : "positions.addDutyTo", { title: local(position.title) }),
        fields: [
          { key: "title", label: t("positions.duty"), kind: "multiline", required: true, maxLength: 200 },
          { key: "basis", label: t("positions.basis"), kind: "text", required: false, maxLength: 200 },
          { key: "matter", label: t("positions.matter"), kind: "choice", required: false, options: matters },
          { key: "days", label: t("positions.days"), kind: "number", required: false },
        ],
        values: { title: duty?.title["zh-CN"], basis: duty?.basis, matter: duty?.matter, days: duty?.days },
        action: t("action.save"),
        send: (entered, call) =>
          client(organisationApi).setDuty(
            {
              position: position.id,
              ...(duty ? { replaces: { id: duty.id, version: duty.version } } : {}),
              ...dutyFields(entered, duty),
            },
            call,
          ),
      },
      t("positions.saved"),
    );
  }

  #removeDuty(duty: Duty): void {
    this.ask(
      {
        title: t("positions.removeDutyTitle"),
        note: local(duty.title),
        fields: [],
        action: t("action.remove"),
        danger: true,
        send: () => client(organisationApi).removeDuty({ duty: duty.id }),
      },
      t("positions.removed"),
    );
  }

  #setPermission({ id, title }: Position, own: Rule[]): void {
    const has = new Set(own.map(({ permission }) => permission));
    const given = (permission: string): string => (has.has(permission) ? t("positions.hasIt") : "");
    this.ask(
      {
        title: t("positions.permissionTitle", { title: local(title) }),
        note: t("positions.permissionNote"),
        fields: [
          {
            key: "permission",
            label: t("positions.permission"),
            kind: "choice",
            required: true,
            options: this.rules.map((rule) => ({
              value: rule.permission,
              label: `${local(rule.title)}${given(rule.permission)}`,
            })),
          },
          reasonField(),
        ],
        action: t("positions.send"),
        send: ({ permission, reason }, call) =>
          client(organisationApi).proposePermission(
            {
              position: id,
              permission: String(permission),
              granted: !has.has(String(permission)),
              reason: String(reason),
            },
            call,
          ),
      },
      t("positions.permissionSent"),
    );
  }
}

function none(): TemplateResult {
  return html`<p class="quiet">${t("positions.none")}</p>`;
}

function dutyFields({ title, basis, matter, days }: Entered, before?: Duty): Omit<Duty, "id" | "version" | "position"> {
  return {
    // another text has no translation yet
    title: before && before.title["zh-CN"] === title ? before.title : { "zh-CN": String(title).trim() },
    ...(typeof basis === "string" && basis.trim() !== "" ? { basis: basis.trim() } : {}),
    ...(typeof matter === "string" ? { matter } : {}),
    ...(typeof days === "number" ? { days } : {}),
  };
}
