import type { ExecutionContext } from "ava";
import { parseExpression, type FeelScope } from "./expression.js";
import type { FeelOptions } from "./compile/run.js";
import { feelText } from "./values/text.js";

/** The value of an expression, as FEEL writes it. */
export const textOf = (text: string, scope: FeelScope = {}, options?: FeelOptions, names?: Iterable<string>): string =>
  feelText(parseExpression(text, names ?? ("get" in scope ? [] : Object.keys(scope))).evaluate(scope, options).value);

/** Compares the values of expressions, as FEEL writes them. */
export function gives(t: ExecutionContext, table: Readonly<Record<string, string>>, scope: FeelScope = {}): void {
  for (const [text, wanted] of Object.entries(table)) t.is(textOf(text, scope), wanted, text);
}
