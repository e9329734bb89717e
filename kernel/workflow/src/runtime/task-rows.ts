import { type ElementModel, waitsOf } from "@jinshui/engine";
import { newId, type Row } from "@jinshui/storage";
import { stopsClock } from "../calendar/deadlines.js";
import { addHistory, announce, type CommandContext, type LoadedInstance, stepName } from "./instance.js";

/** Who applied, as the instance's variables keep it. */
export interface Applicant {
  id: string;
  name: string;
  bureau: string;
  department: string;
  departmentTitle: string;
}

/** A task with its candidates, their notices, and the event that lights up their pages. */
export async function createTask(
  context: CommandContext,
  instance: LoadedInstance,
  engineTask: string,
  elementId: string,
): Promise<void> {
  const { tx, assignment } = context;
  const { row, definition, state } = instance;
  const element = definition.model.elements[elementId];
  if (!element) return;
  const applicant = state?.variables["applicant"] as Applicant;
  const { people, position, department, nobody } = await assignment.candidates(tx, element, {
    ...applicant,
    bureau: String(row["bureau"]),
  });
  const id = newId();
  const step = taskName(instance, engineTask, elementId);
  const searchText = `${String(row["number"])} ${String(row["title"])} ${applicant.name} ${step}`.slice(0, 500);
  const deadline = await context.deadlines.ofTask(tx, row, element);
  const timer = deadline.time_limit === null ? timerOf(instance, element) : undefined;
  const dueAt = deadline.due_at ?? timer;
  const returned = element.extensions["position"] === undefined && wasReturned(instance);
  await tx.insert("wf_task", {
    id,
    bureau: row["bureau"],
    instance: row["id"],
    engine_task: engineTask,
    element: elementId,
    step,
    version: 1,
    state: "open",
    arrived_at: tx.time,
    ...deadline,
    due_at: dueAt,
    warn_at: deadline.warn_at ?? (timer === undefined ? undefined : lastThird(tx.time, timer)),
    stops_clock: stopsClock(element),
    position,
    department,
    applicant_id: row["applicant_id"],
    search_text: searchText,
  });
  await tx.insert(
    "wf_candidate",
    people.map((person): Row => ({
      person,
      task: id,
      instance: row["id"],
      visible: true,
      arrived_at: tx.time,
      due_at: dueAt,
      search_text: searchText,
    })),
  );
  const told = people.filter((person) => person !== context.actor?.id);
  await tx.insert(
    "wf_notice",
    told.map((person): Row => ({
      id: newId(),
      person,
      kind: returned ? "returned" : "task",
      title: row["title"],
      step,
      task: id,
      instance: row["id"],
      at: tx.time,
      is_read: false,
    })),
  );
  await addHistory(tx, String(row["id"]), {
    at: tx.time,
    type: "task-created",
    element: elementId,
    step,
    ...(nobody === undefined
      ? {}
      : { message: `无人担任${assignment.organisation.positionTitle(nobody)["zh-CN"]}，转系统管理员办理` }),
  });
  announce(tx, instance, "task-created", { task: id, step, users: people });
  const due = { bureau: String(row["bureau"]), instance: String(row["id"]), task: id, start: tx.time };
  if (deadline.time_limit !== null) await context.deadlines.plan(tx, due, deadline);
  if (stopsClock(element)) await context.deadlines.stop(tx, String(row["id"]), { task: id, reason: step });
}

/** The step's name; of a task that several people or rounds have, with its place among them: 会签（2/3）. */
function taskName({ definition, state }: LoadedInstance, engineTask: string, element: string): string {
  const name = [...stepName(definition, element)].slice(0, 180).join("");
  const token = state?.tokens[state.waits[engineTask]?.token ?? ""];
  const loop = token && state?.scopes[token.scope]?.loop;
  const index = token?.vars?.["loopCounter"];
  if (!loop || typeof index !== "number" || loop.total === Number.MAX_SAFE_INTEGER) return name;
  return `${name}（${index + 1}/${loop.total}）`;
}

/** When a task without a limit is to be done: when its first timer takes it away or reminds. */
function timerOf({ definition, state }: LoadedInstance, element: ElementModel): string | undefined {
  const timers = waitsOf(state).filter(
    (wait) => wait.kind === "timer" && definition.model.elements[wait.element]?.attachedTo === element.id,
  );
  return timers.flatMap(({ dueAt }) => dueAt ?? []).sort()[0];
}

/** When the last third of a natural time begins. */
function lastThird(from: string, to: string): string {
  return new Date(Date.parse(to) - (Date.parse(to) - Date.parse(from)) / 3).toISOString();
}

/** Ends a task that the process no longer waits for. */
export async function cancelTask(context: CommandContext, instance: LoadedInstance, engineTask: string): Promise<void> {
  const { tx } = context;
  const task = await tx.findOne("wf_task", {
    instance: String(instance.row["id"]),
    engine_task: engineTask,
    state: "open",
  });
  if (!task) return;
  const id = String(task["id"]);
  await tx.update(
    "wf_task",
    { id },
    { state: "cancelled", version: Number(task["version"]) + 1, completed_at: tx.time },
  );
  const users = await clearInbox(context, id);
  await addHistory(tx, String(instance.row["id"]), {
    at: tx.time,
    type: "task-cancelled",
    element: String(task["element"]),
    step: String(task["step"]),
  });
  announce(tx, instance, "task-cancelled", { task: id, step: task["step"], users });
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
function wasReturned({ state }: LoadedInstance): boolean {
  const steps = Object.values((state?.variables["steps"] ?? {}) as Record<string, { action: string; at: string }>);
  const last = steps.sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  return last?.action === "return";
}
