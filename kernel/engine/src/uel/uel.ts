import { toText } from "./coerce.js";
import { type Context, evaluate } from "./evaluate.js";
import { ExecutionView } from "./execution.js";
import { Budget, MAX_UEL_LENGTH } from "./limits.js";
import { parseExpression } from "./parse-expression.js";
import type { UelScope } from "./scope.js";
import type { UelNode } from "./syntax.js";
import { UelEvaluationError, UelSyntaxError } from "./uel-error.js";

/** A text of an imported model, read once. */
export interface UelExpression {
  /**
   * The value of a single `${…}`, or the text of a template.
   *
   * @throws {@link UelEvaluationError} when it has none in this scope or would need too much.
   */
  evaluate(scope: UelScope): unknown;
}

/** How a text is read. */
export interface UelOptions {
  /** Whether a name that nothing is known of is an error, as in JUEL and by default, or nothing. */
  missing?: "error" | "null";
}

/**
 * Reads the expression language of Camunda 7, Flowable and Activiti (JSR 245 with method calls): `${…}`, `#{…}`, or text with
 * such parts; `\${` stands for itself. Nothing outside of the scope can be reached.
 *
 * @throws {@link UelSyntaxError} when the text can't be read.
 */
export function parseUel(text: string, { missing = "error" }: UelOptions = {}): UelExpression {
  if (text.length > MAX_UEL_LENGTH)
    throw new UelSyntaxError(`Longer than ${MAX_UEL_LENGTH} characters`, MAX_UEL_LENGTH);
  const parts = split(text);
  return {
    evaluate(scope) {
      const context: Context = { scope, missing, budget: new Budget() };
      const [only] = parts;
      if (only !== undefined && parts.length === 1 && typeof only !== "string") return result(evaluate(only, context));
      const texts = parts.map((part) =>
        typeof part === "string" ? part : toText(result(evaluate(part, context)), context.budget),
      );
      context.budget.text(texts.reduce((length, part) => length + part.length, 0));
      return texts.join("");
    },
  };
}

/** Texts and expressions in turn; of a single expression, spaces around it are dropped. */
function split(text: string): (string | UelNode)[] {
  const parts: (string | UelNode)[] = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    if (/^\\[$#]\{/.test(text.slice(at, at + 3))) {
      plain += text.slice(at + 1, at + 3);
      at += 3;
    } else if (/^[$#]\{/.test(text.slice(at, at + 2))) {
      const { node, end } = parseExpression(text, at + 2);
      if (plain !== "") parts.push(plain);
      plain = "";
      parts.push(node);
      at = end;
    } else {
      plain += text[at] ?? "";
      at += 1;
    }
  }
  if (plain !== "") parts.push(plain);
  const expressions = parts.filter((part) => typeof part !== "string");
  const alone = expressions.length === 1 && parts.every((part) => typeof part !== "string" || part.trim() === "");
  return alone ? expressions : parts;
}

function result(value: unknown): unknown {
  if (value instanceof ExecutionView) return { ...value.scope.execution };
  if (typeof value === "number" && !Number.isFinite(value))
    throw new UelEvaluationError("The result is no finite number");
  return value;
}
