const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** China keeps one time all the year: 8 hours ahead of UTC, without summer time since 1992. */
const OFFSET_MS = 8 * 3_600_000;

/** A day in China as the number of days since 1970-01-01, which is cheap to count with. */
export type DayNumber = number;

/** The day in China of an instant. */
export function dayOf(instant: number): DayNumber {
  return Math.floor((instant + OFFSET_MS) / DAY_MS);
}

/** The instant at so many minutes after midnight of a day. */
export function instantAt(day: DayNumber, minutes: number): number {
  return day * DAY_MS - OFFSET_MS + minutes * MINUTE_MS;
}

/** `2026-02-13` as a number. */
export function dayNumber(day: string): DayNumber {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}

/** A number as `2026-02-13`. */
export function dayText(day: DayNumber): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

export function yearOf(day: DayNumber): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

/** Saturday and Sunday. */
export function isWeekend(day: DayNumber): boolean {
  // 1970-01-01 was a Thursday
  const weekday = (((day + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}
