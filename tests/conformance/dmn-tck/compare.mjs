import { equals, FeelContext, isList, isNumber, typeOf } from "@jinshui/feel";

/** Numbers may differ by this much, relative to the expected one: the suite's own are binary in places. */
const TOLERANCE = 1e-8;

/**
 * Whether a result is the expected one, types included.
 * @param {unknown} actual
 * @param {unknown} expected
 */
export function matches(actual, expected) {
  if (typeOf(actual) !== typeOf(expected)) return false;
  if (isNumber(expected)) return equals(actual, expected) === true || isNear(Number(actual), Number(expected));
  if (isList(expected)) {
    return actual.length === expected.length && expected.every((item, index) => matches(actual[index], item));
  }
  if (expected instanceof FeelContext) {
    const entries = expected.entries();
    return actual.size === entries.length && entries.every(([name, value]) => matches(actual.get(name) ?? null, value));
  }
  return equals(actual, expected) === true;
}

function isNear(actual, expected) {
  return Math.abs(actual - expected) <= TOLERANCE * Math.abs(expected);
}
