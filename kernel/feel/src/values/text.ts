import { FeelContext } from "./context.js";
import { FeelFunction } from "./function.js";
import { isDecimal, numberText } from "./number.js";
import { FeelRange } from "./range.js";
import { isList, type FeelValue } from "./value.js";

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&")}"`;

/** Names that need no quotes as keys of a context. */
const isPlainName = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_]*( [\p{L}\p{N}_]+)*$/u.test(name);

const inner = (value: FeelValue | undefined): string =>
  value === undefined ? "" : typeof value === "string" ? quoted(value) : feelText(value);

function rangeText(range: FeelRange): string {
  if (range.start === undefined) return `(${range.endIncluded ? "<=" : "<"} ${inner(range.end)})`;
  if (range.end === undefined) return `(${range.startIncluded ? ">=" : ">"} ${inner(range.start)})`;
  return `${range.startIncluded ? "[" : "("}${inner(range.start)}..${inner(range.end)}${range.endIncluded ? "]" : ")"}`;
}

/** What `string()` gives: strings as they are, everything else as FEEL would write it. */
export function feelText(value: FeelValue): string {
  if (value === null) return "null";
  if (typeof value === "number" || isDecimal(value)) return numberText(value);
  if (typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map(inner).join(", ")}]`;
  if (value instanceof FeelContext) {
    const entries = value
      .entries()
      .map(([name, member]) => `${isPlainName(name) ? name : quoted(name)}: ${inner(member)}`);
    return `{${entries.join(", ")}}`;
  }
  if (value instanceof FeelFunction) return `function(${value.parameters.join(", ")})`;
  return value instanceof FeelRange ? rangeText(value) : value.toString();
}
