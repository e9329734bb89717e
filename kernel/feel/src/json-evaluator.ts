import { parseExpression, type FeelExpression } from "./expression.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { toJson, type JsonValue } from "./values/json.js";

/** Most expressions that an evaluator keeps parsed. */
const KEPT = 5_000;
/** Forms have hundreds of expressions, and somebody waits for all of them. */
const LIMITS = { ...DEFAULT_LIMITS, steps: 50_000, listSize: 10_000 };

/**
 * An evaluator of FEEL over plain JSON, for linkage and calculations in forms: the same in a browser as in the kernel. It parses each
 * text once. What is no FEEL, or exceeds the limits, is null like any other failure.
 */
export function jsonEvaluator(): (text: string, scope: Readonly<Record<string, unknown>>) => JsonValue {
  const parsed = new Map<string, FeelExpression | null>();
  const read = (text: string): FeelExpression | null => {
    const known = parsed.get(text);
    if (known !== undefined) return known;
    if (parsed.size >= KEPT) parsed.clear();
    const expression = orNull(() => parseExpression(text));
    parsed.set(text, expression);
    return expression;
  };
  return (text, scope) => orNull(() => toJson(read(text)?.evaluate(scope, { limits: LIMITS }).value ?? null));
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
