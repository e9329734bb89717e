import { type CalendarDates, type Filter, storageApi, type StoredRecord } from "@jinshui/contracts";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block } from "../base-element.js";
import { controls } from "../controls.js";
import { dateTime } from "../texts/format.js";
import { local, t } from "../texts/text.js";
import { daysBetween, type Span, turned, weekday, weeksOf } from "./calendar-days.js";
import { calendarStyles } from "./calendar-styles.js";
import { type KnownCollection, recordTitle } from "./known-collection.js";
import { listQuery } from "./list-query.js";
import { RecordsView } from "./records-view.js";

/** Records read for each kind of date. */
const READ = 200;
/** What a day of a month shows; the rest is behind a button. */
const IN_A_DAY = 4;
const SPANS = ["month", "week", "agenda"] as const;

interface Entry {
  record: StoredRecord;
  /** Place of its dates in the definition, and their title where there are several kinds. */
  kind: number;
  title: string;
  time: string;
}

/** Records by their dates: a month, a week, or the days of a month on which there is something. */
@customElement("ji-record-calendar")
export class RecordCalendar extends RecordsView {
  static override styles = [controls, block, calendarStyles];
  @state() private entries: ReadonlyMap<string, Entry[]> = new Map();
  /** Records that were not read, for there are too many. */
  @state() private more = 0;

  override render(): TemplateResult | typeof nothing {
    const { known } = this;
    if (!known) return nothing;
    const day = this.#day();
    const span = this.#span();
    const weeks = weeksOf(day, span);
    const [first = day] = weeks[0] ?? [];
    const last = weeks.at(-1)?.at(-1) ?? day;
    const title =
      span === "week"
        ? `${first} – ${last}`
        : t("dates.month", { year: day.slice(0, 4), month: Number(day.slice(5, 7)) });
    const turn = (by: -1 | 1): void => this.go({ at: turned(day, span, by) });
    return html`<ji-error .error=${this.error} ?retry=${true} @retry=${() => this.reload()}></ji-error>
      <div class="tools">
        <button
          class="button"
          aria-label=${t(span === "week" ? "dates.weekBefore" : "dates.monthBefore")}
          @click=${() => turn(-1)}
        >
          ‹
        </button>
        <button class="button" @click=${() => this.go({ at: undefined })}>${t("dates.today")}</button>
        <button
          class="button"
          aria-label=${t(span === "week" ? "dates.weekAfter" : "dates.monthAfter")}
          @click=${() => turn(1)}
        >
          ›
        </button>
        <h2 aria-live="polite">${title}</h2>
        <span class="spans" role="group" aria-label=${t("dates.span")}>
          ${SPANS.map((one) => html`<button class="button" aria-pressed=${one === span} @click=${() => this.go({ span: one === "month" ? undefined : one })}>${t(`dates.span.${one}`)}</button>`)}
        </span>
      </div>
      ${this.more > 0 ? html`<p class="note" role="status">${t("dates.more", { n: this.more })}</p>` : nothing}
      ${span === "agenda" ? this.#agenda(weeks.flat()) : this.#grid(weeks, day, span)}`;
  }

  #grid(weeks: string[][], day: string, span: Span): TemplateResult {
    return html`<div class="grid ${span}" tabindex="0" role="region" aria-label=${this.heading}>
      <table>
        <thead>
          <tr>
            ${[0, 1, 2, 3, 4, 5, 6].map((at) => html`<th scope="col">${t(`dates.weekday.${at}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${weeks.map(
            (week) =>
              html`<tr>
                ${week.map((one) => this.#cell(one, span, span === "month" && one.slice(0, 7) !== day.slice(0, 7)))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #cell(day: string, span: Span, outside: boolean): TemplateResult {
    const entries = this.entries.get(day) ?? [];
    const shown = span === "month" ? entries.slice(0, IN_A_DAY) : entries;
    const isToday = day === today();
    return html`<td
      class="${outside ? "outside" : ""} ${isToday ? "today" : ""}"
      aria-current=${isToday ? "date" : nothing}
    >
      <time datetime=${day}>${Number(day.slice(8))}<span class="visually-hidden">${day}</span></time>
      ${this.#list(shown)}
      ${entries.length > shown.length ? html`<button class="button plain" aria-label=${t("dates.othersOf", { n: entries.length - shown.length, day })} @click=${() => this.go({ span: "week", at: day })}>${t("dates.others", { n: entries.length - shown.length })}</button>` : nothing}
    </td>`;
  }

  #agenda(days: string[]): TemplateResult {
    const busy = days.filter((day) => this.entries.has(day));
    if (busy.length === 0) return html`<ji-empty text=${t(this.loading ? "list.loading" : "dates.empty")}></ji-empty>`;
    return html`<dl class="agenda">
      ${busy.map(
        (day) =>
          html`<dt>${day} ${t(`dates.weekday.${weekday(day)}`)}</dt>
            <dd>${this.#list(this.entries.get(day) ?? [])}</dd>`,
      )}
    </dl>`;
  }

  #list(entries: readonly Entry[]): TemplateResult | typeof nothing {
    const { known } = this;
    if (!known || entries.length === 0) return nothing;
    return html`<ul>
      ${entries.map(({ record, kind, title, time }) => {
        const name = recordTitle(known, record.values) || record.id;
        const isOpen = record.id === this.address.record;
        return html`<li class="kind${kind}">
          <a
            href=${this.link(record.id)}
            title=${[time, title, name].filter((part) => part !== "").join(" ")}
            aria-current=${isOpen ? "true" : nothing}
            @click=${(event: MouseEvent) => this.follow(event, record.id)}
            >${time === "" ? nothing : html`<span class="quiet">${time}</span> `}${title === "" ? nothing : html`<span class="quiet">${title}</span> `}${name}</a
          >
        </li>`;
      })}
    </ul>`;
  }

  #day(): string {
    return this.address.at ?? today();
  }

  #span(): Span {
    return this.address.span ?? "month";
  }

  protected override async read(known: KnownCollection, isLatest: () => boolean): Promise<void> {
    const days = weeksOf(this.#day(), this.#span()).flat();
    const [first = "", last = ""] = [days[0], days.at(-1)];
    const kinds = (known.definition.display.calendar ?? []).filter(
      ({ from, to }) => ![from, to].some((name) => name !== undefined && hidden(known).has(name)),
    );
    const found = await Promise.all(
      kinds.map((dates) =>
        client(storageApi).find({
          collection: known.id,
          limit: READ,
          sort: [dates.from],
          ...listQuery(known, this.address, within(known, dates, first, last)),
          ...(this.address.removed ? { removed: true } : {}),
        }),
      ),
    );
    if (!isLatest()) return;
    const entries = new Map<string, Entry[]>();
    for (const [kind, dates] of kinds.entries())
      for (const record of found[kind]?.records ?? []) {
        const field = known.definition.fields[dates.from];
        const title = kinds.length > 1 ? local(field?.title) : "";
        const start = String(record.values[dates.from]);
        const end = dates.to === undefined ? undefined : record.values[dates.to];
        const from = dayOf(start);
        const to = end === undefined || end === null ? from : dayOf(String(end));
        const time = field?.type === "datetime" ? dateTime(start).slice(11) : "";
        for (const day of daysBetween(from < first ? first : from, to > last ? last : to))
          entries.set(day, [...(entries.get(day) ?? []), { record, kind, title, time: day === from ? time : "" }]);
      }
    this.entries = entries;
    this.more = found.reduce((sum, { total = 0, records }) => sum + Math.max(0, total - records.length), 0);
  }
}

function hidden({ fields }: KnownCollection): Set<string> {
  return new Set([...fields.hidden, ...fields.masked]);
}

/** Records with a day in a range, both ends included. */
function within({ definition }: KnownCollection, { from, to }: CalendarDates, first: string, last: string): Filter {
  const bound = (name: string, day: string, time: string): string =>
    definition.fields[name]?.type === "datetime" ? `${day}T${time}+08:00` : day;
  const begins = { [from]: { gte: bound(from, first, "00:00:00"), lte: bound(from, last, "23:59:59") } };
  if (to === undefined) return begins;
  const lasts = {
    [from]: { lte: bound(from, last, "23:59:59") },
    [to]: { gte: bound(to, first, "00:00:00") },
  };
  return { or: [lasts, begins] };
}

/** The day of a date or an instant in China. */
function dayOf(value: string): string {
  return value.length === 10 ? value : dateTime(value).slice(0, 10);
}

function today(): string {
  return dateTime(new Date().toISOString()).slice(0, 10);
}
