import { JinshuiError } from "@jinshui/contracts";
import type { Actor, Database, Row, Transaction } from "@jinshui/storage";

/** Whether the actor may end the matter now: administrators, and the applicant until somebody else has finished a step. */
export async function mayCancel(database: Database | Transaction, actor: Actor, instance: Row): Promise<boolean> {
  if (instance["ended_at"] !== undefined && instance["ended_at"] !== null) return false;
  if (actor.permissions.has("site.instances")) return true;
  if (instance["applicant_id"] !== actor.id) return false;
  const others = await database.findOne("wf_task", {
    instance: String(instance["id"]),
    state: "completed",
    completed_by: { ne: actor.id },
  });
  return others === undefined;
}

/** Refuses with what stands in the way. */
export async function requireCancellable(tx: Transaction, actor: Actor, instance: Row): Promise<void> {
  if (await mayCancel(tx, actor, instance)) return;
  const id = String(instance["id"]);
  if (instance["ended_at"] !== undefined && instance["ended_at"] !== null)
    throw new JinshuiError("task-closed", `Matter ${id} has ended already`, { details: { instance: id } });
  throw new JinshuiError(
    "forbidden",
    `${actor.name} can't end ${String(instance["number"])}: others have finished steps of it; an administrator can`,
    { details: { instance: id, permissions: ["site.instances"] } },
  );
}
