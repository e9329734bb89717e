import { JinshuiError } from "@jinshui/contracts";
import type { Actor, Row, Transaction } from "@jinshui/storage";
import type { Definitions } from "../definition/definitions.js";
import type { LoadedInstance } from "./instance.js";
import { loadInstance } from "./load-instance.js";
import { requireTask } from "./task-state.js";

/** Reads and locks what finishing some tasks takes, for all of them at once; in the order in which each would lock it. */
export async function readTasksAhead(tx: Transaction, tasks: readonly string[]): Promise<void> {
  const found = await tx.find("wf_task", { where: { id: { in: [...tasks] } }, columns: ["instance"] });
  const instances = [...new Set(found.map(({ instance }) => String(instance)))];
  if (instances.length === 0) return;
  await tx.readAhead("wf_instance", "id", instances, "UPDATE");
  await tx.readAhead("wf_task", "id", tasks, "UPDATE");
  await tx.readAhead("wf_task", "instance", instances);
  for (const table of ["wf_candidate", "wf_notice", "wf_draft", "wf_pause"]) await tx.readAhead(table, "task", tasks);
  await tx.readAhead("wf_pause", "instance", instances);
  await tx.readAhead("wf_reminder", "id", tasks);
}

/**
 * A task the actor may act on and its instance, both locked: the instance first, as every command does, so that two of them
 * never wait for each other.
 * @throws JinshuiError as `requireTask`.
 */
export async function lockTask(
  tx: Transaction,
  definitions: Definitions,
  actor: Actor,
  id: string,
  version: number,
  options: { assignedToOther: boolean },
): Promise<{ task: Row; instance: LoadedInstance }> {
  const found = await tx.findOne("wf_task", { id, bureau: actor.bureau });
  const instance = found && (await loadInstance(tx, definitions, String(found["instance"])));
  const task = await requireTask(tx, actor, id, version, options);
  if (!instance) throw new JinshuiError("unavailable", `Task ${id} appeared just now`);
  return { task, instance };
}
