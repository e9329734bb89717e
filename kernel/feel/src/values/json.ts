import { FeelLimitError } from "../errors.js";
import { DEFAULT_LIMITS } from "../limits.js";
import { convert, FeelContext } from "./context.js";
import { FeelFunction } from "./function.js";
import { isDecimal, numberText } from "./number.js";
import { FeelRange } from "./range.js";
import { feelText } from "./text.js";
import { isList, type FeelValue } from "./value.js";

/** A value of JSON. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/** A FEEL value from plain JSON: numbers become decimals, objects contexts. Strings stay strings, dates too. */
export const fromJson = (value: unknown): FeelValue => convert(value);

/**
 * Plain JSON from a FEEL value. A number that a JavaScript number holds exactly is one, any other is a string of its
 * digits; temporal values are ISO 8601 text, ranges FEEL text, functions null.
 *
 * @throws {FeelLimitError} when it has more than a million parts, or nests too deeply
 */
export function toJson(value: FeelValue): JsonValue {
  let steps = 0;
  try {
    return plain(value, () => {
      if ((steps += 1) > DEFAULT_LIMITS.steps) throw new FeelLimitError("steps", DEFAULT_LIMITS.steps);
    });
  } catch (error) {
    if (error instanceof RangeError) throw new FeelLimitError("depth", DEFAULT_LIMITS.depth);
    throw error;
  }
}

function plain(value: FeelValue, count: () => void): JsonValue {
  count();
  if (isDecimal(value)) {
    const near = Number(numberText(value));
    return Number.isFinite(near) && value.equals(String(near)) ? near : numberText(value);
  }
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map((item) => plain(item, count));
  if (value instanceof FeelContext) {
    return Object.fromEntries(value.entries().map(([name, member]) => [name, plain(member, count)]));
  }
  if (value instanceof FeelFunction) return null;
  return value instanceof FeelRange ? feelText(value) : value.toString();
}
