/** Header names of our messages (architecture: "The bus"). Header values never hold user data but the tokens named here. */
export const HEADER = {
  traceparent: "traceparent",
  /** Remaining budget in ms at sending. */
  timeout: "Jinshui-Timeout-Ms",
  actor: "Jinshui-Actor",
  idempotencyKey: "Jinshui-Idempotency-Key",
  /** What a stored message is about, percent-encoded, and its place in the gap-free sequence of that. */
  aggregate: "Jinshui-Aggregate",
  sequence: "Jinshui-Aggregate-Sequence",
  /** NATS micro error headers; the body then is an `ErrorBody`. */
  error: "Nats-Service-Error",
  errorCode: "Nats-Service-Error-Code",
} as const;

/** Largest message body: lists are paged and files travel by HTTP. */
export const MAX_MESSAGE_BYTES = 512 * 1024;
/** Budget of a call that names none, in ms. */
export const DEFAULT_TIMEOUT_MS = 5_000;
/** Streams of the site. */
export const STREAM = { events: "EVENTS", jobs: "JOBS" } as const;
/** Callers that are parts of the kernel; every other caller token is a plugin id. A plugin can't have one of these ids. */
export const KERNEL_CALLERS: readonly string[] = [
  "gateway",
  "auth",
  "account",
  "storage",
  "workflow",
  "supervisor",
  "kernel",
  "audit",
  "organisation",
  "federation",
  "signature",
  "security",
  "webhooks",
  "bus",
];
