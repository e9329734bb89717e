import { hoursOf, isWorkday, type WorkingCalendar } from "./working-calendar.js";
import { dayOf, type DayNumber, instantAt } from "./zoned-day.js";

/** The nth working day after a day (before it where `n` is negative), which itself does not count; the day itself for 0. */
export function workdayAfter(calendar: WorkingCalendar, day: DayNumber, n: number): DayNumber {
  const step = n < 0 ? -1 : 1;
  let found = day;
  for (let left = Math.abs(n); left > 0;) {
    found += step;
    if (isWorkday(calendar, found)) left -= 1;
  }
  return found;
}

/** The day itself when it is a working day, else the next one. */
export function workdayFrom(calendar: WorkingCalendar, day: DayNumber): DayNumber {
  return isWorkday(calendar, day) ? day : workdayAfter(calendar, day, 1);
}

/** Working days after one day up to another, which counts. */
export function workdaysBetween(calendar: WorkingCalendar, after: DayNumber, upTo: DayNumber): number {
  let count = 0;
  for (let day = after + 1; day <= upTo; day += 1) if (isWorkday(calendar, day)) count += 1;
  return count;
}

/** Working time between two instants, ms; 0 when the second is not later. */
export function workingTimeBetween(calendar: WorkingCalendar, from: number, to: number): number {
  let sum = 0;
  for (let day = dayOf(from); day <= dayOf(to); day += 1)
    for (const span of hoursOf(calendar, day))
      sum += Math.max(0, Math.min(to, instantAt(day, span.to)) - Math.max(from, instantAt(day, span.from)));
  return sum;
}

/** The instant at which so much working time, ms, has passed since another. */
export function afterWorkingTime(calendar: WorkingCalendar, start: number, ms: number): number {
  let left = ms;
  for (let day = dayOf(start); ; day += 1)
    for (const span of hoursOf(calendar, day)) {
      const from = Math.max(start, instantAt(day, span.from));
      const there = instantAt(day, span.to) - from;
      if (there <= 0) continue;
      if (left <= there) return from + left;
      left -= there;
    }
}

/** The instant from which so much working time, ms, is left until another. */
export function beforeWorkingTime(calendar: WorkingCalendar, end: number, ms: number): number {
  let left = ms;
  for (let day = dayOf(end); ; day -= 1)
    for (const span of [...hoursOf(calendar, day)].reverse()) {
      const to = Math.min(end, instantAt(day, span.to));
      const there = to - instantAt(day, span.from);
      if (there <= 0) continue;
      if (left <= there) return to - left;
      left -= there;
    }
}
