import type { Budget } from "./budget.js";
import { compare, equals } from "./equality.js";
import { FeelRange } from "./range.js";
import { isList, type FeelValue } from "./value.js";

/** Whether a range holds a value; null when they can't be compared. */
function rangeIncludes(range: FeelRange, value: FeelValue): boolean | null {
  let inside = true;
  if (range.start !== undefined) {
    const order = compare(value, range.start);
    if (order === null) return null;
    inside &&= range.startIncluded ? order >= 0 : order > 0;
  }
  if (range.end !== undefined) {
    const order = compare(value, range.end);
    if (order === null) return null;
    inside &&= range.endIncluded ? order <= 0 : order < 0;
  }
  return inside;
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
