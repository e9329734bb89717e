import data from "chinese-days/dist/chinese-days.json" with { type: "json" };
import { dayNumber, isWeekend, yearOf } from "./zoned-day.js";

/** A day whose kind its weekday does not tell, as the State Council announced it. */
export interface AnnouncedDay {
  day: string;
  kind: "work" | "rest";
  /** Of the holiday it belongs to. */
  name: string;
}

/**
 * Where the source is wrong. 2005-12-31 was a Saturday on which people worked: its day off went to 2006-01-03 (the General
 * Office's notice of the holidays of 2006).
 */
const CORRECTED: AnnouncedDay[] = [{ day: "2005-12-31", kind: "work", name: "元旦" }];

/** All announced days off and made-up working days, by year. A year that is missing has not been announced. */
export function announcedYears(): Map<number, AnnouncedDay[]> {
  const days = new Map<string, AnnouncedDay>();
  const add = (kind: AnnouncedDay["kind"], names: Record<string, string>): void => {
    for (const [day, text] of Object.entries(names)) days.set(day, { day, kind, name: text.split(",")[1] ?? text });
  };
  add("rest", data.holidays);
  add("work", data.workdays);
  for (const each of CORRECTED) days.set(each.day, each);
  const years = new Map<number, AnnouncedDay[]>();
  for (const each of [...days.values()].sort((one, other) => (one.day < other.day ? -1 : 1))) {
    const number = dayNumber(each.day);
    const year = yearOf(number);
    // a Saturday that people work on is told, and so is each day of a holiday; other weekends need not be
    if (each.kind === "work" && !isWeekend(number)) continue;
    years.set(year, [...(years.get(year) ?? []), each]);
  }
  return years;
}
