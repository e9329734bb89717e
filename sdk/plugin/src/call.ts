/** What a handler knows of the call it serves. */
export interface PluginCall {
  bureau: string;
  /** `gateway`, or the plugin that asks. */
  caller: string;
  /** Whether a person stands behind it; clients then act with that person's rights. */
  hasActor: boolean;
  traceId: string;
  /** Aborts when the caller no longer waits. */
  signal: AbortSignal;
  idempotencyKey?: string;
}
