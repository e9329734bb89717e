import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const active = new AsyncLocalStorage<string>();

/** A W3C trace context for a new trace. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;
}

/** The trace id in a trace context, or a new context when it is missing or malformed. */
export function readTraceparent(text: string | undefined): { traceparent: string; traceId: string } {
  const traceparent = text !== undefined && TRACEPARENT.test(text) ? text : newTraceparent();
  return { traceparent, traceId: traceparent.slice(3, 35) };
}

/** The context a callee's own calls carry: same trace, new span. */
export function childTraceparent(traceparent: string): string {
  return `${traceparent.slice(0, 36)}${randomBytes(8).toString("hex")}-01`;
}

/** Does `work` as part of a trace, so that what it leaves for later (an outbox row) can name it. */
export function withTraceparent<T>(traceparent: string, work: () => T): T {
  return active.run(traceparent, work);
}

/** The trace that the work under way belongs to; absent outside requests and deliveries. */
export function activeTraceparent(): string | undefined {
  return active.getStore();
}
