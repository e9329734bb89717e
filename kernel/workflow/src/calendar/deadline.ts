import { closingOf, hoursOf, isAnnounced, type WorkingCalendar } from "./working-calendar.js";
import {
  afterWorkingTime,
  beforeWorkingTime,
  workdayAfter,
  workdayFrom,
  workdaysBetween,
  workingTimeBetween,
} from "./working-time.js";
import { dayOf, instantAt, yearOf } from "./zoned-day.js";

const HOUR_MS = 3_600_000;
/** Longest limit, in days of either kind. */
export const MAX_LIMIT_DAYS = 3_650;

/** How long something may take. Days count whole and without the first one; hours count from the moment. */
export interface TimeLimit {
  amount: number;
  unit: "working-days" | "working-hours" | "natural-days" | "natural-hours";
}

/** A time in which the clock stands, ISO instants; without an end it still does. */
export interface Pause {
  since: string;
  until?: string;
}

/** By when something must be done. */
export interface Deadline {
  dueAt: string;
  /** When the last third of the time begins. */
  warnAt: string;
  /** Years the count goes through whose days off are not announced yet: until then it is provisional. Ascending. */
  unknownYears: number[];
}

/**
 * When a time limit ends that began at `start`, with the clock standing during the pauses; nothing while it stands.
 *
 * Days: the day of the beginning does not count, and the time ends with the business hours of the last day; where that day is
 * a day off, with those of the next working day (民法典 art. 201, 203). Of a pause the days count after the one on which it
 * began, up to the one on which it ended. Hours: working hours, or all, from the very moment. A fraction of a working day is
 * that fraction of the hours of a usual day, counted like hours.
 */
export function deadlineOf(
  calendar: WorkingCalendar,
  start: string,
  limit: TimeLimit,
  pauses: readonly Pause[] = [],
): Deadline | undefined {
  const begin = Date.parse(start);
  const stopped = merged(pauses, begin);
  if (!stopped) return undefined;
  const due = dueOf(calendar, begin, limit, stopped);
  return {
    dueAt: new Date(due).toISOString(),
    warnAt: new Date(warningOf(calendar, begin, due, limit, stopped)).toISOString(),
    unknownYears: unknownBetween(calendar, begin, due),
  };
}

type Interval = [from: number, to: number];

/** Pauses after the beginning, in order and without overlap; nothing when one of them goes on. */
function merged(pauses: readonly Pause[], begin: number): Interval[] | undefined {
  const intervals: Interval[] = [];
  const sorted = pauses
    .map(({ since, until }): Interval => [Date.parse(since), until === undefined ? Infinity : Date.parse(until)])
    .sort(([one], [other]) => one - other);
  for (const [since, until] of sorted) {
    const from = Math.max(since, begin);
    if (until === Infinity) return undefined;
    if (until <= from) continue;
    const last = intervals.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], until);
    else intervals.push([from, until]);
  }
  return intervals;
}

function dueOf(calendar: WorkingCalendar, begin: number, limit: TimeLimit, stopped: Interval[]): number {
  let due = dueAfter(calendar, begin, limit, []);
  for (let count = 1; count <= stopped.length; count += 1) {
    // what was late already when the clock was stopped stays so
    if ((stopped[count - 1]?.[0] ?? due) >= due) break;
    due = dueAfter(calendar, begin, limit, stopped.slice(0, count));
  }
  return due;
}

function dueAfter(calendar: WorkingCalendar, begin: number, { amount, unit }: TimeLimit, stopped: Interval[]): number {
  const first = dayOf(begin);
  const sum = (count: (from: number, to: number) => number): number =>
    stopped.reduce((total, [from, to]) => total + count(from, to), 0);
  const workingHours = (ms: number): number =>
    afterWorkingTime(calendar, begin, ms + sum((from, to) => workingTimeBetween(calendar, from, to)));
  // a day that passed while the clock stood is nobody's last one
  const closingFrom = (day: number): number => {
    const last = workdayFrom(calendar, Math.max(day, ...stopped.map(([, to]) => dayOf(to))));
    return instantAt(last, closingOf(calendar, last));
  };
  switch (unit) {
    case "working-days":
      if (!Number.isInteger(amount)) return workingHours(amount * dayLength(calendar, first));
      return closingFrom(
        workdayAfter(calendar, first, amount + sum((from, to) => workdaysBetween(calendar, dayOf(from), dayOf(to)))),
      );
    case "natural-days":
      return closingFrom(first + Math.ceil(amount) + sum((from, to) => dayOf(to) - dayOf(from)));
    case "working-hours":
      return workingHours(amount * HOUR_MS);
    case "natural-hours":
      return begin + amount * HOUR_MS + sum((from, to) => to - from);
  }
}

/** Working time of the first working day from a day on, ms. */
function dayLength(calendar: WorkingCalendar, day: number): number {
  return hoursOf(calendar, workdayFrom(calendar, day)).reduce((sum, { from, to }) => sum + (to - from) * 60_000, 0);
}

function warningOf(
  calendar: WorkingCalendar,
  begin: number,
  due: number,
  { unit }: TimeLimit,
  stopped: Interval[],
): number {
  const isWorking = unit === "working-days" || unit === "working-hours";
  const between = (from: number, to: number): number =>
    isWorking ? workingTimeBetween(calendar, from, to) : Math.max(0, to - from);
  const stood = stopped.reduce((sum, [from, to]) => sum + between(from, Math.min(to, due)), 0);
  const third = (between(begin, due) - stood) / 3;
  return Math.round(isWorking ? beforeWorkingTime(calendar, due, third) : due - third);
}

function unknownBetween(calendar: WorkingCalendar, begin: number, due: number): number[] {
  const years = new Set<number>();
  for (let day = dayOf(begin); day <= dayOf(due); day += 1) if (!isAnnounced(calendar, day)) years.add(yearOf(day));
  return [...years];
}
