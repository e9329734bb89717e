import type { Context, Handlers, WorkflowApi } from "@jinshui/contracts";
import type { Actor, Transaction } from "@jinshui/storage";
import type { Runtime } from "../runtime/runtime.js";
import type { Queries } from "./queries.js";

/** What is done to matters that can't or shouldn't go on by themselves. */
export function repairHandlers(parts: {
  runtime: Runtime;
  queries: Queries;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
  write: (context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<void>) => Promise<unknown>;
}): Pick<Handlers<WorkflowApi>, "retryJob" | "cancelInstance"> {
  const { runtime, queries, actorOf, requirePermission, write } = parts;
  return {
    async retryJob({ instance, element }, context) {
      const actor = await actorOf(context);
      requirePermission(actor, "site.instances");
      await write(context, actor.id, { instance, element }, (tx) =>
        runtime.retry(tx, { actor, trace: context.traceId }, instance, element),
      );
      return queries.instanceSummary(instance);
    },

    async cancelInstance(input, context) {
      const actor = await actorOf(context);
      await queries.requireInstance(actor, input.id);
      await write(context, actor.id, input, (tx) =>
        runtime.cancel(tx, { actor, trace: context.traceId }, input.id, input.reason),
      );
      return queries.instanceSummary(input.id);
    },
  };
}
