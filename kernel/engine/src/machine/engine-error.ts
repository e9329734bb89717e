const BRAND = Symbol.for("jinshui.engine-error");

export type EngineErrorCode =
  | "unknown-task"
  | "unknown-job"
  | "unknown-timer"
  | "unknown-incident"
  | "unknown-message"
  | "unknown-signal"
  | "unknown-call"
  | "unknown-adhoc"
  | "unknown-async"
  | "unknown-wait"
  | "unknown-token"
  | "unknown-element"
  | "not-enabled"
  | "suspended"
  | "not-active"
  | "already-started"
  | "not-started"
  | "unknown-start"
  | "bad-time";

/** A command that does not fit the instance: nothing has changed. */
export class EngineError extends Error {
  readonly [BRAND] = true;
  override name = "EngineError";

  constructor(
    readonly code: EngineErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Tells engine errors from others, also across duplicate copies of this package. */
export function isEngineError(error: unknown): error is EngineError {
  return typeof error === "object" && error !== null && BRAND in error;
}
