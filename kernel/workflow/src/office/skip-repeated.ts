import { signedActions } from "@jinshui/engine/site-check";
import type { Row } from "@jinshui/storage";
import { actionTitle, isNegative } from "../definition/actions.js";
import { checkForm } from "../definition/form-check.js";
import { addHistory, announceTask, type CommandContext, type LoadedInstance } from "../runtime/instance.js";
import { clearInbox } from "../runtime/task-rows.js";
import { actionsFor } from "./task-actions.js";
import { partOf } from "./task-part.js";

/**
 * Approves a task that the person who has just finished the step before would be asked for again, where the process says so;
 * the finished row, or nothing where somebody has to do it.
 */
export async function skipRepeated(
  context: CommandContext,
  instance: LoadedInstance,
  engineTask: string,
): Promise<Row | undefined> {
  const { tx, finished } = context;
  if (!finished || isNegative(finished.action) || instance.definition.model.extensions["repeat"] !== "skip")
    return undefined;
  const task = await tx.findOne("wf_task", { instance: String(instance.row["id"]), engine_task: engineTask });
  if (!task || !(await isRepeated(context, instance, task, finished.by.id))) return undefined;
  const row: Row = {
    state: "completed",
    version: 2,
    assignee: finished.by,
    completed_at: tx.time,
    completed_by: finished.by.id,
    action: "approve",
    opinion: "",
    seq: Number(instance.row["version"]) + 1,
  };
  await tx.update("wf_task", { id: String(task["id"]) }, row);
  const users = await clearInbox(context, String(task["id"]));
  await addHistory(tx, String(instance.row["id"]), {
    at: tx.time,
    type: "task-skipped",
    by: finished.by,
    element: String(task["element"]),
    step: String(task["step"]),
    action: "approve",
    actionTitle: actionTitle("approve"),
    message: "与上一环节为同一人，自动通过",
  });
  tx.audit({
    bureau: String(task["bureau"]),
    actor: finished.by,
    action: "skip-task",
    resource: `task/${String(task["id"])}`,
    after: { action: "approve" },
    trace: context.trace,
  });
  announceTask(tx, instance, task, "task-completed", { action: "approve", users });
  return { ...task, ...row };
}

async function isRepeated(
  { tx }: CommandContext,
  { definition, state }: LoadedInstance,
  task: Row,
  person: string,
): Promise<boolean> {
  const extensions: Record<string, string> = definition.model.elements[String(task["element"])]?.extensions ?? {};
  if (task["state"] !== "open" || task["position"] === undefined || task["applicant_id"] === person) return false;
  if (partOf(task) !== undefined || extensions["officers"] !== undefined) return false;
  if (signedActions(extensions).includes("approve")) return false;
  if (!actionsFor(task, extensions).some(({ id }) => id === "approve")) return false;
  const people = await tx.find("wf_candidate", { where: { task: String(task["id"]) } });
  if (people.length !== 1 || people[0]?.["person"] !== person) return false;
  try {
    checkForm({
      form: definition.forms.find(({ id }) => id === extensions["form"]),
      values: {},
      present: state?.variables ?? {},
      step: String(task["element"]),
      isStart: false,
      complete: true,
    });
    return true;
  } catch {
    return false;
  }
}
