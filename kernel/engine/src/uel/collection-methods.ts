import { toNumber, toText } from "./coerce.js";
import { sameContent } from "./compare.js";
import type { Budget } from "./limits.js";
import { readOwn, type UelMethod } from "./bean.js";
import { UelEvaluationError } from "./uel-error.js";

type Methods<T> = Record<string, (value: T, args: unknown[], budget: Budget) => unknown>;

const lists: Methods<unknown[]> = {
  size: (value) => value.length,
  isEmpty: (value) => value.length === 0,
  get(value, [index]) {
    const at = Math.trunc(toNumber(index));
    if (at < 0 || at >= value.length) throw new UelEvaluationError(`The list has no entry ${at}`);
    return value[at] ?? null;
  },
  contains: (value, [wanted], budget) => position(value, wanted, budget) >= 0,
  containsAll: (value, [wanted], budget) =>
    Array.isArray(wanted) && wanted.every((entry) => position(value, entry, budget) >= 0),
  indexOf: (value, [wanted], budget) => position(value, wanted, budget),
};

const maps: Methods<object> = {
  size: (value) => Object.keys(value).length,
  isEmpty: (value) => Object.keys(value).length === 0,
  get: (value, [key], budget) => readOwn(value, toText(key, budget)),
  getOrDefault: (value, [key, other], budget) => readOwn(value, toText(key, budget)) ?? other ?? null,
  containsKey: (value, [key], budget) => Object.hasOwn(value, toText(key, budget)),
  containsValue: (value, [wanted], budget) => position(Object.values(value), wanted, budget) >= 0,
  keySet: (value) => Object.keys(value),
  values: (value): unknown[] => Object.values(value),
};

/** Methods of `java.util.List` that change nothing. */
export const listMethods = lists as Record<string, UelMethod>;
/** Methods of `java.util.Map` that change nothing. */
export const mapMethods = maps as Record<string, UelMethod>;

function position(values: unknown[], wanted: unknown, budget: Budget): number {
  return values.findIndex((value) => sameContent(value ?? null, wanted ?? null, budget));
}
