import { JinshuiError } from "@jinshui/contracts";
import type { Actor, Row, Transaction } from "@jinshui/storage";
import type { Definitions } from "../definition/definitions.js";
import type { LoadedInstance } from "./instance.js";
import { loadInstance } from "./load-instance.js";
import { requireTask } from "./task-state.js";

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
