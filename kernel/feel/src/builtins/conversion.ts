import { problem } from "../errors.js";
import { FeelDate } from "../temporal/date.js";
import { FeelDateTime } from "../temporal/date-time.js";
import { FeelDaysDuration, FeelMonthsDuration } from "../temporal/duration.js";
import { parseDuration } from "../temporal/parse.js";
import { FeelTime, SECOND } from "../temporal/time.js";
import { offsetZone, parseZone, UTC, type Zone } from "../temporal/zone.js";
import { big, multiply, parseNumber } from "../values/number.js";
import { feelText } from "../values/text.js";
import { isNumber, type FeelValue } from "../values/value.js";
import { define, integerOf, itemOf, numberOf, stringOf } from "./define.js";

const read = <T>(text: string, parse: (text: string) => T | null, what: string): T =>
  parse(text) ?? problem(`${JSON.stringify(text.slice(0, 50))} is no ${what}`);

function toDate(value: FeelValue): FeelDate {
  if (value instanceof FeelDate) return value;
  if (value instanceof FeelDateTime) return value.date;
  return read(stringOf(value), (text) => FeelDate.parse(text), "date");
}

function dateOf(year: FeelValue | undefined, month: FeelValue | undefined, day: FeelValue | undefined): FeelDate {
  return FeelDate.of(integerOf(year), integerOf(month), integerOf(day)) ?? problem("there is no such day");
}

function toTime(value: FeelValue): FeelTime {
  if (value instanceof FeelTime) return value;
  if (value instanceof FeelDateTime) return value.time;
  if (value instanceof FeelDate) return new FeelTime(0, 0, 0, 0, UTC);
  return read(stringOf(value), (text) => FeelTime.parse(text), "time");
}

function zoneOf(value: FeelValue | undefined): Zone | null {
  const item = itemOf(value);
  if (item === null) return null;
  if (item instanceof FeelDaysDuration) {
    return offsetZone(Number(item.nanoseconds) / Number(SECOND)) ?? problem("no such offset");
  }
  return read(stringOf(item), (text) => parseZone(/^[A-Za-z]{2}/.test(text) ? `@${text}` : text), "time zone");
}

function timeOf(args: readonly (FeelValue | undefined)[]): FeelTime {
  const [hour, minute, second, zone] = args;
  const seconds = numberOf(second);
  const nanoseconds = big(multiply(seconds, 1e9) ?? 0)
    .toDecimalPlaces(0, 1)
    .toNumber();
  const whole = Math.floor(nanoseconds / 1e9);
  return (
    FeelTime.of(integerOf(hour), integerOf(minute), whole, nanoseconds - whole * 1e9, zoneOf(zone)) ??
    problem("there is no such time")
  );
}

function toDateTime(value: FeelValue): FeelDateTime {
  if (value instanceof FeelDateTime) return value;
  if (value instanceof FeelDate) return FeelDateTime.ofDate(value);
  return read(stringOf(value), (text) => FeelDateTime.parse(text), "date and time");
}

function joined(date: FeelValue, time: FeelValue): FeelDateTime {
  if (!(date instanceof FeelDate || date instanceof FeelDateTime)) return problem("no date");
  return time instanceof FeelTime ? new FeelDateTime(toDate(date), time) : problem("no time");
}

const SEPARATORS = [" ", ",", "."];

function toNumber(value: FeelValue, grouping: FeelValue | undefined, point: FeelValue | undefined): FeelValue {
  if (isNumber(value) && grouping === undefined) return value;
  let text = stringOf(value);
  const group = grouping === undefined || grouping === null ? null : stringOf(grouping);
  const decimal = point === undefined || point === null ? null : stringOf(point);
  if (group !== null && !SEPARATORS.includes(group)) return problem("no such separator of groups");
  if (decimal !== null && (decimal === group || ![",", "."].includes(decimal))) return problem("no such decimal point");
  if (group !== null) text = text.replaceAll(group, "");
  if (decimal === ",") {
    if (text.includes(".")) return problem("the decimal point is a comma");
    text = text.replace(",", ".");
  }
  return read(text, parseNumber, "number");
}

function monthsBetween(from: FeelDateTime | FeelDate, to: FeelDateTime | FeelDate): FeelMonthsDuration | null {
  const [a, b] = [toDate(from), toDate(to)];
  const months = (b.year - a.year) * 12 + b.month - a.month;
  const short = months > 0 && b.day < a.day ? -1 : months < 0 && b.day > a.day ? 1 : 0;
  return FeelMonthsDuration.of(months + short);
}

const dayLike = (value: FeelValue): FeelDate | FeelDateTime =>
  value instanceof FeelDate || value instanceof FeelDateTime ? value : problem("a date is needed");

/** Functions that make a value of another type. */
export const conversions = [
  define("date(from) | (year, month, day)", (args) =>
    args.length === 1 ? toDate(itemOf(args[0])) : dateOf(args[0], args[1], args[2]),
  ),
  define("time(from) | (hour, minute, second, offset?)", (args) =>
    args.length === 1 ? toTime(itemOf(args[0])) : timeOf(args),
  ),
  define(
    "date and time(from) | (date, time) | (year, month, day, hour, minute, second, offset?) | (year, month, day, hour, minute, second, timezone?)",
    (args) => {
      if (args.length === 1) return toDateTime(itemOf(args[0]));
      if (args.length === 2) return joined(itemOf(args[0]), itemOf(args[1]));
      return new FeelDateTime(dateOf(args[0], args[1], args[2]), timeOf(args.slice(3)));
    },
  ),
  define("duration(from)", ([from]) => {
    const value = itemOf(from);
    if (value instanceof FeelDaysDuration || value instanceof FeelMonthsDuration) return value;
    return read(stringOf(value), parseDuration, "duration");
  }),
  define("years and months duration(from, to)", ([from, to]) =>
    monthsBetween(dayLike(itemOf(from)), dayLike(itemOf(to))),
  ),
  define("number(from) | (from, grouping separator, decimal separator)", ([from, grouping, point]) =>
    toNumber(itemOf(from), grouping, point),
  ),
  define("string(from)", ([from], run) => (from === null || from === undefined ? null : run.text(feelText(from, run)))),
];
