import type { UelScope } from "./scope.js";
import { parseUel, type UelExpression } from "./uel.js";

/** How often used texts are kept read. */
const KEPT = 2_000;
const known = new Map<string, UelExpression>();

/** What an expression of an imported model comes to, or why it has no value. */
export function evaluateUel(text: string, scope: UelScope): { value: unknown } | { error: string } {
  try {
    let expression = known.get(text);
    if (!expression) {
      expression = parseUel(text);
      if (known.size >= KEPT) known.clear();
      known.set(text, expression);
    }
    const value = expression.evaluate(scope);
    return { value: value === undefined ? null : value };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** The syntax error of an imported expression, or nothing when it can be read. */
export function uelSyntaxError(text: string): string | undefined {
  try {
    parseUel(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
