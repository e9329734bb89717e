import { parseExpression } from "@jinshui/feel";
import { toNumber, toText } from "./coerce.js";
import { compare, sameContent } from "./compare.js";
import type { Budget } from "./limits.js";
import type { UelMethod } from "./bean.js";
import { UelEvaluationError } from "./uel-error.js";

type Methods<T> = Record<string, (value: T, args: unknown[], budget: Budget) => unknown>;

/** Longest pattern of `matches`. */
const MAX_PATTERN = 500;

/** Matches without JavaScript's own patterns, whose time has no bound: steps are counted. */
const MATCHES = parseExpression("matches(input, pattern)", ["input", "pattern"]);

const text: Methods<string> = {
  length: (value) => value.length,
  isEmpty: (value) => value === "",
  isBlank: (value) => value.trim() === "",
  equalsIgnoreCase: (value, [other]) => typeof other === "string" && value.toLowerCase() === other.toLowerCase(),
  contains: (value, [part], budget) => value.includes(toText(part, budget)),
  startsWith: (value, [part], budget) => value.startsWith(toText(part, budget)),
  endsWith: (value, [part], budget) => value.endsWith(toText(part, budget)),
  indexOf: (value, [part], budget) => value.indexOf(toText(part, budget)),
  lastIndexOf: (value, [part], budget) => value.lastIndexOf(toText(part, budget)),
  charAt: (value, [index]) => value.charAt(inside(index, value.length - 1)),
  substring(value, [start, end]) {
    const last = end === undefined ? value.length : inside(end, value.length);
    return value.slice(inside(start, last), last);
  },
  toUpperCase: (value) => value.toUpperCase(),
  toLowerCase: (value) => value.toLowerCase(),
  trim: (value) => value.trim(),
  concat(value, [other], budget) {
    const added = toText(other, budget);
    budget.text(value.length + added.length);
    return value + added;
  },
  replace(value, [from, to], budget) {
    const parts = value.split(toText(from, budget));
    const between = toText(to, budget);
    budget.text(value.length + parts.length * between.length);
    return parts.join(between);
  },
  matches(value, [pattern], budget) {
    const source = toText(pattern, budget);
    if (source.length > MAX_PATTERN) throw new UelEvaluationError(`A pattern is longer than ${MAX_PATTERN} characters`);
    budget.text(value.length * (source.length + 1));
    try {
      const answer = MATCHES.evaluate({ input: value, pattern: `^(${source})$` }).value;
      if (answer !== null) return answer;
    } catch (error) {
      throw new UelEvaluationError(`The pattern ${source} takes too long`, { cause: error });
    }
    throw new UelEvaluationError(`The pattern ${source} can't be used`);
  },
};

const number: Methods<number | bigint> = {
  intValue: (value) => Math.trunc(Number(value)),
  longValue: (value) => Math.trunc(Number(value)),
  doubleValue: (value) => Number(value),
  floatValue: (value) => Number(value),
};

const date: Methods<Date> = {
  getTime: (value) => value.getTime(),
  before: (value, [other]) => value.getTime() < toNumber(other),
  after: (value, [other]) => value.getTime() > toNumber(other),
};

const any: Methods<unknown> = {
  toString: (value: unknown, _args: unknown[], budget: Budget) => toText(value, budget),
  equals: (value, [other], budget) => sameContent(value, other, budget),
  compareTo(value, [other], budget) {
    if (typeof value !== typeof other) throw new UelEvaluationError("Only values of one kind can be compared");
    return Math.sign(compare(value, other, budget));
  },
};

/** Methods of `java.lang.String`. */
export const textMethods = text as Record<string, UelMethod>;
/** Methods of Java's numbers. */
export const numberMethods = number as Record<string, UelMethod>;
/** Methods of `java.lang.Boolean`. */
export const booleanMethods: Record<string, UelMethod> = { booleanValue: (value) => value };
/** Methods of `java.util.Date`. */
export const dateMethods = date as Record<string, UelMethod>;
/** Methods that every value has. */
export const anyMethods = any as Record<string, UelMethod>;

/** An index as Java takes it: outside of the text is an error. */
function inside(index: unknown, last: number): number {
  const value = Math.trunc(toNumber(index));
  if (value < 0 || value > last) throw new UelEvaluationError(`${value} is outside of the text`);
  return value;
}
