import { syntaxError } from "../feel/feel.js";
import { Budget } from "./budget.js";
import type { Problem } from "./problem.js";

/** About as many microseconds as all expressions of a file may take. */
const MAX_EFFORT = 600_000;

/** Looks for syntax errors in the expressions of one file, each text once. */
export class ExpressionCheck {
  readonly #known = new Map<string, string | undefined>();
  readonly #budget = new Budget(MAX_EFFORT);
  #unchecked = 0;

  /** The syntax error of an expression; nothing when it has none, or when there was too much to check before. */
  errorOf(text: string): string | undefined {
    if (this.#known.has(text)) return this.#known.get(text);
    if (!this.#budget.spend(effort(text))) {
      this.#unchecked += 1;
      return undefined;
    }
    const error = syntaxError(text);
    this.#known.set(text, error);
    return error;
  }

  /** That some were not looked at. */
  problems(): Problem[] {
    const count = String(this.#unchecked);
    return this.#unchecked === 0 ? [] : [{ severity: "warning", code: "expressions-unchecked", params: { count } }];
  }
}

/** The grammar needs more time for each character the longer a text is; what is too long for it is refused at once. */
function effort({ length }: string): number {
  const read = Math.min(length, 10_000);
  return length > read ? 1 : read * (3 + read / 100);
}
