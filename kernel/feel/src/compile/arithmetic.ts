import { FeelDate } from "../temporal/date.js";
import { FeelDateTime } from "../temporal/date-time.js";
import { FeelDaysDuration, FeelMonthsDuration } from "../temporal/duration.js";
import { DAY, FeelTime } from "../temporal/time.js";
import { add, big, divide, isDecimal, multiply, negate, power, subtract, type FeelNumber } from "../values/number.js";
import { isNumber, type FeelValue } from "../values/value.js";

/** Null when FEEL has no such sum. */
export function plus(a: FeelValue, b: FeelValue): FeelValue {
  if (isNumber(a)) return isNumber(b) ? add(a, b) : null;
  if (typeof a === "string") return typeof b === "string" ? a + b : null;
  if (a instanceof FeelMonthsDuration && b instanceof FeelMonthsDuration)
    return FeelMonthsDuration.of(a.months + b.months);
  if (a instanceof FeelDaysDuration && b instanceof FeelDaysDuration) {
    return FeelDaysDuration.of(a.nanoseconds + b.nanoseconds);
  }
  if (b instanceof FeelMonthsDuration) return plusMonths(a, b.months);
  if (b instanceof FeelDaysDuration) return plusNanoseconds(a, b.nanoseconds);
  if (a instanceof FeelMonthsDuration) return plusMonths(b, a.months);
  if (a instanceof FeelDaysDuration) return plusNanoseconds(b, a.nanoseconds);
  return null;
}

/** Null when FEEL has no such difference. */
export function minus(a: FeelValue, b: FeelValue): FeelValue {
  if (isNumber(a)) return isNumber(b) ? subtract(a, b) : null;
  if (b instanceof FeelMonthsDuration) {
    return a instanceof FeelMonthsDuration ? FeelMonthsDuration.of(a.months - b.months) : plusMonths(a, -b.months);
  }
  if (b instanceof FeelDaysDuration) {
    return a instanceof FeelDaysDuration
      ? FeelDaysDuration.of(a.nanoseconds - b.nanoseconds)
      : plusNanoseconds(a, -b.nanoseconds);
  }
  if (a instanceof FeelTime && b instanceof FeelTime) {
    return (a.zone === null) === (b.zone === null) ? FeelDaysDuration.of(a.instant - b.instant) : null;
  }
  if (a instanceof FeelDate && b instanceof FeelDate) return FeelDaysDuration.of(BigInt(a.epochDay - b.epochDay) * DAY);
  const from = instantOf(b);
  const to = instantOf(a);
  return from && to && (from.zone === null) === (to.zone === null)
    ? FeelDaysDuration.of(to.instant - from.instant)
    : null;
}

/** A date counts as its midnight in UTC. */
const instantOf = (value: FeelValue): FeelDateTime | null =>
  value instanceof FeelDateTime ? value : value instanceof FeelDate ? FeelDateTime.ofDate(value) : null;

function plusMonths(value: FeelValue, months: number): FeelValue {
  if (value instanceof FeelDate) return value.plusMonths(months);
  if (!(value instanceof FeelDateTime)) return null;
  const date = value.date.plusMonths(months);
  return date && new FeelDateTime(date, value.time);
}

function plusNanoseconds(value: FeelValue, nanoseconds: bigint): FeelValue {
  if (value instanceof FeelDate) {
    return FeelDateTime.fromLocal(FeelDateTime.ofDate(value).local + nanoseconds, null)?.date ?? null;
  }
  if (value instanceof FeelTime) return FeelTime.fromNanoseconds(value.nanoseconds + nanoseconds, value.zone);
  if (!(value instanceof FeelDateTime)) return null;
  return value.zone?.name === undefined
    ? FeelDateTime.fromLocal(value.local + nanoseconds, value.zone)
    : FeelDateTime.fromInstant(value.instant + nanoseconds, value.zone);
}

/** Null when FEEL has no such product. */
export function times(a: FeelValue, b: FeelValue): FeelValue {
  if (isNumber(a)) {
    if (isNumber(b)) return multiply(a, b);
    return isDuration(b) ? scale(b, a, multiply) : null;
  }
  return isDuration(a) && isNumber(b) ? scale(a, b, multiply) : null;
}

/** Null when FEEL has no such quotient, or the divisor is zero. */
export function over(a: FeelValue, b: FeelValue): FeelValue {
  if (isNumber(a)) return isNumber(b) ? divide(a, b) : null;
  if (!isDuration(a)) return null;
  if (isNumber(b)) return scale(a, b, divide);
  return isDuration(b) && a.type === b.type ? divide(size(a), size(b)) : null;
}

const isDuration = (value: FeelValue): value is FeelDaysDuration | FeelMonthsDuration =>
  value instanceof FeelDaysDuration || value instanceof FeelMonthsDuration;

const size = (duration: FeelDaysDuration | FeelMonthsDuration): FeelNumber =>
  duration instanceof FeelMonthsDuration ? duration.months : exact(duration.nanoseconds);

const exact = (value: bigint): FeelNumber =>
  Number.isSafeInteger(Number(value)) ? Number(value) : big(value.toString());

/** Months are whole; what is left over is dropped. */
function scale(
  duration: FeelDaysDuration | FeelMonthsDuration,
  factor: FeelNumber,
  operation: (a: FeelNumber, b: FeelNumber) => FeelNumber | null,
): FeelValue {
  const result = operation(size(duration), factor);
  if (result === null) return null;
  const whole = isDecimal(result) ? result.toDecimalPlaces(0, 1).toString() : String(result);
  if (whole.length > 40) return null;
  return duration instanceof FeelMonthsDuration
    ? FeelMonthsDuration.of(Number(whole))
    : FeelDaysDuration.of(BigInt(whole));
}

/** Null when FEEL has no such power. */
export const raise = (a: FeelValue, b: FeelValue): FeelValue => (isNumber(a) && isNumber(b) ? power(a, b) : null);

/** The value with its sign turned; null for what has none. */
export function opposite(value: FeelValue): FeelValue {
  if (isNumber(value)) return negate(value);
  if (value instanceof FeelMonthsDuration) return FeelMonthsDuration.of(-value.months);
  return value instanceof FeelDaysDuration ? FeelDaysDuration.of(-value.nanoseconds) : null;
}
