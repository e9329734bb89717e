import {
  type DeadlineReminders,
  type HolidayRange,
  JinshuiError,
  type OpInput,
  type OpOutput,
  type WorkflowApi,
  type WorkingHours,
} from "@jinshui/contracts";
import type { Actor, Row, Transaction } from "@jinshui/storage";
import { noticedDays, requireDay, requireHours } from "./check-calendar.js";
import { type Calendars, SOFTWARE } from "./calendars.js";
import type { Recalculations } from "./recalculations.js";
import { isWorkday } from "./working-calendar.js";
import { yearIsKnown } from "./year-watch.js";
import { dayNumber } from "./zoned-day.js";

/** Who changes which bureau's calendar, and the version that they have seen. */
export interface CalendarChange {
  actor: Actor;
  trace: string;
  bureau: string;
  version: number;
}

type DayInput = OpInput<WorkflowApi, "setCalendarDays">["days"][number];
export type NoticeChanges = OpOutput<WorkflowApi, "importCalendarYear">["changes"];

/** Changes a bureau's own entries; open deadlines there and below follow in the background. */
export class CalendarEditor {
  constructor(
    readonly calendars: Calendars,
    readonly recalculations: Recalculations,
    readonly below: (bureau: string) => readonly string[],
  ) {}

  async setDays(tx: Transaction, change: CalendarChange, days: readonly DayInput[]): Promise<number> {
    const { bureau } = change;
    for (const { day, kind, hours } of days) {
      requireDay(day);
      requireHours(hours ?? []);
      if (kind !== "work" && hours)
        throw new JinshuiError("invalid-request", `${day} has hours and is no working day`, { details: { day } });
    }
    if (new Set(days.map(({ day }) => day)).size < days.length)
      throw new JinshuiError("invalid-request", "A day is named twice");
    await this.#seen(tx, change);
    const names = days.map(({ day }) => day);
    const before = await tx.find("wf_calendar_day", { where: { bureau, day: { in: names } } });
    await tx.remove("wf_calendar_day", { bureau, day: { in: names } });
    const rows = days.flatMap(({ day, kind, name, hours }): Row[] =>
      kind === "inherit" ? [] : [{ bureau, day, kind, name: name ?? null, hours: hours ?? null, noticed: false }],
    );
    if (rows.length > 0) await tx.insert("wf_calendar_day", rows);
    return this.#changed(tx, change, "set-calendar-days", { before: before.map(dayOf), after: days });
  }

  async setHours(
    tx: Transaction,
    change: CalendarChange,
    list: readonly { from: string; hours: WorkingHours[] }[],
  ): Promise<number> {
    const { bureau } = change;
    for (const { from, hours } of list) {
      requireDay(from);
      requireHours(hours);
    }
    if (new Set(list.map(({ from }) => from)).size < list.length)
      throw new JinshuiError("invalid-request", "Two sets of working hours begin on one day");
    await this.#seen(tx, change);
    const before = await tx.find("wf_calendar_hours", { where: { bureau }, orderBy: ["from_day"] });
    await tx.remove("wf_calendar_hours", { bureau });
    const rows = list.map(({ from, hours }): Row => ({ bureau, from_day: from, hours }));
    if (rows.length > 0) await tx.insert("wf_calendar_hours", rows);
    return this.#changed(tx, change, "set-calendar-hours", {
      before: before.map((row) => ({ from: row["from_day"], hours: row["hours"] })),
      after: list,
    });
  }

  async setReminders(
    tx: Transaction,
    change: CalendarChange,
    reminders: DeadlineReminders | undefined,
  ): Promise<number> {
    await this.#seen(tx, change);
    const head = await tx.findOne("wf_calendar", { bureau: change.bureau });
    await tx.update("wf_calendar", { bureau: change.bureau }, { reminders: reminders ?? null });
    return this.#changed(tx, change, "set-calendar-reminders", { before: head?.["reminders"], after: reminders });
  }

  /** Takes over a notice; days that were set one by one stay as they are. */
  async importYear(
    tx: Transaction,
    change: CalendarChange,
    { year, notice, ranges }: { year: number; notice: string; ranges: readonly HolidayRange[] },
  ): Promise<number> {
    const { bureau } = change;
    const noticed = noticedDays(year, ranges);
    await this.#seen(tx, change);
    const own = await this.#own(tx, bureau, year);
    await tx.remove("wf_calendar_day", { bureau, noticed: true, day: { in: own.noticed } });
    const rows = [...noticed]
      .filter(([day]) => !own.set.has(day))
      .map(([day, { kind, name }]): Row => ({ bureau, day, kind, name, noticed: true }));
    // of a notice of the year before that named a day of this one, too
    await tx.remove("wf_calendar_day", { bureau, noticed: true, day: { in: rows.map(({ day }) => String(day)) } });
    await tx.insert("wf_calendar_day", rows);
    await tx.remove("wf_calendar_year", { bureau, year });
    await tx.insert("wf_calendar_year", { bureau, year, notice });
    await yearIsKnown(tx, year);
    return this.#changed(tx, change, "import-calendar-year", { after: { year, notice, ranges } });
  }

  /** Days that would become others by a notice. */
  async compare(
    tx: Transaction,
    bureau: string,
    { year, ranges }: { year: number; ranges: readonly HolidayRange[] },
  ): Promise<NoticeChanges> {
    const noticed = noticedDays(year, ranges);
    const own = await this.#own(tx, bureau, year);
    const now = await this.calendars.of(bureau, tx);
    const above = await this.calendars.of(this.calendars.parentOf(bureau) ?? SOFTWARE, tx);
    const kind = (works: boolean): "work" | "rest" => (works ? "work" : "rest");
    return [...new Set([...noticed.keys(), ...own.noticed])].sort().flatMap((day) => {
      const number = dayNumber(day);
      const before = kind(isWorkday(now, number));
      const after = own.set.has(day) ? before : (noticed.get(day)?.kind ?? kind(isWorkday(above, number)));
      return before === after ? [] : [{ day, before, after, name: noticed.get(day)?.name ?? "" }];
    });
  }

  /** The bureau's own entries of a year: what a notice said, and what was set by itself. */
  async #own(tx: Transaction, bureau: string, year: number): Promise<{ noticed: string[]; set: Set<string> }> {
    const rows = await tx.find("wf_calendar_day", {
      where: { bureau, day: { gte: `${year - 1}-12-20`, lte: `${year + 1}-01-10` } },
    });
    const days = (isNoticed: boolean): string[] =>
      rows.filter((row) => row["noticed"] === isNoticed).map(({ day }) => String(day));
    return { noticed: days(true).filter((day) => day.startsWith(String(year))), set: new Set(days(false)) };
  }

  /** @throws JinshuiError `stale-version` when somebody has changed the calendar since. */
  async #seen(tx: Transaction, { bureau, version }: CalendarChange): Promise<void> {
    const now = await this.calendars.lock(tx, bureau);
    if (now === version) return;
    throw new JinshuiError("stale-version", `The calendar of ${bureau} has version ${now}, not ${version}`, {
      details: { version: now },
    });
  }

  async #changed(
    tx: Transaction,
    { actor, trace, bureau, version }: CalendarChange,
    action: string,
    { before, after }: { before?: unknown; after: unknown },
  ): Promise<number> {
    await tx.update("wf_calendar", { bureau }, { version: version + 1 });
    const by = { id: actor.id, name: actor.name };
    await this.recalculations.request(tx, [bureau, ...this.below(bureau)], by);
    tx.audit({
      bureau: actor.bureau,
      actor: by,
      action,
      resource: `calendar/${bureau}`,
      ...(before === undefined ? {} : { before }),
      after,
      trace,
    });
    return version + 1;
  }
}

function dayOf(row: Row): DayInput {
  const { day, kind, name, hours } = row as unknown as DayInput;
  return { day, kind, ...(name ? { name } : {}), ...(hours ? { hours } : {}) };
}
