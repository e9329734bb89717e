import {
  callerOf,
  type Context,
  DEFAULT_TIMEOUT_MS,
  type ErrorBody,
  HEADER,
  inboxOf,
  JinshuiError,
  toErrorBody,
} from "@jinshui/contracts";
import { headers, type Msg, type NatsConnection } from "nats";
import { decode, encode } from "./codec.js";
import { failpoint } from "./failpoint.js";
import type { Log } from "./log.js";
import type { RateLimit } from "./rate-limit.js";
import { drained, InFlight, type Service } from "./service.js";
import { readTraceparent, withTraceparent } from "./trace.js";

/** What a responder knows of a request before the subject is taken apart. */
export type RequestContext = Omit<Context, "bureau" | "caller" | "op"> & { subject: string };
export type Responder = (input: unknown, context: RequestContext) => Promise<unknown>;

export interface RespondOptions {
  /** Requests that run at once; as many more wait, eight times over, then callers get 503. Default 64. */
  concurrency?: number;
  /** How often a caller may ask; and of what runs at once, a caller that is limited gets no more than half. */
  limit?: RateLimit;
  /** Told of what no honest caller does. */
  onMisuse?(misuse: Misuse): void;
}

/** Something no honest caller does. */
export interface Misuse {
  /** Pinned by the sender's credential. */
  caller: string;
  /**
   * `foreign-reply`: the answer was to go to somebody else. `kernel-only`: a plugin asked for what is not for plugins. `flood`: far
   * more requests than anybody may send.
   */
  kind: "foreign-reply" | "kernel-only" | "flood";
  subject: string;
}

interface Waiting {
  message: Msg;
  caller: string;
  deadline: number;
}

/**
 * Answers requests on a subject. Work whose caller has stopped waiting is dropped, not run; what the handler throws goes
 * back in the error family; an answer over the message limit goes back as `too-large`.
 */
export function respond(
  connection: NatsConnection,
  subject: string,
  queue: string | undefined,
  handler: Responder,
  log: Log,
  options: RespondOptions = {},
): Service {
  const concurrency = options.concurrency ?? 64;
  const waiting: Waiting[] = [];
  const running = new InFlight();
  /** Running requests of callers that are limited. */
  const shares = new Map<string, number>();

  const subscription = connection.subscribe(subject, {
    ...(queue === undefined ? {} : { queue }),
    callback: (error, message) => {
      if (error) {
        log.error({ subject, error: error.message }, "subscription failed");
        return;
      }
      const pinned = callerOf(message.subject);
      const caller = pinned ?? "";
      if (!isAnswerable(message.reply, pinned)) {
        // the sender wants it said to another, in our name: whatever it is, it is not done
        if (options.onMisuse) options.onMisuse({ caller, kind: "foreign-reply", subject: message.subject });
        else log.warn({ subject: message.subject }, "request dropped: its reply subject is not its caller's");
        return;
      }
      const { verdict, isFlood } = options.limit?.take(caller) ?? { verdict: "serve", isFlood: false };
      if (isFlood) options.onMisuse?.({ caller, kind: "flood", subject: message.subject });
      if (verdict !== "serve") {
        if (verdict === "refuse") answerError(message, tooMany(caller), undefined);
        return;
      }
      const budget = Number(message.headers?.get(HEADER.timeout)) || DEFAULT_TIMEOUT_MS;
      const request: Waiting = { message, caller, deadline: performance.now() + budget };
      if (running.count < concurrency && hasShare(request)) start(request);
      else if (waiting.length < concurrency * 8) waiting.push(request);
      else
        answerError(
          message,
          new JinshuiError("unavailable", `${subject} is overloaded`, { retryAfterMs: 500 }),
          undefined,
        );
    },
  });

  /** Whether one more of its caller may run: of those that are limited none takes more than half of the places. */
  function hasShare({ caller }: Waiting): boolean {
    return options.limit?.isExempt(caller) !== false || (shares.get(caller) ?? 0) < concurrency / 2;
  }

  function start(request: Waiting): void {
    const { caller } = request;
    if (options.limit) shares.set(caller, (shares.get(caller) ?? 0) + 1);
    void running
      .run(() => serve(request))
      .finally(() => {
        const left = (shares.get(caller) ?? 1) - 1;
        if (left > 0) shares.set(caller, left);
        else shares.delete(caller);
        const next = waiting.findIndex(hasShare);
        if (next >= 0) for (const waited of waiting.splice(next, 1)) start(waited);
      });
  }

  async function serve({ message, deadline }: Waiting): Promise<void> {
    const remaining = deadline - performance.now();
    if (remaining <= 0) return;
    const trace = readTraceparent(message.headers?.get(HEADER.traceparent));
    const late = new AbortController();
    // not `AbortSignal.timeout`, whose timer wakes the process long after the answer
    const timer = setTimeout(() => late.abort(timedOut(message.subject)), Math.ceil(remaining));
    const { signal } = late;
    const actor = message.headers?.get(HEADER.actor);
    const key = message.headers?.get(HEADER.idempotencyKey);
    try {
      failpoint("received");
      const input = decode(message.data, "The request");
      const context: RequestContext = {
        subject: message.subject,
        ...trace,
        deadline,
        signal,
        ...(actor ? { actor } : {}),
        ...(key ? { idempotencyKey: decodeURIComponent(key) } : {}),
      };
      const work = withTraceparent(trace.traceparent, () => handler(input, context));
      const output = await untilAborted(work, signal, message.subject);
      message.respond(encode(output, "The answer"));
      failpoint("replied");
    } catch (error) {
      const body = toErrorBody(error, trace.traceId);
      if (body.status >= 500)
        log.error({ subject: message.subject, traceId: trace.traceId, err: error }, "request failed");
      answerError(message, error, trace.traceId);
    } finally {
      clearTimeout(timer);
    }
  }

  function answerError(message: Msg, error: unknown, traceId: string | undefined): void {
    const body = toErrorBody(error, traceId);
    const envelope = headers();
    envelope.set(HEADER.error, body.code);
    envelope.set(HEADER.errorCode, String(body.status));
    message.respond(encodeError(body), { headers: envelope });
  }

  return {
    async drain() {
      await drained(subscription);
      while (running.count > 0 || waiting.length > 0) await running.idle();
    },
  };
}

/**
 * Whether an answer goes to nobody but the caller. Servers don't look at the reply subject of a message: a responder that answered
 * to any would publish there with its own rights, and a server asked for a stored message delivers that anywhere.
 */
function isAnswerable(reply: string | undefined, caller: string | undefined): boolean {
  return reply?.startsWith(caller === undefined ? "_INBOX_" : `${inboxOf(caller)}.`) === true;
}

function tooMany(caller: string): JinshuiError {
  return new JinshuiError("too-many-requests", `${caller} asks too often; slow down`, { retryAfterMs: 1_000 });
}

/** An error always gets through: one whose details are too large goes without them. */
function encodeError(body: ErrorBody): Uint8Array {
  try {
    return encode(body, "The error");
  } catch {
    const { code, status, retryable, message } = body;
    return encode({ code, status, retryable, message: message.slice(0, 1_000) }, "The error");
  }
}

/** A handler that ignores its deadline must not hold a place, or a drain, for ever. */
function untilAborted(work: Promise<unknown>, signal: AbortSignal, subject: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(timedOut(subject));
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function timedOut(subject: string): JinshuiError {
  return new JinshuiError("timeout", `${subject} took longer than its caller waits`);
}
