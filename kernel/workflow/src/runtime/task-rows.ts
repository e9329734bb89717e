import { type ElementModel, waitsOf } from "@jinshui/engine";
import type { Row } from "@jinshui/storage";
import { addHistory, announceTask, type CommandContext, type LoadedInstance } from "./instance.js";

/** Who applied, as the instance's variables keep it. */
export interface Applicant {
  id: string;
  name: string;
  bureau: string;
  department: string;
  departmentTitle: string;
}

/** When a task without a limit is to be done: when its first timer takes it away or reminds. */
export function timerOf({ definition, state }: LoadedInstance, element: ElementModel): string | undefined {
  const timers = waitsOf(state).filter(
    (wait) => wait.kind === "timer" && definition.model.elements[wait.element]?.attachedTo === element.id,
  );
  return timers.flatMap(({ dueAt }) => dueAt ?? []).sort()[0];
}

/** Ends the tasks of a step that the process no longer waits for. */
export async function cancelTask(context: CommandContext, instance: LoadedInstance, engineTask: string): Promise<void> {
  const where = { instance: String(instance.row["id"]), engine_task: engineTask, state: { in: ["open", "planned"] } };
  for (const row of await context.tx.find("wf_task", { where })) await cancelRow(context, instance, row);
}

/** Ends a task that nobody need do any more; one whose turn never came leaves no trace. */
export async function cancelRow(context: CommandContext, instance: LoadedInstance, task: Row): Promise<void> {
  const { tx } = context;
  const id = String(task["id"]);
  await tx.update(
    "wf_task",
    { id },
    { state: "cancelled", version: Number(task["version"]) + 1, completed_at: tx.time },
  );
  const users = await clearInbox(context, id);
  if (users.length === 0) return;
  await addHistory(tx, String(instance.row["id"]), {
    at: tx.time,
    type: "task-cancelled",
    element: String(task["element"]),
    step: String(task["step"]),
  });
  announceTask(tx, instance, task, "task-cancelled", { users });
}

/** Takes a task out of all inboxes and notification panels; says whose they were. */
export async function clearInbox({ tx, deadlines }: CommandContext, task: string): Promise<string[]> {
  const rows = await tx.find("wf_candidate", { where: { task } });
  await tx.update("wf_candidate", { task }, { visible: false });
  await tx.remove("wf_notice", { task });
  await deadlines.taskEnded(tx, task);
  return rows.map((row) => String(row["person"]));
}

/** Whether the last finished step sent the matter back. */
export function wasReturned({ state }: LoadedInstance): boolean {
  const steps = Object.values((state?.variables["steps"] ?? {}) as Record<string, { action: string; at: string }>);
  const last = steps.sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  return last?.action === "return";
}
