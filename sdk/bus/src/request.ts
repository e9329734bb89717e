import {
  type Call,
  DEFAULT_TIMEOUT_MS,
  type ErrorBody,
  fromErrorBody,
  HEADER,
  isJinshuiError,
  JinshuiError,
} from "@jinshui/contracts";
import { ErrorCode, headers, type Msg, NatsError, type NatsConnection } from "nats";
import { decode, encode } from "./codec.js";
import { childTraceparent, newTraceparent } from "./trace.js";

/** Sends one request and waits for its answer, at most `call.timeoutMs`. Errors of the callee are thrown as they were there. */
export async function request(
  connection: NatsConnection,
  subject: string,
  input: unknown,
  call: Call = {},
): Promise<unknown> {
  call.signal?.throwIfAborted();
  const timeout = Math.max(1, Math.ceil(call.timeoutMs ?? DEFAULT_TIMEOUT_MS));
  const envelope = headers();
  envelope.set(
    HEADER.traceparent,
    call.traceparent === undefined ? newTraceparent() : childTraceparent(call.traceparent),
  );
  envelope.set(HEADER.timeout, String(timeout));
  if (call.actor !== undefined) envelope.set(HEADER.actor, call.actor);
  if (call.idempotencyKey !== undefined) envelope.set(HEADER.idempotencyKey, encodeURIComponent(call.idempotencyKey));
  const sent = connection.request(subject, encode(input, "The request"), { timeout, headers: envelope });
  const message = await abortable(sent, call.signal).catch((error: unknown) => {
    throw translated(error, subject, timeout);
  });
  const body = decode(message.data, "The answer");
  if (message.headers?.has(HEADER.error)) throw fromErrorBody(body as ErrorBody);
  return body;
}

function abortable(sent: Promise<Msg>, signal: AbortSignal | undefined): Promise<Msg> {
  if (!signal) return sent;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    sent.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function translated(error: unknown, subject: string, timeoutMs: number): unknown {
  if (isJinshuiError(error) || !(error instanceof NatsError)) return error;
  switch (error.code as ErrorCode) {
    case ErrorCode.NoResponders:
      return subject.startsWith("jinshui.plugin.")
        ? new JinshuiError(
            "not-enabled",
            `Nobody serves ${subject}: the plugin is not enabled in this bureau or not running`,
            { cause: error },
          )
        : new JinshuiError("unavailable", `Nobody serves ${subject}`, { cause: error, retryAfterMs: 1_000 });
    case ErrorCode.Timeout:
      return new JinshuiError("timeout", `No answer from ${subject} within ${timeoutMs} ms`, {
        cause: error,
        details: { timeoutMs },
      });
    case ErrorCode.PermissionsViolation:
      return new JinshuiError("forbidden", `This credential may not call ${subject}`, { cause: error });
    default:
      return new JinshuiError("unavailable", `The bus failed (${error.code}) on ${subject}`, {
        cause: error,
        retryAfterMs: 1_000,
      });
  }
}
