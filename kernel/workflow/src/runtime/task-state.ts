import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import type { Actor, Row, Transaction } from "@jinshui/storage";
import { holdsPosition } from "./candidacy.js";

/**
 * The open task the actor may act on, locked. 404 when it is another bureau's or not the actor's; 409 `task-closed`,
 * `task-taken` or `stale-version`, each naming who did what and when; 403 when the actor has lost the position since.
 */
export async function requireTask(
  tx: Transaction,
  actor: Actor,
  id: string,
  version: number,
  options: { assignedToOther: boolean },
): Promise<Row> {
  const task = await tx.findOneForUpdate("wf_task", { id, bureau: actor.bureau });
  const candidate = task && (await tx.findOne("wf_candidate", { task: id, person: actor.id }));
  if (!task || !candidate)
    throw new JinshuiError("not-found", `There is no task ${id} for ${actor.name}`, { details: { task: id } });
  const assignee = task["assignee"] as ActorRef | undefined;
  if (task["state"] === "planned")
    throw new JinshuiError("conflict", `Task ${id} waits for others`, { details: { reason: "waits-for-others" } });
  if (task["state"] !== "open") {
    throw new JinshuiError(
      "task-closed",
      `Task ${id} was ${String(task["state"])} by ${assignee?.name ?? "the process"}`,
      {
        details: {
          by: assignee?.name ?? null,
          at: task["completed_at"],
          action: task["action"] ?? null,
          state: task["state"],
        },
      },
    );
  }
  if (options.assignedToOther && assignee && assignee.id !== actor.id) {
    throw new JinshuiError("task-taken", `${assignee.name} has claimed task ${id}`, { details: { by: assignee.name } });
  }
  if (!holdsPosition(actor, task))
    throw new JinshuiError("forbidden", `${actor.name} no longer holds ${String(task["position"])}`);
  if (task["version"] !== version) {
    throw new JinshuiError("stale-version", `Task ${id} has changed since it was read`, {
      details: { version: task["version"], changedBy: assignee?.name ?? null },
    });
  }
  return task;
}
