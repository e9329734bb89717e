import { problem } from "../errors.js";
import { FeelFunction, type FeelFunctionBody, type Signature } from "../values/function.js";
import type { FeelNumber } from "../values/number.js";
import { isList, isNumber, typeOf, type FeelValue } from "../values/value.js";

function signatureOf(text: string): Signature {
  const names = text
    .replace(/[()]/g, "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  return {
    parameters: names.map((name) => name.replace(/(\?|\.\.\.)$/, "")),
    required: names.filter((name) => !/[?.]$/.test(name)).length,
    variadic: names.length === 1 && text.includes("..."),
    rest: text.includes("..."),
  };
}

/**
 * A built-in function.
 *
 * @param text its name and signatures, as in `round up(n, scale?)`, `date(from) | (year, month, day)` or `sum(list...)`
 */
export function define(text: string, body: FeelFunctionBody): [string, FeelFunction] {
  const start = text.indexOf("(");
  const signatures = text.slice(start).split("|").map(signatureOf);
  const parameters = signatures[0]?.parameters ?? [];
  return [text.slice(0, start), new FeelFunction(parameters, body, parameters.length, [], signatures)];
}

/** A list of one where its item is wanted gives the item. */
const only = (value: FeelValue | undefined): FeelValue =>
  isList(value) && value.length === 1 ? (value[0] ?? null) : (value ?? null);

const wrong = (wanted: string, value: FeelValue): never => problem(`${typeOf(value)} where ${wanted} is needed`);

/** A number, or the only one of a list; anything else is a problem. */
export function numberOf(value: FeelValue | undefined): FeelNumber {
  const item = only(value);
  return isNumber(item) ? item : wrong("a number", item);
}

/** A whole number that JavaScript holds exactly; anything else is a problem. */
export function integerOf(value: FeelValue | undefined): number {
  const number = numberOf(value);
  return typeof number === "number" ? number : problem("a whole number is needed");
}

/** A position or count in a list or string; fractions are dropped. */
export const positionOf = (value: FeelValue | undefined): number => Math.trunc(Number(numberOf(value)));

/** A string, or the only one of a list; anything else is a problem. */
export function stringOf(value: FeelValue | undefined): string {
  const item = only(value);
  return typeof item === "string" ? item : wrong("a string", item);
}

/** Anything but null is a list of itself. */
export function listOf(value: FeelValue | undefined): readonly FeelValue[] {
  if (value === null || value === undefined) return wrong("a list", null);
  return isList(value) ? value : [value];
}

/** A value of one of FEEL's classes. */
export function instanceOf<T extends FeelValue>(
  value: FeelValue | undefined,
  type: abstract new (...args: never[]) => T,
  name: string,
): T {
  const item = only(value);
  return item instanceof type ? item : wrong(name, item);
}

export { only as itemOf };
