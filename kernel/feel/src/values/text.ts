import type { Budget } from "./budget.js";
import { FeelContext } from "./context.js";
import { FeelFunction } from "./function.js";
import { isDecimal, numberText } from "./number.js";
import { FeelRange } from "./range.js";
import { isList, type FeelValue } from "./value.js";

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&")}"`;

/** Names that need no quotes as keys of a context. */
const isPlainName = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_]*( [\p{L}\p{N}_]+)*$/u.test(name);

const inner = (value: FeelValue | undefined, budget?: Budget): string =>
  value === undefined ? "" : typeof value === "string" ? quoted(value) : feelText(value, budget);

/** Texts joined by commas, given up as soon as they get too long. */
function joined(texts: Iterable<string>, budget?: Budget): string {
  const all: string[] = [];
  let length = 0;
  for (const text of texts) {
    budget?.step();
    budget?.room((length += text.length + 2));
    all.push(text);
  }
  return all.join(", ");
}

function rangeText({ start, startIncluded, end, endIncluded }: FeelRange, budget?: Budget): string {
  if (start === undefined) return `(${endIncluded ? "<=" : "<"} ${inner(end, budget)})`;
  if (end === undefined) return `(${startIncluded ? ">=" : ">"} ${inner(start, budget)})`;
  return `${startIncluded ? "[" : "("}${inner(start, budget)}..${inner(end, budget)}${endIncluded ? "]" : ")"}`;
}

function* itemTexts(list: readonly FeelValue[], budget?: Budget): Generator<string> {
  for (const item of list) yield inner(item, budget);
}

function* entryTexts(context: FeelContext, budget?: Budget): Generator<string> {
  for (const [name, value] of context.entries()) {
    yield `${isPlainName(name) ? name : quoted(name)}: ${inner(value, budget)}`;
  }
}

/** What `string()` gives: strings as they are, everything else as FEEL would write it. */
export function feelText(value: FeelValue, budget?: Budget): string {
  if (value === null) return "null";
  if (typeof value === "number" || isDecimal(value)) return numberText(value);
  if (typeof value !== "object") return String(value);
  if (isList(value)) return `[${joined(itemTexts(value, budget), budget)}]`;
  if (value instanceof FeelContext) return `{${joined(entryTexts(value, budget), budget)}}`;
  if (value instanceof FeelFunction) return `function(${value.parameters.join(", ")})`;
  return value instanceof FeelRange ? rangeText(value, budget) : value.toString();
}
