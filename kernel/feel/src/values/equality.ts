import { FeelDate } from "../temporal/date.js";
import { FeelDateTime } from "../temporal/date-time.js";
import { FeelDaysDuration, FeelMonthsDuration } from "../temporal/duration.js";
import { FeelTime } from "../temporal/time.js";
import type { Budget } from "./budget.js";
import { FeelContext } from "./context.js";
import { compareNumbers } from "./number.js";
import { FeelRange } from "./range.js";
import { isList, isNumber, typeOf, type FeelValue } from "./value.js";

const sign = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Negative, zero or positive, as `a` comes before, with or after `b`; null when FEEL does not order them: values of
 * different types, or times of which one has no zone.
 */
export function compare(a: FeelValue, b: FeelValue): number | null {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (isNumber(a)) return isNumber(b) ? compareNumbers(a, b) : null;
  if (typeof a === "string") return typeof b === "string" ? compareStrings(a, b) : null;
  if (a instanceof FeelDate) return b instanceof FeelDate ? a.epochDay - b.epochDay : null;
  if (a instanceof FeelMonthsDuration) return b instanceof FeelMonthsDuration ? a.months - b.months : null;
  if (a instanceof FeelDaysDuration) return b instanceof FeelDaysDuration ? sign(a.nanoseconds, b.nanoseconds) : null;
  if ((a instanceof FeelTime && b instanceof FeelTime) || (a instanceof FeelDateTime && b instanceof FeelDateTime)) {
    return (a.zone === null) === (b.zone === null) ? sign(a.instant, b.instant) : null;
  }
  return null;
}

/** By code points, as Unicode orders them. */
function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === a.length || at === b.length) return a.length - b.length;
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
  const surrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
  return surrogate(x) === surrogate(y) ? x - y : surrogate(x) ? 1 : -1;
}

/** What `=` gives: null when the types differ and neither value is null. */
export function equals(a: FeelValue, b: FeelValue, budget?: Budget): boolean | null {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) === 0;
  if (typeOf(a) !== typeOf(b)) return null;
  budget?.step();
  if (isList(a) && isList(b))
    return a.length === b.length && a.every((item, i) => equals(item, b[i] ?? null, budget) === true);
  if (a instanceof FeelContext && b instanceof FeelContext) return equalContexts(a, b, budget);
  if (a instanceof FeelRange && b instanceof FeelRange) return equalRanges(a, b, budget);
  return compare(a, b) === 0;
}

function equalContexts(a: FeelContext, b: FeelContext, budget?: Budget): boolean {
  return (
    a.size === b.size &&
    a.entries().every(([name, value]) => b.has(name) && equals(value, b.get(name) ?? null, budget) === true)
  );
}

function equalRanges(a: FeelRange, b: FeelRange, budget?: Budget): boolean {
  const same = (x: FeelValue | undefined, y: FeelValue | undefined): boolean =>
    x === undefined || y === undefined ? x === y : equals(x, y, budget) === true;
  return (
    a.startIncluded === b.startIncluded &&
    a.endIncluded === b.endIncluded &&
    same(a.start, b.start) &&
    same(a.end, b.end)
  );
}
