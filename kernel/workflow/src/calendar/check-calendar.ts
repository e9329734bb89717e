import { type HolidayRange, JinshuiError, type WorkingHours } from "@jinshui/contracts";
import { dayNumber, dayText } from "./zoned-day.js";

/** Days that one notice may name; a year has some forty. */
const MAX_NOTICE_DAYS = 150;

/** @throws JinshuiError `invalid-request` for a day that no year has, such as the 30th of February. */
export function requireDay(day: string): void {
  const number = dayNumber(day);
  if (Number.isNaN(number) || dayText(number) !== day)
    throw new JinshuiError("invalid-request", `${day} is no day`, { details: { day } });
}

/** @throws JinshuiError `invalid-request` for hours that end before they begin, overlap or stand in another order. */
export function requireHours(hours: readonly WorkingHours[]): void {
  let last = "";
  for (const { from, to } of hours) {
    if (from >= to || from < last)
      throw new JinshuiError(
        "invalid-request",
        `Working hours ${from}–${to} must follow ${last || "nothing"} and end later`,
        {
          details: { reason: "hours", from, to },
        },
      );
    last = to;
  }
}

/**
 * The days that a notice names, by day.
 * @throws JinshuiError `invalid-request` for a range that ends before it begins or lies in another year, and for a day named twice.
 */
export function noticedDays(
  year: number,
  ranges: readonly HolidayRange[],
): Map<string, { kind: "work" | "rest"; name: string }> {
  const days = new Map<string, { kind: "work" | "rest"; name: string }>();
  for (const { name, from, to, kind } of ranges) {
    requireDay(from);
    requireDay(to);
    const wrong = (why: string): JinshuiError =>
      new JinshuiError("invalid-request", `${name} ${from}–${to} ${why}`, { details: { reason: "range", from, to } });
    if (from > to) throw wrong("ends before it begins");
    // New Year may begin or be worked for in December before
    if (from < `${year - 1}-12-20` || to > `${year + 1}-01-10`) throw wrong(`is not of ${year}`);
    for (let day = dayNumber(from); day <= dayNumber(to); day += 1) {
      if (days.has(dayText(day))) throw wrong(`names ${dayText(day)} a second time`);
      days.set(dayText(day), { kind, name });
      if (days.size > MAX_NOTICE_DAYS) throw wrong(`makes more than ${MAX_NOTICE_DAYS} days`);
    }
  }
  return days;
}
