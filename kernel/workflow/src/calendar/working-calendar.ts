import { type DayNumber, isWeekend, yearOf } from "./zoned-day.js";

/** Working time of a day, in minutes since midnight; `to` is not part of it. */
export interface Span {
  from: number;
  to: number;
}

/** What a day is, where it is not what its weekday says or has hours of its own. */
export interface DayRule {
  kind: "work" | "rest";
  hours?: readonly Span[];
}

/** When a bureau works: its own rules and those it takes over, put together. */
export interface WorkingCalendar {
  /** Years whose days off have been announced. In any other, weekdays are taken as they come, and what follows is provisional. */
  years: ReadonlySet<number>;
  days: ReadonlyMap<DayNumber, DayRule>;
  /** Working hours from a day on, ascending; the first also hold before it. Never empty. */
  hours: readonly { from: DayNumber; spans: readonly Span[] }[];
}

const NOTHING: readonly Span[] = [];

/** Working hours of a day, in order; none on a day off. */
export function hoursOf(calendar: WorkingCalendar, day: DayNumber): readonly Span[] {
  const rule = calendar.days.get(day);
  if ((rule?.kind ?? (isWeekend(day) ? "rest" : "work")) === "rest") return NOTHING;
  if (rule?.hours) return rule.hours;
  let { spans } = calendar.hours[0] ?? { spans: NOTHING };
  for (const each of calendar.hours) if (each.from <= day) ({ spans } = each);
  return spans;
}

/** Whether somebody works on a day. */
export function isWorkday(calendar: WorkingCalendar, day: DayNumber): boolean {
  return hoursOf(calendar, day).length > 0;
}

/** Whether the days off of a day's year have been announced. */
export function isAnnounced(calendar: WorkingCalendar, day: DayNumber): boolean {
  return calendar.years.has(yearOf(day));
}

/** When work ends on a working day, in minutes since midnight. */
export function closingOf(calendar: WorkingCalendar, day: DayNumber): number {
  return hoursOf(calendar, day).at(-1)?.to ?? 24 * 60;
}

/** When work begins on a working day, in minutes since midnight. */
export function openingOf(calendar: WorkingCalendar, day: DayNumber): number {
  return hoursOf(calendar, day)[0]?.from ?? 0;
}
