import { dayInChina } from "@jinshui/storage";

/** From a day to a day, both included; an absent end is none. */
export interface Period {
  from?: string;
  until?: string;
}

export function covers({ from, until }: Period, day: string): boolean {
  return (from === undefined || from <= day) && (until === undefined || until >= day);
}

export function overlap(one: Period, other: Period): boolean {
  return (one.from ?? "") <= (other.until ?? "9999-12-31") && (other.from ?? "") <= (one.until ?? "9999-12-31");
}

/** The day in China at an instant, given in milliseconds. */
export function dayOf(milliseconds: number): string {
  return dayInChina(new Date(milliseconds).toISOString());
}

/** The day so many days later, or earlier for a negative number. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whether the text is a day that the calendar has. */
export function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
