import type { ActorRef } from "@jinshui/contracts";
import { newId, type Row } from "@jinshui/storage";
import { addHistory, announceTask, type CommandContext, type LoadedInstance } from "../runtime/instance.js";
import { stopsClock } from "../calendar/deadlines.js";
import { lastThird, timerOf, wasReturned } from "../runtime/task-rows.js";
import { isWaiting, roundOf } from "./round.js";
import { excludedFrom } from "./separation.js";
import type { Seat } from "./seats.js";

/** Opens the planned tasks of a step for which nothing has to be done before any more. */
export async function openReady(context: CommandContext, instance: LoadedInstance, engineTask: string): Promise<void> {
  const round = await roundOf(context.tx, String(instance.row["id"]), engineTask);
  const waiting = new Set(round.filter(isWaiting).map(({ id }) => String(id)));
  for (const row of round) {
    if (row["state"] !== "planned") continue;
    if (((row["waits_for"] ?? []) as string[]).some((id) => waiting.has(id))) continue;
    if (await context.tx.findOne("wf_candidate", { task: String(row["id"]) })) await reopen(context, instance, row);
    else await openTask(context, instance, row);
  }
}

/** Finds who does a task, tells them, and lights it up on their pages. `isNew`: it was made just now. */
export async function openTask(
  context: CommandContext,
  instance: LoadedInstance,
  row: Row,
  { unknown, isNew = false }: { unknown?: string | undefined; isNew?: boolean } = {},
): Promise<void> {
  const { tx, assignment } = context;
  const element = instance.definition.model.elements[String(row["element"])];
  if (!element) return;
  const id = String(row["id"]);
  const excluded = await excludedFrom(tx, row, element);
  const { people, position, department, person, nobody } = await assignment.candidates(tx, seatOf(row, unknown), {
    applicant: String(row["applicant_id"]),
    excluded,
  });
  const again = context.again?.element === element.id ? context.again : undefined;
  const kept = people.find((candidate) => candidate === again?.person);
  const keeper = kept === undefined ? undefined : await assignment.organisation.names([kept], tx);
  const deadline = await context.deadlines.ofTask(tx, instance.row, element);
  const timer = deadline.time_limit === null ? timerOf(instance, element) : undefined;
  const dueAt = deadline.due_at ?? timer;
  const changes: Row = {
    state: "open",
    arrived_at: tx.time,
    ...deadline,
    due_at: dueAt,
    warn_at: deadline.warn_at ?? (timer === undefined ? null : lastThird(tx.time, timer)),
    stops_clock: stopsClock(element),
    position: position ?? null,
    department: department ?? null,
    person: person ?? null,
    excluded: excluded.length === 0 ? null : excluded,
    assignee: keeper?.get(kept ?? "") ?? null,
  };
  await tx.update("wf_task", { id }, changes);
  if (people.length > 0)
    await tx.insert(
      "wf_candidate",
      people.map((candidate): Row => ({
        person: candidate,
        task: id,
        instance: row["instance"],
        visible: kept === undefined || kept === candidate,
        arrived_at: tx.time,
        due_at: dueAt,
        search_text: row["search_text"],
      })),
    );
  const told = kept === undefined ? people : [kept];
  const returned =
    again?.returned === true ||
    (element.extensions["position"] === undefined &&
      element.extensions["signers"] === undefined &&
      wasReturned(instance));
  await tell(context, instance, row, told, returned ? "returned" : "task");
  await addHistory(tx, String(row["instance"]), {
    at: tx.time,
    type: "task-created",
    element: element.id,
    step: String(row["step"]),
    ...(nobody === undefined ? {} : { message: `无人担任${nobody}，转系统管理员办理` }),
  });
  announceTask(tx, instance, row, "task-created", { users: told });
  const due = { bureau: String(row["bureau"]), instance: String(row["instance"]), task: id, start: tx.time, isNew };
  if (deadline.time_limit !== null) await context.deadlines.plan(tx, due, deadline);
  if (stopsClock(element))
    await context.deadlines.stop(tx, String(row["instance"]), { task: id, reason: String(row["step"]) });
}

/** Gives a task back to whom it was with before it had to wait for others. */
async function reopen(context: CommandContext, instance: LoadedInstance, row: Row): Promise<void> {
  const { tx } = context;
  const id = String(row["id"]);
  const assignee = (row["assignee"] as ActorRef | undefined)?.id;
  await tx.update("wf_task", { id }, { state: "open", version: Number(row["version"]) + 1, waits_for: null });
  const people = (await tx.find("wf_candidate", { where: { task: id } })).map(({ person }) => String(person));
  const users = assignee === undefined ? people : [assignee];
  await tx.update("wf_candidate", { task: id, person: { in: users } }, { visible: true });
  await tell(context, instance, row, users, "task");
  announceTask(tx, instance, row, "task-created", { users });
}

async function tell(
  { tx, actor }: CommandContext,
  instance: LoadedInstance,
  row: Row,
  people: readonly string[],
  kind: "task" | "returned",
): Promise<void> {
  const told = people.filter((person) => person !== actor?.id);
  if (told.length === 0) return;
  await tx.insert(
    "wf_notice",
    told.map((person): Row => ({
      id: newId(),
      person,
      kind,
      title: instance.row["title"],
      step: row["step"],
      task: row["id"],
      instance: row["instance"],
      at: tx.time,
      is_read: false,
    })),
  );
}

function seatOf(row: Row, unknown: string | undefined): Seat {
  const text = (key: "position" | "department" | "person"): Partial<Seat> =>
    typeof row[key] === "string" ? { [key]: row[key] } : {};
  return {
    bureau: String(row["bureau"]),
    ...text("position"),
    ...text("department"),
    ...text("person"),
    ...(unknown === undefined ? {} : { unknown }),
  };
}
