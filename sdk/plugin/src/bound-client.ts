import type { Bus } from "@jinshui/bus";
import { type Api, type Call, type Client, isJinshuiError } from "@jinshui/contracts";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** What the clients of one call hand along. */
export interface CallScope extends Pick<Call, "actor" | "traceparent" | "idempotencyKey" | "signal"> {
  bureau: string;
  /** `performance.now()` value after which nobody waits. */
  deadline: number;
}

/**
 * A client bound to one call: its bureau, its person, its trace, its remaining time. Each write gets a key of its own, made
 * of the call's key, what is written and, among equal writes, the place, so that a repeated call repeats no effect even where it
 * leaves out what it finds done.
 */
export function boundClient<A extends Api>(bus: Bus, api: A, scope: CallScope): Client<A> {
  const client = bus.client(api, scope.bureau);
  const writes = new Map<string, number>();
  const placeOf = (name: string, input: unknown): string => {
    const digest = createHash("sha256").update(JSON.stringify(input)).digest("hex").slice(0, 32);
    const count = (writes.get(`${name}-${digest}`) ?? 0) + 1;
    writes.set(`${name}-${digest}`, count);
    return `${name}-${digest}${count === 1 ? "" : `-${count}`}`;
  };
  const bound = Object.entries(api.ops).map(([name, { effect }]) => {
    const call = (input: never, own: Call = {}): Promise<unknown> => {
      const key =
        effect === "write" && scope.idempotencyKey !== undefined
          ? `${scope.idempotencyKey}/${placeOf(name, input)}`
          : undefined;
      const ask = client[name as keyof A["ops"]] as (input: never, call: Call) => Promise<unknown>;
      const remaining = (): Call => ({ timeoutMs: Math.max(1, scope.deadline - performance.now()) });
      const options: Call = {
        ...(scope.signal ? { signal: scope.signal } : {}),
        ...(scope.actor === undefined ? {} : { actor: scope.actor }),
        ...(scope.traceparent === undefined ? {} : { traceparent: scope.traceparent }),
        ...(key === undefined ? {} : { idempotencyKey: key }),
        ...own,
      };
      return patiently(scope.deadline, () => ask(input, { ...remaining(), ...options }));
    };
    return [name, call];
  });
  return Object.fromEntries(bound) as Client<A>;
}

/** Asks again when it was too often, as long as somebody waits. */
async function patiently(deadline: number, ask: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isTooOften = isJinshuiError(error) && error.code === "too-many-requests";
      const pauseMs = (isTooOften ? (error.retryAfterMs ?? 1_000) : 0) * (0.5 + Math.random());
      if (!isTooOften || performance.now() + pauseMs > deadline) throw error;
      await sleep(pauseMs);
    }
  }
}
