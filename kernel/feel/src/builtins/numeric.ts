import { problem } from "../errors.js";
import { FeelDaysDuration, FeelMonthsDuration } from "../temporal/duration.js";
import type { FeelFunctionBody } from "../values/function.js";
import { big, isDecimal, negate, ROUND, settle, type FeelNumber } from "../values/number.js";
import { define, itemOf, numberOf } from "./define.js";

const LOWEST_SCALE = -6111;
const HIGHEST_SCALE = 6176;

/** Rounds to so many digits behind the point, or before it when the scale is negative. */
function round(value: FeelNumber, scale: number, mode: number): FeelNumber | null {
  if (scale < LOWEST_SCALE || scale > HIGHEST_SCALE) return problem(`no scale of ${scale}`);
  if (typeof value === "number" && scale >= 0) return value;
  const exact = big(value);
  if (scale >= 0) return settle(exact.toDecimalPlaces(scale, mode));
  const unit = big(`1e${-scale}`);
  // Far above the value, only the direction matters; the quotient needs no digits of its own.
  return settle(exact.dividedBy(unit).toDecimalPlaces(0, mode).times(unit));
}

const rounding =
  (mode: number, optional = false): FeelFunctionBody =>
  ([n, scale]) => {
    const value = numberOf(n);
    if (scale === undefined && optional) return round(value, 0, mode);
    const digits = numberOf(scale);
    return round(value, Math.trunc(Number(digits)), mode);
  };

const parity =
  (odd: boolean): FeelFunctionBody =>
  ([number]) => {
    const value = numberOf(number);
    if (isDecimal(value) && !value.isInteger()) return problem("a whole number is needed");
    const rest = isDecimal(value) ? value.modulo(2).toNumber() : value % 2;
    return (rest !== 0) === odd;
  };

function modulo(dividend: FeelNumber, divisor: FeelNumber): FeelNumber | null {
  if (divisor === 0) return problem("division by zero");
  if (typeof dividend === "number" && typeof divisor === "number") {
    const rest = dividend % divisor;
    return (rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest) + 0;
  }
  const by = big(divisor);
  const rest = big(dividend).modulo(by);
  return settle(!rest.isZero() && rest.isNegative() !== by.isNegative() ? rest.plus(by) : rest);
}

function absolute(
  value: FeelNumber | FeelDaysDuration | FeelMonthsDuration,
): FeelNumber | FeelDaysDuration | FeelMonthsDuration {
  if (value instanceof FeelMonthsDuration) return new FeelMonthsDuration(Math.abs(value.months));
  if (value instanceof FeelDaysDuration) {
    return value.nanoseconds < 0n ? new FeelDaysDuration(-value.nanoseconds) : value;
  }
  if (typeof value === "number") return Math.abs(value);
  return value.isNegative() ? negate(value) : value;
}

/** Functions of numbers. */
export const numeric = [
  define("decimal(n, scale)", rounding(ROUND.halfEven)),
  define("floor(n, scale?)", rounding(ROUND.floor, true)),
  define("ceiling(n, scale?)", rounding(ROUND.ceiling, true)),
  define("round up(n, scale)", rounding(ROUND.up)),
  define("round down(n, scale)", rounding(ROUND.down)),
  define("round half up(n, scale)", rounding(ROUND.halfUp)),
  define("round half down(n, scale)", rounding(ROUND.halfDown)),
  define("abs(n)", ([n]) => {
    const value = itemOf(n);
    return value instanceof FeelDaysDuration || value instanceof FeelMonthsDuration
      ? absolute(value)
      : absolute(numberOf(value));
  }),
  define("modulo(dividend, divisor)", ([a, b]) => modulo(numberOf(a), numberOf(b))),
  define("sqrt(number)", ([number]) => {
    const value = big(numberOf(number));
    return value.isNegative() && !value.isZero() ? problem("no root of a negative number") : settle(value.squareRoot());
  }),
  define("log(number)", ([number]) => {
    const value = big(numberOf(number));
    return value.isPositive() && !value.isZero()
      ? settle(value.naturalLogarithm())
      : problem("no logarithm below zero");
  }),
  define("exp(number)", ([number]) => {
    const value = big(numberOf(number));
    if (value.greaterThan(14_150)) return problem("beyond the largest number");
    return value.lessThan(-14_150) ? 0 : settle(value.exp());
  }),
  define("odd(number)", parity(true)),
  define("even(number)", parity(false)),
];
