import type { Run } from "../compile/run.js";
import { FeelDateTime } from "../temporal/date-time.js";
import { FeelTime } from "../temporal/time.js";
import { equals } from "../values/equality.js";
import type { FeelFunction } from "../values/function.js";
import { typeOf, type FeelValue } from "../values/value.js";
import { aggregates } from "./aggregates.js";
import { contexts } from "./contexts.js";
import { conversions } from "./conversion.js";
import { define, itemOf } from "./define.js";
import { lists } from "./lists.js";
import { numeric } from "./numeric.js";
import { ranges } from "./ranges.js";
import { strings } from "./strings.js";
import { temporal } from "./temporal.js";

/** Whether two values are the same in every respect: times have to agree in their offset as well. */
function is(a: FeelValue, b: FeelValue, run: Run): boolean {
  if (typeOf(a) !== typeOf(b) || equals(a, b, run) !== true) return false;
  const zoned = (value: FeelValue): value is FeelTime | FeelDateTime =>
    value instanceof FeelTime || value instanceof FeelDateTime;
  return !zoned(a) || !zoned(b) || (a.offset === b.offset && a.zone?.name === b.zone?.name);
}

/** Every built-in function of FEEL by name. */
export const BUILT_INS: ReadonlyMap<string, FeelFunction> = new Map([
  define("not(negand)", ([negand]) => {
    const value = itemOf(negand);
    return typeof value === "boolean" ? !value : null;
  }),
  define("is(value1, value2)", ([a, b], run) => is(a ?? null, b ?? null, run)),
  ...conversions,
  ...strings,
  ...lists,
  ...aggregates,
  ...numeric,
  ...temporal,
  ...ranges,
  ...contexts,
]);
