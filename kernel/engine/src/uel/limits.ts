import { UelEvaluationError } from "./uel-error.js";

/** Longest text that is read as UEL, in characters. */
export const MAX_UEL_LENGTH = 10_000;

/** Deepest nesting of parentheses, calls and operators. */
export const MAX_UEL_DEPTH = 100;

/** Most operators, properties and calls of one expression. */
export const MAX_UEL_LINKS = 1_000;

const MAX_STEPS = 100_000;
const MAX_RESULT_LENGTH = 1_000_000;

/** What one evaluation may still spend; nothing in UEL loops, but lists and texts of the scope can be long. */
export class Budget {
  #steps = MAX_STEPS;

  /** Takes a number of steps, one for each thing looked at. */
  spend(steps = 1): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw new UelEvaluationError(`Stopped after ${MAX_STEPS} steps`);
  }

  /** Asked before a text of that many characters is made. */
  text(length: number): void {
    if (length > MAX_RESULT_LENGTH)
      throw new UelEvaluationError(`The text would be longer than ${MAX_RESULT_LENGTH} characters`);
    this.spend(Math.ceil(length / 1000));
  }
}
