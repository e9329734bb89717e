/** The text is no UEL expression. */
export class UelSyntaxError extends Error {
  override name = "UelSyntaxError";

  /** @param position - Where in the text it was noticed, from 0. */
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

/** The expression is well formed but has no value in this scope, or would go beyond its bounds. */
export class UelEvaluationError extends Error {
  override name = "UelEvaluationError";
}
