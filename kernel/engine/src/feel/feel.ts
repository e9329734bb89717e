import { uelSyntaxError } from "../uel/imported.js";
import { evaluate as feelin, parseExpression } from "feelin";

/** What an expression came to: a JSON value, or why it has none. */
export type FeelResult = { value: unknown } | { error: string };

/**
 * The only place that knows which FEEL implementation is used. Numbers are binary floats for now: amounts stay integers
 * of 分.
 */
export function evaluate(expression: string, variables: Record<string, unknown>, _now?: string): FeelResult {
  try {
    return { value: toJson(feelin(plain(expression), variables).value) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** The syntax error of an expression, or nothing when it parses. */
export function syntaxError(expression: string): string | undefined {
  if (isUel(expression)) return uelSyntaxError(expression);
  const text = plain(expression);
  if (text.length > 10_000) return "longer than 10,000 characters";
  try {
    parseExpression(text, {}, undefined);
    feelin(text, {});
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Expressions of Camunda 7, Flowable and Activiti, which are not FEEL. */
export function isUel(expression: string): boolean {
  return /[$#]\{[^}]*\}/.test(expression);
}

/** Modelling tools write FEEL with or without a leading "=". */
function plain(expression: string): string {
  return expression.trim().replace(/^=/, "").trim();
}

function toJson(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === "function") return null;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object") return value;
  if ("iso" in value && typeof value.iso === "string") return value.iso;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry)]));
}
