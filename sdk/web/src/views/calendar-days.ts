/** Days as `2026-11-27`; counted in UTC, so that no zone and no summer time moves them. */
const DAY_MS = 86_400_000;

export type Span = "month" | "week" | "agenda";

const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** So many days later, or earlier. */
function plusDays(day: string, days: number): string {
  return new Date(utc(day).getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

/** 0 for Monday to 6 for Sunday. */
export function weekday(day: string): number {
  return (utc(day).getUTCDay() + 6) % 7;
}

/** The first day of so many months later, or earlier. */
function plusMonths(day: string, months: number): string {
  const date = utc(`${day.slice(0, 7)}-01`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}

/** Weeks, Monday first, that show a day's month or week; an agenda has just the days of its month. */
export function weeksOf(day: string, span: Span): string[][] {
  const first = span === "week" ? day : `${day.slice(0, 7)}-01`;
  const last = span === "week" ? day : plusDays(plusMonths(day, 1), -1);
  if (span === "agenda") return [daysBetween(first, last)];
  const all = daysBetween(plusDays(first, -weekday(first)), plusDays(last, 6 - weekday(last)));
  return Array.from({ length: all.length / 7 }, (_, week) => all.slice(week * 7, week * 7 + 7));
}

/** All days from one to another, both included. */
export function daysBetween(first: string, last: string): string[] {
  const count = Math.round((utc(last).getTime() - utc(first).getTime()) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => plusDays(first, index));
}

/** The day or month that lies before or after what is shown. */
export function turned(day: string, span: Span, by: -1 | 1): string {
  return span === "week" ? plusDays(day, 7 * by) : plusMonths(day, by);
}
