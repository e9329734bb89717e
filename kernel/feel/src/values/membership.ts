import type { Budget } from "./budget.js";
import { compare, equals } from "./equality.js";
import { FeelRange } from "./range.js";
import { isList, type FeelValue } from "./value.js";

/** Three-valued conjunction of comparisons with two bounds. */
export const both = (a: boolean | null, b: boolean | null): boolean | null =>
  a === false || b === false ? false : a === null || b === null ? null : true;

/** Whether a range holds a value; null when that depends on a bound the value can't be compared with. */
function rangeIncludes({ start, startIncluded, end, endIncluded }: FeelRange, value: FeelValue): boolean | null {
  const low = start === undefined ? 1 : compare(value, start);
  const high = end === undefined ? -1 : compare(value, end);
  return both(
    low === null ? null : low > 0 || (startIncluded && low === 0),
    high === null ? null : high < 0 || (endIncluded && high === 0),
  );
}

/** What `value in candidate` gives: candidate is a range, a list of values and ranges, or a value. */
export function isIn(value: FeelValue, candidate: FeelValue, budget?: Budget): boolean | null {
  if (candidate instanceof FeelRange && !(value instanceof FeelRange)) return rangeIncludes(candidate, value);
  if (!isList(candidate)) return equals(value, candidate, budget) === true;
  if (isList(value) && equals(value, candidate, budget) === true) return true;
  budget?.step(candidate.length);
  return candidate.some((item) => isIn(value, item, budget) === true);
}

/** Three-valued disjunction. */
export const either = (a: boolean | null, b: boolean | null): boolean | null =>
  a === true || b === true ? true : a === null || b === null ? null : false;
