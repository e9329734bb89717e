import {
  type Calendar,
  type CalendarDay,
  type CalendarSummary,
  MAX_CALENDAR_DAYS,
  workflowApi,
} from "@jinshui/contracts";
import { client, dateTime, local, PluginPage, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import "./calendar-settings.js";
import "./notice-card.js";
import "./year-grid.js";

const DAY_MS = 86_400_000;
const POLL_MS = 1_000;

/** When a bureau works: a year at a glance, its days, hours and reminders, for administrators to change. */
@customElement("ji-calendar-page")
export class CalendarPage extends PluginPage {
  static override styles = [
    PluginPage.styles,
    css`
      .years {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      .day form {
        display: flex;
        gap: 8px;
        flex-wrap: wrap;
        align-items: end;
      }
      .day label {
        display: grid;
        gap: 4px;
      }
      .day .name {
        flex: 1 1 160px;
      }
      .day p {
        margin: 0 0 8px;
      }
      .warning {
        background: var(--ji-warn-tint);
        color: var(--ji-warn);
        padding: 6px 12px;
        border-radius: var(--ji-radius);
      }
      progress {
        width: 100%;
      }
    `,
  ];
  @state() private calendars: CalendarSummary[] = [];
  @state() private calendar: Calendar | undefined;
  @state() private days: ReadonlyMap<string, CalendarDay> = new Map();
  @state() private year = 0;
  @state() private chosen = "";
  #poll: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#poll);
  }

  protected override async load(query: URLSearchParams): Promise<void> {
    const workflow = client(workflowApi);
    this.year = Number(query.get("year") ?? today().slice(0, 4));
    const bureau = query.get("bureau") ?? this.me?.bureau ?? "";
    this.calendars = await all(async (page) => {
      const { calendars, nextCursor } = await workflow.calendars(page);
      return { items: calendars, nextCursor };
    });
    const days = await all(async (page) => {
      const found = await workflow.calendarDays({ bureau, year: this.year, ...page });
      return { items: found.days, nextCursor: found.nextCursor };
    });
    this.days = new Map(days.map((each) => [each.day, each]));
    await this.#readCalendar(bureau);
  }

  /** Reads again as long as deadlines are being computed. */
  async #readCalendar(bureau: string): Promise<void> {
    clearTimeout(this.#poll);
    this.calendar = await client(workflowApi).calendar({ bureau });
    const { recalculation } = this.calendar;
    if (recalculation && recalculation.finishedAt === undefined && this.isConnected)
      this.#poll = setTimeout(
        () => void this.#readCalendar(bureau).catch((error: unknown) => (this.error = error)),
        POLL_MS,
      );
  }

  override render(): TemplateResult {
    const { calendar } = this;
    return html`${this.head(t("nav.calendar"), this.#years())}
      <p class="quiet">${t("calendar.hint")}</p>
      ${calendar ? this.#body(calendar) : nothing}`;
  }

  #years(): TemplateResult {
    return html`<div class="years">
      ${
        this.calendars.length < 2
          ? nothing
          : html`<label
              ><span class="visually-hidden">${t("calendar.bureau")}</span
              ><select
                class="input"
                @change=${(event: Event) => this.#go({ bureau: (event.target as HTMLSelectElement).value })}
              >
                ${this.calendars.map(({ bureau, title }) => html`<option value=${bureau} ?selected=${bureau === this.calendar?.bureau}>${local(title)}</option>`)}
              </select></label
            >`
      }
      <button class="button" aria-label=${t("calendar.previous")} @click=${() => this.#go({ year: this.year - 1 })}>
        ‹
      </button>
      <strong>${this.year}</strong>
      <button class="button" aria-label=${t("calendar.next")} @click=${() => this.#go({ year: this.year + 1 })}>
        ›
      </button>
    </div>`;
  }

  #go({ bureau = this.calendar?.bureau ?? "", year = this.year }: { bureau?: string; year?: number }): void {
    this.chosen = "";
    this.show({ bureau, year: String(year) });
  }

  #body(calendar: Calendar): TemplateResult {
    const { missingYears, years, editable } = calendar;
    const isUnknown = !years.includes(this.year);
    return html`${missingYears.length === 0 ? nothing : html`<p class="warning">${t("calendar.missing", { years: missingYears.join("、") })}</p>`}
      ${isUnknown ? html`<p class="warning">${t("calendar.unknownYear")}</p>` : nothing}
      ${this.#recalculation(calendar)} ${editable ? this.#dayCard(calendar) : nothing}
      ${editable ? html`<ji-notice-card .calendar=${calendar} .save=${this.#save} .year=${missingYears[0] ?? this.year}></ji-notice-card>` : nothing}
      <section class="card">
        <div class="body">
          <ji-year-grid
            .year=${this.year}
            .days=${this.days}
            .bureau=${calendar.bureau}
            .chosen=${this.chosen}
            .today=${today()}
            @choose=${({ detail }: CustomEvent<string>) => (this.chosen = detail)}
          ></ji-year-grid>
        </div>
      </section>
      <ji-calendar-settings .calendar=${calendar} .save=${this.#save}></ji-calendar-settings>`;
  }

  readonly #save = (work: () => Promise<unknown>, done: string): Promise<void> => this.attempt(work, done);

  #recalculation({ recalculation }: Calendar): TemplateResult | typeof nothing {
    if (!recalculation) return nothing;
    const { done, total, changed, finishedAt } = recalculation;
    if (finishedAt !== undefined)
      return html`<p class="quiet small recalculated">
        ${t("calendar.recalculated", { at: dateTime(finishedAt), done, changed })}
      </p>`;
    const text = t("calendar.recalculating", { done, total, changed });
    return html`<p>${text}<progress aria-label=${text} max=${Math.max(total, 1)} value=${done}></progress></p>`;
  }

  #dayCard(calendar: Calendar): TemplateResult {
    const { chosen } = this;
    if (chosen === "")
      return html`<section class="card day"><div class="body quiet">${t("calendar.choose")}</div></section>`;
    const told = this.days.get(chosen);
    const weekday = new Date(chosen).getUTCDay();
    const kind = told?.kind ?? (weekday % 6 === 0 ? "rest" : "work");
    const isOwn = told?.source === calendar.bureau;
    const title = this.calendars.find(({ bureau }) => bureau === told?.source)?.title;
    const source = told?.source === undefined ? t("calendar.software") : title ? local(title) : told.source;
    return html`<section class="card day">
      <h2>${t("calendar.day", { day: chosen, weekday: t(`calendar.weekday-${weekday}`) })}</h2>
      <div class="body">
        <p>
          ${
            told
              ? t("calendar.source", {
                  kind: t(`calendar.${kind}`),
                  name: told.name === undefined ? "" : `${told.name} `,
                  source,
                })
              : t("calendar.sourceUsual", { kind: t(`calendar.${kind}`) })
          }
        </p>
        <form @submit=${(event: SubmitEvent) => void this.#set(event, calendar)}>
          <label
            >${t("calendar.until")}<input
              class="input"
              type="date"
              name="until"
              min=${chosen}
              .value=${chosen}
              required
          /></label>
          <label class="name"
            >${t("calendar.name")}<input class="input" name="name" maxlength="40" autocomplete="off"
          /></label>
          <button class="button" value="rest" ?disabled=${this.working}>${t("calendar.setRest")}</button>
          <button class="button" value="work" ?disabled=${this.working}>${t("calendar.setWork")}</button>
          ${isOwn ? html`<button class="button" value="inherit" ?disabled=${this.working}>${t("calendar.inherit")}</button>` : nothing}
        </form>
      </div>
    </section>`;
  }

  async #set(event: SubmitEvent, { bureau, version }: Calendar): Promise<void> {
    event.preventDefault();
    const kind = (event.submitter as HTMLButtonElement | null)?.value as "work" | "rest" | "inherit";
    const form = new FormData(event.target as HTMLFormElement);
    const [name, until] = [String(form.get("name")).trim(), String(form.get("until"))];
    const count = Math.round((Date.parse(until) - Date.parse(this.chosen)) / DAY_MS) + 1;
    if (!(count >= 1 && count <= MAX_CALENDAR_DAYS)) {
      this.error = new Error(t("calendar.rangeWrong", { n: MAX_CALENDAR_DAYS }));
      return;
    }
    const days = Array.from({ length: count }, (_, index) => ({
      day: new Date(Date.parse(this.chosen) + index * DAY_MS).toISOString().slice(0, 10),
      kind,
      ...(name === "" || kind === "inherit" ? {} : { name }),
    }));
    await this.attempt(() => client(workflowApi).setCalendarDays({ bureau, version, days }), t("calendar.saved"));
  }
}

/** The day in China. */
function today(): string {
  return dateTime(new Date().toISOString()).slice(0, 10);
}

/** All pages of a list that is short. */
async function all<T>(
  read: (page: { limit: number; cursor?: string }) => Promise<{ items: T[]; nextCursor: string | undefined }>,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}
