import { Type, type Static } from "typebox";

/** The one shape in which every API reports a failure. */
export const ErrorBody = Type.Object({
  code: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  message: Type.String(),
  retryable: Type.Boolean(),
  retryAfterMs: Type.Optional(Type.Integer({ minimum: 0 })),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  traceId: Type.Optional(Type.String()),
});
export type ErrorBody = Static<typeof ErrorBody>;

/**
 * The codes the kernel uses, with their HTTP status. A code is also the key of the text that people read
 * (`errors.<code>` in the shell, filled with `details`); a plugin may use codes of its own.
 */
export const ERROR_CODES = {
  "invalid-request": 400,
  "invalid-file": 400,
  "invalid-process": 400,
  "invalid-form": 400,
  "invalid-package": 400,
  "password-refused": 400,
  "signature-required": 400,
  "sign-in-required": 401,
  "sign-in-failed": 401,
  "session-expired": 401,
  "second-factor-required": 401,
  "second-factor-failed": 401,
  "second-factor-enrolment-required": 401,
  "new-password-required": 401,
  "sign-in-again": 401,
  "signature-invalid": 401,
  forbidden: 403,
  "not-enabled": 404,
  "not-found": 404,
  conflict: 409,
  "not-unique": 409,
  "stale-version": 409,
  "still-used": 409,
  "task-taken": 409,
  "task-closed": 409,
  suspended: 409,
  "signature-refused": 409,
  "in-progress": 409,
  "plugin-missing": 409,
  "plugin-required": 409,
  "package-refused": 409,
  "consent-missing": 409,
  "not-configured": 409,
  "file-pending": 409,
  "upload-too-slow": 408,
  "ticket-used": 410,
  "too-large": 413,
  "unsupported-media-type": 415,
  "idempotency-key-reused": 422,
  "file-infected": 423,
  "too-many-requests": 429,
  "checksum-mismatch": 460,
  internal: 500,
  "plugin-failed": 502,
  unavailable: 503,
  timeout: 504,
  "insufficient-storage": 507,
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorOptions {
  /** Facts for the reader and the translated text: which field, which value, which limit. */
  details?: Record<string, unknown>;
  /** Whether the same call may succeed later; by default only for 429, 503 and 504. */
  retryable?: boolean;
  retryAfterMs?: number;
  /** Status of a plugin's own code; ignored for the codes above. */
  status?: number;
  traceId?: string;
  cause?: unknown;
}

const BRAND = Symbol.for("jinshui.error");

/**
 * The error every part of the platform throws. `message` is English, for logs: what happened, with which value, and
 * what to do. People read the translated text of `code`.
 */
export class JinshuiError extends Error {
  readonly [BRAND] = true;
  readonly code: string;
  readonly status: number;
  readonly retryable: boolean;
  // what is not given is no property at all: whoever writes errors down has no word for nothing
  declare readonly retryAfterMs: number | undefined;
  declare readonly details: Record<string, unknown> | undefined;
  declare readonly traceId: string | undefined;

  constructor(code: ErrorCode | (string & {}), message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "JinshuiError";
    this.code = code;
    this.status = (ERROR_CODES as Record<string, number>)[code] ?? options.status ?? 400;
    this.retryable = options.retryable ?? [429, 503, 504].includes(this.status);
    const { retryAfterMs, details, traceId } = options;
    Object.assign(this, {
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(details === undefined ? {} : { details }),
      ...(traceId === undefined ? {} : { traceId }),
    });
  }
}

/** Tells our errors from others, also across duplicate copies of this package. */
export function isJinshuiError(error: unknown): error is JinshuiError {
  return typeof error === "object" && error !== null && BRAND in error;
}

/** The wire form of any thrown value; what is not ours becomes `internal` without its text. */
export function toErrorBody(error: unknown, traceId?: string): ErrorBody {
  const known = isJinshuiError(error)
    ? error
    : new JinshuiError("internal", "An unexpected error happened; see the log of this trace");
  const trace = known.traceId ?? traceId;
  return {
    code: known.code,
    status: known.status,
    message: known.message,
    retryable: known.retryable,
    ...(known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs }),
    ...(known.details === undefined ? {} : { details: known.details }),
    ...(trace === undefined ? {} : { traceId: trace }),
  };
}

/** The error behind a wire form. */
export function fromErrorBody(body: ErrorBody): JinshuiError {
  return new JinshuiError(body.code, body.message, {
    status: body.status,
    retryable: body.retryable,
    ...(body.retryAfterMs === undefined ? {} : { retryAfterMs: body.retryAfterMs }),
    ...(body.details === undefined ? {} : { details: body.details }),
    ...(body.traceId === undefined ? {} : { traceId: body.traceId }),
  });
}
