import type { SendBackTarget } from "@jinshui/contracts";
import type { InstanceState, Instruction } from "@jinshui/engine";
import type { Row, Transaction } from "@jinshui/storage";
import { type LoadedInstance, refOf, stepName } from "../runtime/instance.js";
import { runCommand } from "../runtime/instance-run.js";
import { lockTask } from "../runtime/lock-task.js";
import { actsFor } from "../runtime/candidacy.js";
import { clearInbox, hideTask } from "../runtime/task-rows.js";
import { plannedTask } from "./create-task.js";
import { moveTo } from "./move.js";
import { type Asked, contextOf, note, type Office, refused } from "./office.js";
import { openTask } from "./open-task.js";
import { targetsOf } from "./send-back-targets.js";

interface SendingBack {
  id: string;
  version: number;
  to: string;
  opinion: string;
  direct: boolean;
}

/** Sends a matter back to an earlier step; returns the matter. */
export async function sendBack(office: Office, tx: Transaction, asked: Asked, input: SendingBack): Promise<string> {
  const { actor } = asked;
  const { task, instance } = await lockTask(tx, office.definitions, actor, input.id, input.version, {
    assignedToOther: true,
  });
  const target = (await targetsOf(tx, instance, task)).find(({ element }) => element === input.to);
  if (!target || (input.direct && !target.direct))
    throw refused("no-target", `${String(task["step"])} can't be sent back to ${input.to}`, { element: input.to });
  const users = await (input.direct ? hideTask(tx, input.id) : clearInbox(contextOf(office, tx, asked), input.id));
  const said = {
    type: "task-sent-back" as const,
    opinion: input.opinion,
    message: `→ ${target.step}${input.direct ? "（办完直接送回）" : ""}`,
    event: "task-completed",
    users,
    data: { action: "return" },
    action: "send-back",
    after: { to: input.to, opinion: input.opinion, direct: input.direct },
  };
  if (input.direct) await redo(office, tx, asked, { task, instance, target });
  else {
    const finished: Row = {
      state: "completed",
      version: input.version + 1,
      assignee: refOf(actor),
      completed_at: tx.time,
      completed_by: actor.id,
      completed_for: actsFor(actor, task).onBehalfOf?.id,
      action: "return",
      opinion: input.opinion,
      seq: Number(instance.row["version"]) + 1,
    };
    await tx.update("wf_task", { id: input.id }, finished);
    await note(tx, asked, instance, task, said);
    await goTo(office, tx, asked, { task, instance, target });
    return String(instance.row["id"]);
  }
  await note(tx, asked, instance, task, said);
  return String(instance.row["id"]);
}

interface Sent {
  task: Row;
  instance: LoadedInstance;
  target: SendBackTarget;
}

/** The process goes back: what has begun since goes with it. */
async function goTo(office: Office, tx: Transaction, asked: Asked, { task, instance, target }: Sent): Promise<void> {
  const { state, definition } = instance;
  const token = state?.tokens[state.waits[String(task["engine_task"])]?.token ?? ""];
  const move = state && token && moveTo(definition.model, state, token, target.element);
  if (!move) throw refused("no-target", `${target.element} lies beside ${String(task["element"])}`);
  const done = {
    action: "return",
    opinion: "",
    by: refOf(asked.actor),
    at: tx.time,
  };
  await runCommand(
    {
      ...contextOf(office, tx, asked),
      again: { element: target.element, person: target.by?.id ?? "", returned: true },
    },
    instance,
    { type: "modify", instructions: withSteps(state, move.instructions, { [String(task["element"])]: done }) },
  );
}

/** The first instruction sets what conditions see of steps. */
function withSteps(
  state: InstanceState,
  instructions: readonly Instruction[],
  steps: Record<string, unknown>,
): Instruction[] {
  const [first, ...others] = instructions;
  if (first?.type !== "start-before") return [...instructions];
  const before = (state.variables["steps"] ?? {}) as Record<string, unknown>;
  return [{ ...first, variables: { steps: { ...before, ...steps } } }, ...others];
}

/** One person does an earlier step again while this task waits; nothing else moves. */
async function redo(office: Office, tx: Transaction, asked: Asked, { task, instance, target }: Sent): Promise<void> {
  const { actor } = asked;
  const row = plannedTask(contextOf(office, tx, asked), instance, {
    engineTask: String(task["engine_task"]),
    element: target.element,
    step: stepName(instance.definition, target.element),
    seat: {
      bureau: target.by
        ? await bureauOf(office, tx, target.by.id, String(task["bureau"]))
        : String(instance.row["bureau"]),
      person: target.by?.id ?? String(task["applicant_id"]),
    },
    waitsFor: [],
    part: "redo",
  });
  await tx.insert("wf_task", { ...row, added_by: actor.id });
  const waitsFor = [...((task["waits_for"] ?? []) as string[]), row["id"]];
  await tx.update(
    "wf_task",
    { id: String(task["id"]) },
    { state: "planned", version: Number(task["version"]) + 1, waits_for: waitsFor, assignee: refOf(actor) },
  );
  const again = { element: target.element, person: "", returned: true };
  await openTask({ ...contextOf(office, tx, asked), again }, instance, row);
}

async function bureauOf(office: Office, tx: Transaction, person: string, otherwise: string): Promise<string> {
  return (await office.assignment.organisation.person(person, tx))?.bureau ?? otherwise;
}
