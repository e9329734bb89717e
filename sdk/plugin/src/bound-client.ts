import type { Bus } from "@jinshui/bus";
import type { Api, Call, Client } from "@jinshui/contracts";

/** What the clients of one call hand along. */
export interface CallScope extends Pick<Call, "actor" | "traceparent" | "idempotencyKey" | "signal"> {
  bureau: string;
  /** `performance.now()` value after which nobody waits. */
  deadline: number;
}

/**
 * A client bound to one call: its bureau, its person, its trace, its remaining time. Each write gets a key of its own, made
 * of the call's key and the write's place in it, so that a repeated call repeats no effect.
 */
export function boundClient<A extends Api>(bus: Bus, api: A, scope: CallScope): Client<A> {
  const client = bus.client(api, scope.bureau);
  let writes = 0;
  const bound = Object.entries(api.ops).map(([name, { effect }]) => {
    const call = (input: never, own: Call = {}): Promise<unknown> => {
      const key =
        effect === "write" && scope.idempotencyKey !== undefined
          ? `${scope.idempotencyKey}/${name}-${(writes += 1)}`
          : undefined;
      return (client[name as keyof A["ops"]] as (input: never, call: Call) => Promise<unknown>)(input, {
        timeoutMs: Math.max(1, scope.deadline - performance.now()),
        ...(scope.signal ? { signal: scope.signal } : {}),
        ...(scope.actor === undefined ? {} : { actor: scope.actor }),
        ...(scope.traceparent === undefined ? {} : { traceparent: scope.traceparent }),
        ...(key === undefined ? {} : { idempotencyKey: key }),
        ...own,
      });
    };
    return [name, call];
  });
  return Object.fromEntries(bound) as Client<A>;
}
