import type { FeelLimits } from "./limits.js";

/** The text is no FEEL. */
export class FeelSyntaxError extends Error {
  override readonly name = "FeelSyntaxError";
  /** Offset in UTF-16 units, from 0. */
  readonly position: number;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;

  constructor(reason: string, text: string, position: number) {
    const before = text.slice(0, position).split("\n");
    const line = before.length;
    const column = (before.at(-1) ?? "").length + 1;
    super(`${reason} at line ${line}, column ${column}`);
    this.position = position;
    this.line = line;
    this.column = column;
  }
}

/** An evaluation asked for more than it may use; its result is unknown. */
export class FeelLimitError extends Error {
  override readonly name = "FeelLimitError";
  readonly limit: keyof FeelLimits;

  constructor(limit: keyof FeelLimits, allowed: number) {
    super(`the expression needs more than the allowed ${limit} (${allowed})`);
    this.limit = limit;
  }
}

/** Why a value is null. A function throws it; the call is null then, and the message a warning. */
export class FeelProblem extends Error {
  override readonly name = "FeelProblem";
}

/** Ends the computation of one value: the value is null and the reason a warning. */
export function problem(reason: string): never {
  throw new FeelProblem(reason);
}
