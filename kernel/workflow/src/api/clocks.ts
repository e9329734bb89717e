import { CLOCK_PERMISSION, type Context, type Handlers, JinshuiError, type WorkflowApi } from "@jinshui/contracts";
import type { Actor, Row, Transaction } from "@jinshui/storage";
import type { Deadlines } from "../calendar/deadlines.js";
import type { Queries } from "./queries.js";

/** Stops the clock of a matter for a reason that the law knows, and lets it go on. */
export function clockHandlers(parts: {
  deadlines: Deadlines;
  queries: Queries;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}): Pick<Handlers<WorkflowApi>, "stopClock" | "resumeClock"> {
  const { deadlines, queries, actorOf, requirePermission, write } = parts;

  const act = async (
    context: Context,
    input: { id: string },
    action: "stop-clock" | "resume-clock",
    work: (tx: Transaction, instance: Row, by: { id: string; name: string }) => Promise<void>,
  ): Promise<void> => {
    const actor = await actorOf(context);
    requirePermission(actor, CLOCK_PERMISSION);
    const { id } = await queries.requireInstance(actor, input.id);
    await write(context, actor.id, input, async (tx) => {
      const instance = await tx.findOneForUpdate("wf_instance", { id: String(id) });
      if (!instance || (instance["ended_at"] ?? null) !== null)
        throw new JinshuiError("task-closed", `Matter ${input.id} has ended already`, {
          details: { instance: input.id },
        });
      const by = { id: actor.id, name: actor.name };
      await work(tx, instance, by);
      const { id: _, ...after } = input;
      tx.audit({
        bureau: actor.bureau,
        actor: by,
        action,
        resource: `instance/${input.id}`,
        after,
        trace: context.traceId,
      });
    });
  };

  return {
    async stopClock(input, context) {
      await act(context, input, "stop-clock", async (tx, instance, by) => {
        const open = await tx.findOne("wf_pause", { instance: input.id, task: null, until: null });
        if (open)
          throw new JinshuiError("conflict", `The clock of ${input.id} stands already: ${String(open["reason"])}`, {
            details: { reason: "stopped-already", since: open["since"] },
          });
        await deadlines.stop(tx, instance, { by, reason: input.reason, basis: input.basis });
      });
      return { stopped: true };
    },

    async resumeClock(input, context) {
      await act(context, input, "resume-clock", async (tx, instance, by) => {
        if (!(await deadlines.resume(tx, instance, { by, reason: input.reason })))
          throw new JinshuiError("conflict", `Nobody has stopped the clock of ${input.id}`, {
            details: { reason: "not-stopped" },
          });
      });
      return { stopped: false };
    },
  };
}
