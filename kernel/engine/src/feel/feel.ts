import { type FeelExpression, parseExpression, toJson } from "@jinshui/feel";
import { uelSyntaxError } from "../uel/imported.js";

/** What an expression came to: a JSON value, or why it has none. */
export type FeelResult = { value: unknown } | { error: string };

/** Longest expression that is read, in characters. */
const MAX_LENGTH = 10_000;
/** How many texts are kept read. */
const KEPT = 2_000;
const known = new Map<string, FeelExpression>();

/**
 * Evaluates FEEL over JSON variables. What can't be computed is null, as DMN wants.
 *
 * @param now ISO instant of `now()` and `today()`.
 */
export function evaluate(expression: string, variables: Record<string, unknown>, now?: string): FeelResult {
  try {
    const { value, warnings } = read(expression, variables).evaluate(variables, now === undefined ? {} : { now });
    // a value may be missing; a function that is not there is a mistake of whoever wrote the expression
    const missing = value === null ? warnings.find(({ message }) => message.endsWith("is no function")) : undefined;
    if (missing) return { error: missing.message };
    return { value: toJson(value) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Reads a text once; names that are no plain words change what it means. */
function read(expression: string, variables: Record<string, unknown>): FeelExpression {
  const names = Object.keys(variables).filter((name) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name));
  const key = names.length === 0 ? expression : `${expression}\n${names.join("\n")}`;
  let parsed = known.get(key);
  if (!parsed) {
    parsed = parseExpression(plain(expression), names);
    if (known.size >= KEPT) known.clear();
    known.set(key, parsed);
  }
  return parsed;
}

/** The syntax error of an expression, or nothing when it parses. */
export function syntaxError(expression: string): string | undefined {
  if (isUel(expression)) return uelSyntaxError(expression);
  const text = plain(expression);
  if (text.length > MAX_LENGTH) return `longer than ${MAX_LENGTH.toLocaleString("en")} characters`;
  try {
    parseExpression(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Expressions of Camunda 7, Flowable and Activiti, which are not FEEL. */
export function isUel(expression: string): boolean {
  return /[$#]\{[^}]*\}?/.test(expression);
}

/** Modelling tools write FEEL with or without a leading "=". */
function plain(expression: string): string {
  return expression.trim().replace(/^=/, "").trim();
}
