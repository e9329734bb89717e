import type { Static, TSchema } from "typebox";

/** How an operation is reached from a browser; `:name` parts of the path are fields of the input. */
export interface HttpRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api/v1`, e.g. `/collections/:collection/records/:id`. */
  path: string;
}

/** One operation of an API. */
export interface Op<I extends TSchema = TSchema, O extends TSchema = TSchema> {
  input: I;
  output: O;
  /** Absent: not reachable from outside the bus. */
  http?: HttpRoute;
  /** `kernel`: only the gateway and the kernel's own parts may call it; plugins get 403. Default `any`. */
  callers?: "any" | "kernel";
  /** Whether a signed-in person must stand behind the call. Default `optional`. */
  actor?: "required" | "optional";
  /** Reads may be repeated freely; writes carry an idempotency key when they come from outside. */
  effect: "read" | "write";
  /** A read that leaves an audit entry, allowed or not: exports, histories, the audit trail itself. Writes always do. */
  audited?: boolean;
  /** Takes a sign-in, or its repetition, of the last ten minutes; else 401 `sign-in-again`. */
  recent?: boolean;
}

/** A versioned API: its name is a subject token, its operations are checked against their schemas at both ends. */
export interface Api<Ops extends Record<string, Op> = Record<string, Op>> {
  name: string;
  version: number;
  ops: Ops;
}

/** Declares an operation and keeps its types. */
export function op<I extends TSchema, O extends TSchema>(definition: Op<I, O>): Op<I, O> {
  return definition;
}

/** Declares an API and keeps its types. */
export function defineApi<Ops extends Record<string, Op>>(name: string, version: number, ops: Ops): Api<Ops> {
  return { name, version, ops };
}

export type OpInput<A extends Api, K extends keyof A["ops"]> = Static<A["ops"][K]["input"]>;
export type OpOutput<A extends Api, K extends keyof A["ops"]> = Static<A["ops"][K]["output"]>;

/** What a caller hands along with a request. */
export interface Call {
  /** Remaining budget in ms; 5,000 when absent. Late work is dropped by the callee. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** W3C trace context, `00-<32 hex>-<16 hex>-<flags>`; a new one is made when absent. */
  traceparent?: string;
  /** The token of the person who acts (minted by auth, audience = this caller). */
  actor?: string;
  /** Makes a write safe to repeat: the same key and input give the stored answer. */
  idempotencyKey?: string;
}

/** A typed client: one function per operation. */
export type Client<A extends Api> = {
  [K in keyof A["ops"]]: (input: OpInput<A, K>, call?: Call) => Promise<OpOutput<A, K>>;
};

/** What a handler is told about the request it serves. */
export interface Context {
  bureau: string;
  /** Pinned by the caller's credential: `gateway`, a kernel part or a plugin id. */
  caller: string;
  op: string;
  traceparent: string;
  traceId: string;
  /** `performance.now()` value after which the caller no longer waits. */
  deadline: number;
  signal: AbortSignal;
  actor?: string;
  idempotencyKey?: string;
}

/** One handler per operation. */
export type Handlers<A extends Api> = {
  [K in keyof A["ops"]]: (input: OpInput<A, K>, context: Context) => Promise<OpOutput<A, K>>;
};
