import light, { type Decimal as Library } from "decimal.js-light";

/** Digits of FEEL's numbers (IEEE 754 decimal128). */
const DIGITS = 34;

/** Ways of rounding, as the library numbers them. */
export const ROUND = { up: 0, down: 1, ceiling: 2, floor: 3, halfUp: 4, halfDown: 5, halfEven: 6 } as const;

/**
 * Decimal numbers for whatever is no safe integer. The library cuts its results off, so it works with far more digits
 * than FEEL has, and {@link settle} rounds. 80 are enough to be exact: sums and products of 34 digits fit, and no quotient
 * or root that goes on for ever comes closer than 70 digits to the middle between two numbers of 34.
 * A clone: settings of other users of the library do not matter.
 */
const Decimal: typeof Library = (light as unknown as { clone(config: object): typeof Library }).clone({
  precision: 80,
  rounding: ROUND.halfEven,
  toExpNeg: -7000,
  toExpPos: 7000,
});

/** A number that no safe integer can hold. */
export type Decimal = Library;

/** Safe integers are JavaScript numbers, everything else is a {@link Decimal}: each value has one form. */
export type FeelNumber = number | Decimal;

const HIGHEST_EXPONENT = 6144;
const LOWEST_EXPONENT = -6176;

/** Whether a value is a number that is no safe integer. */
export const isDecimal = (value: unknown): value is Decimal => value instanceof Decimal;

/** The decimal form, to compute with. */
export const big = (value: number | string | Decimal): Decimal =>
  typeof value === "object" ? value : new Decimal(value);

/** The one form of a result; null when it exceeds decimal128. */
export function settle(value: Decimal): FeelNumber | null {
  const exponent = value.exponent();
  if (exponent < 16 && value.isInteger()) {
    const small = value.toNumber();
    if (Number.isSafeInteger(small)) return small + 0;
  }
  if (value.precision(false) > DIGITS) return settle(value.toSignificantDigits(DIGITS, ROUND.halfEven));
  if (exponent > HIGHEST_EXPONENT) return null;
  return exponent < LOWEST_EXPONENT ? 0 : value;
}

const NUMERAL = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+))?$/;

/** Reads `-12`, `1.5`, `.5` and `1e3`; null when it is no number or beyond decimal128. */
export function parseNumber(text: string): FeelNumber | null {
  const match = NUMERAL.exec(text);
  if (!match || Math.abs(Number(match[2] ?? 0)) > 7000 || text.length > 7000) return null;
  if (text.length < 16 && /^[+-]?\d+$/.test(text)) return Number(text) + 0;
  return settle(big(text.replace(/^\+/, "")));
}

/** A JavaScript number by its shortest decimal text, so 0.1 is 0.1; null for NaN and infinities. */
export function fromNumber(value: number): FeelNumber | null {
  if (Number.isSafeInteger(value)) return value + 0;
  if (!Number.isFinite(value)) return null;
  const exact = big(value);
  return Math.abs(value) < 2 ** 53 ? exact : settle(exact);
}

/** Null beyond decimal128, as with every operation here. */
export function add(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return settle(big(a).plus(b));
}

/** `a - b`, to 34 digits. */
export function subtract(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return settle(big(a).minus(b));
}

/** `a * b`, to 34 digits. */
export function multiply(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return settle(big(a).times(b));
}

/** `a / b`, to 34 digits; null when `b` is zero. */
export function divide(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (b === 0) return null;
  if (typeof a === "number" && typeof b === "number" && a % b === 0) return a / b + 0;
  return settle(big(a).dividedBy(b));
}

/** Null where the power is no real number or exceeds decimal128. */
export function power(base: FeelNumber, exponent: FeelNumber): FeelNumber | null {
  const b = big(base);
  const e = big(exponent);
  if (e.isZero()) return 1;
  if (b.isZero()) return e.isNegative() ? null : 0;
  if (b.isNegative() && !e.isInteger()) return null;
  // About the logarithm of the base: enough to see in advance which powers leave decimal128.
  const digits =
    Math.abs(b.exponent()) > 15 ? b.exponent() : Math.log10(Math.abs(b.toNumber())) || b.abs().minus(1).toNumber();
  const size = digits * e.toNumber();
  if (size > HIGHEST_EXPONENT + 1) return null;
  if (size < LOWEST_EXPONENT - 1) return 0;
  const result = b.abs().pow(e);
  return settle(b.isNegative() && !e.modulo(2).isZero() ? result.negated() : result);
}

/** `-value`; there is no minus zero. */
export function negate(value: FeelNumber): FeelNumber {
  return typeof value === "number" ? 0 - value : value.negated();
}

/** Negative, zero or positive, as `a` is below, at or above `b`. */
export function compareNumbers(a: FeelNumber, b: FeelNumber): number {
  return typeof a === "number" && typeof b === "number" ? a - b : big(a).comparedTo(b);
}

/** Plain digits without an exponent. */
export const numberText = (value: FeelNumber): string => (typeof value === "number" ? String(value) : value.toString());
