import { JinshuiError } from "@jinshui/contracts";
import { waitsOf } from "@jinshui/engine";
import type { Transaction } from "@jinshui/storage";
import { offerWaiting } from "../links/parcels.js";
import { addHistory, announce, type CommandContext, type LoadedInstance } from "../runtime/instance.js";
import { runCommand } from "../runtime/instance-run.js";

/** Stops a matter, which the caller has locked, or lets it go on; what it is already it stays. */
export async function setSuspended(
  context: CommandContext,
  instance: LoadedInstance,
  suspend: boolean,
  reason?: string,
): Promise<void> {
  const { tx, actor, trace } = context;
  const { row, state } = instance;
  const id = String(row["id"]);
  if (state?.status !== "active")
    throw new JinshuiError("task-closed", `Matter ${id} has ended already`, { details: { instance: id } });
  if ((state.suspended === true) === suspend) return;
  const action = suspend ? "suspend" : "resume";
  await addHistory(tx, id, {
    at: tx.time,
    type: suspend ? "suspended" : "resumed",
    ...(actor ? { by: actor } : {}),
    ...(reason === undefined ? {} : { opinion: reason }),
  });
  tx.audit({
    bureau: String(row["bureau"]),
    actor: actor ?? { id: "workflow", name: "workflow" },
    action,
    resource: `instance/${id}`,
    ...(reason === undefined ? {} : { after: { reason } }),
    trace,
  });
  await runCommand(context, instance, { type: suspend ? "suspend" : "activate" });
  if (!suspend) {
    await offerAgain(tx, String(row["bureau"]), id);
    // what fell due meanwhile fires now
    for (const { dueAt, id: timer } of waitsOf(state))
      if (dueAt !== undefined) await tx.update("wf_timer", { instance: id, engine_timer: timer }, { due_at: dueAt });
  }
  announce(tx, instance, suspend ? "instance-suspended" : "instance-resumed", { users: [row["applicant_id"]] });
}

/** Messages that came meanwhile are looked at again. */
async function offerAgain(tx: Transaction, bureau: string, instance: string): Promise<void> {
  const waiting = await tx.find("wf_subscription", { where: { instance, kind: "message" } });
  for (const name of new Set(waiting.map((row) => String(row["name"])))) await offerWaiting(tx, bureau, name);
}
