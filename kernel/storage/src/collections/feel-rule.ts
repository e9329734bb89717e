import { JinshuiError } from "@jinshui/contracts";
import { type FeelExpression, FeelLimitError, parseExpression, toJson } from "@jinshui/feel";

/** An expression of a definition, over plain values; `null` for what can't be told. */
export type Rule = (values: Readonly<Record<string, unknown>>) => unknown;

/** Far beyond what a check digit or a sum of fields takes, and nothing an import of many rows would feel. */
const LIMITS = { steps: 20_000 };

/**
 * Reads an expression of a definition.
 * @throws JinshuiError `invalid-request` when it is no FEEL; the rule itself throws one when it needs more than it may use.
 */
export function feelRule(text: string, what: string): Rule {
  let expression: FeelExpression;
  try {
    expression = parseExpression(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new JinshuiError("invalid-request", `${what} is no FEEL: ${reason}`, {
      details: { expression: text, reason },
      cause,
    });
  }
  return (values) => {
    try {
      return toJson(expression.evaluate(values, { limits: LIMITS }).value);
    } catch (cause) {
      if (!(cause instanceof FeelLimitError)) throw cause;
      throw new JinshuiError("invalid-request", `${what} takes too long to calculate`, {
        details: { expression: text },
        cause,
      });
    }
  };
}
