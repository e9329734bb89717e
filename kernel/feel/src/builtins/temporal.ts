import { problem } from "../errors.js";
import type { Run } from "../compile/run.js";
import { FeelDate } from "../temporal/date.js";
import { FeelDateTime } from "../temporal/date-time.js";
import { parseZone, UTC } from "../temporal/zone.js";
import type { FeelValue } from "../values/value.js";
import { define, itemOf } from "./define.js";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

function dayOf(value: FeelValue | undefined): FeelDate {
  const item = itemOf(value);
  if (item instanceof FeelDate) return item;
  return item instanceof FeelDateTime ? item.date : problem("a date is needed");
}

const dayOfYear = (date: FeelDate): number => date.epochDay - new FeelDate(date.year, 1, 1).epochDay + 1;

/** By ISO 8601: a week belongs to the year of its Thursday. */
function weekOfYear(date: FeelDate): number {
  const thursday = FeelDate.fromEpochDay(date.epochDay - date.weekday + 4) ?? date;
  return Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
}

/** The instant the caller says it is, in the caller's zone. */
function now(run: Run): FeelDateTime {
  const { now: text, timeZone } = run.options;
  if (text === undefined) return problem("the time is not known here");
  const instant = FeelDateTime.parse(text);
  if (!instant) return problem(`${text} is no instant`);
  const zone = timeZone === undefined ? UTC : parseZone(/^[A-Za-z]{2}/.test(timeZone) ? `@${timeZone}` : timeZone);
  if (!zone) return problem(`no time zone ${timeZone ?? ""}`);
  return FeelDateTime.fromInstant(instant.instant, zone) ?? problem("out of range");
}

/** Functions of days, and of the present. */
export const temporal = [
  define("day of year(date)", ([date]) => dayOfYear(dayOf(date))),
  define("day of week(date)", ([date]) => DAYS[dayOf(date).weekday - 1] ?? null),
  define("month of year(date)", ([date]) => MONTHS[dayOf(date).month - 1] ?? null),
  define("week of year(date)", ([date]) => weekOfYear(dayOf(date))),
  define("now()", (_args, run) => now(run)),
  define("today()", (_args, run) => now(run).date),
];
