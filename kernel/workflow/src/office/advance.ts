import type { ActorRef, LocalText } from "@jinshui/contracts";
import type { ElementModel, Variables } from "@jinshui/engine";
import type { Row } from "@jinshui/storage";
import type { CommandContext, LoadedInstance } from "../runtime/instance.js";
import { runCommand } from "../runtime/instance-run.js";
import { cancelRow } from "../runtime/task-rows.js";
import { openReady } from "./open-task.js";
import { isWaiting, outcomeOf, roundOf, ruleOf } from "./round.js";
import { decides, partOf } from "./task-part.js";

/** What conditions of the process see of a step: `steps.<element>`. */
export interface StepResult {
  action: string;
  opinion: string;
  by: ActorRef;
  at: string;
  /** Where several had a say, in the order in which they said it. */
  votes?: Vote[];
}

/** What one person said at a step. */
interface Vote {
  by: ActorRef;
  position?: LocalText;
  action: string;
  opinion: string;
  at: string;
}

/**
 * Goes on after a task has been finished, its row being written already: the process where that decides the step, else to
 * the tasks that have waited for it. Tasks of the step that nobody need do any more end.
 */
export async function advance(
  context: CommandContext,
  instance: LoadedInstance,
  task: Row,
  { element, values }: { element: ElementModel; values: Variables },
): Promise<LoadedInstance> {
  const { tx } = context;
  const engineTask = String(task["engine_task"]);
  const round = await roundOf(tx, String(instance.row["id"]), engineTask);
  const steps = (instance.state?.variables["steps"] ?? {}) as Record<string, StepResult>;
  const outcome = decides(task) ? outcomeOf(round, ruleOf(element)) : undefined;
  if (!outcome) {
    const redone = partOf(task) === "redo" ? { steps: { ...steps, [element.id]: resultOf(task) } } : {};
    const token = instance.state?.waits[engineTask]?.token;
    const updated = await runCommand(context, instance, {
      type: "set-variables",
      variables: { ...values, ...redone },
      ...(token === undefined ? {} : { token }),
    });
    await openReady(context, updated, engineTask);
    return updated;
  }
  for (const row of round.filter(isWaiting)) await cancelRow(context, instance, row);
  const votes = votesOf(context, round);
  const result: StepResult = {
    ...resultOf(outcome.task),
    ...(votes.length < 2 && element.extensions["signers"] === undefined ? {} : { votes }),
  };
  return runCommand(context, instance, {
    type: "complete-task",
    task: engineTask,
    variables: { ...values, steps: { ...steps, [element.id]: result } },
  });
}

function resultOf(task: Row): StepResult {
  return {
    action: String(task["action"]),
    opinion: String(task["opinion"] ?? ""),
    by: task["assignee"] as ActorRef,
    at: String(task["completed_at"]),
  };
}

function votesOf({ assignment }: CommandContext, round: readonly Row[]): Vote[] {
  return round
    .filter((row) => decides(row) && row["state"] === "completed")
    .sort((one, other) => Number(one["seq"]) - Number(other["seq"]))
    .map((row) => ({
      ...resultOf(row),
      ...(typeof row["position"] === "string"
        ? { position: assignment.organisation.positionTitle(row["position"]) }
        : {}),
    }));
}
