import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import type { Row, Transaction } from "@jinshui/storage";
import { type LoadedInstance, refOf } from "../runtime/instance.js";
import { loadInstance } from "../runtime/load-instance.js";
import { lockTask } from "../runtime/lock-task.js";
import { cancelRow, hideTask } from "../runtime/task-rows.js";
import { plannedTask } from "./create-task.js";
import { type Asked, contextOf, note, type Office, refused } from "./office.js";
import { openReady } from "./open-task.js";
import { isWaiting, roundOf, ruleOf } from "./round.js";
import { decides, partOf } from "./task-part.js";

/** Tasks that one arrival at a step can have. */
const MAX_TASKS = 150;

/** Has others sign before somebody does, or after; returns the matter. */
export async function addSigners(
  office: Office,
  tx: Transaction,
  asked: Asked,
  input: { id: string; version: number; people: readonly string[]; place: "before" | "after"; reason: string },
): Promise<string> {
  const { task, instance } = await own(office, tx, asked, input);
  const round = await roundOf(tx, String(instance.row["id"]), String(task["engine_task"]));
  if (!decides(task)) throw refused("not-for-part", "Who was only added asks nobody else");
  if (round.length + input.people.length > MAX_TASKS)
    throw refused("too-many", `A step can't have more than ${MAX_TASKS} tasks`, { limit: MAX_TASKS });
  const people = await colleaguesOf(office, tx, task, input.people, round);
  const element = instance.definition.model.elements[String(task["element"])];
  if (input.place === "after" && element && ruleOf(element).sign === "any")
    throw refused("first-decides", "The first who acts decides this step: nobody comes after");
  const waitsFor = input.place === "after" ? [input.id] : [];
  const rows = await insertRows(office, tx, asked, { task, instance, people, part: input.place, waitsFor });
  const ids = rows.map(({ id }) => String(id));
  if (input.place === "before") await waitFor(tx, asked, task, ids);
  // who was to come after this one comes after those who were added
  else
    for (const row of round.filter((each) => ((each["waits_for"] ?? []) as string[]).includes(input.id)))
      await tx.update(
        "wf_task",
        { id: String(row["id"]) },
        { waits_for: [...((row["waits_for"] ?? []) as string[]), ...ids] },
      );
  await note(tx, asked, instance, task, {
    type: "signers-added",
    opinion: input.reason,
    message: `${input.place === "before" ? "前加签" : "后加签"}：${people.map(({ name }) => name).join("、")}`,
    event: "task-handed-over",
    users: people.map(({ id }) => id),
    action: "add-signers",
    after: { people, place: input.place, reason: input.reason },
  });
  await openReady(contextOf(office, tx, asked), instance, String(task["engine_task"]));
  return String(instance.row["id"]);
}

/** Asks somebody for an opinion; the task waits for it. */
export async function consult(
  office: Office,
  tx: Transaction,
  asked: Asked,
  input: { id: string; version: number; person: string; question: string },
): Promise<string> {
  const { task, instance } = await own(office, tx, asked, input);
  if (partOf(task) === "consult") throw refused("not-for-part", "Who is asked for an opinion asks nobody else");
  const round = await roundOf(tx, String(instance.row["id"]), String(task["engine_task"]));
  const people = await colleaguesOf(office, tx, task, [input.person], round, true);
  const rows = await insertRows(office, tx, asked, { task, instance, people, part: "consult", waitsFor: [] });
  await waitFor(
    tx,
    asked,
    task,
    rows.map(({ id }) => String(id)),
  );
  await note(tx, asked, instance, task, {
    type: "opinion-asked",
    opinion: input.question,
    message: `→ ${people.map(({ name }) => name).join("、")}`,
    event: "task-handed-over",
    users: people.map(({ id }) => id),
    action: "consult",
    after: { people, question: input.question },
  });
  await openReady(contextOf(office, tx, asked), instance, String(task["engine_task"]));
  return String(instance.row["id"]);
}

/** Takes a task of a step with several away; who waited for it goes on. Returns the matter. */
export async function removeSigner(
  office: Office,
  tx: Transaction,
  asked: Asked,
  { id, reason }: { id: string; reason: string },
): Promise<string> {
  const { actor } = asked;
  const found = await tx.findOne("wf_task", { id, bureau: actor.bureau });
  const instance = found && (await loadInstance(tx, office.definitions, String(found["instance"])));
  const task = await tx.findOneForUpdate("wf_task", { id });
  const round = instance ? await roundOf(tx, String(instance.row["id"]), String(task?.["engine_task"])) : [];
  if (!task || !instance || (task["added_by"] !== actor.id && !actor.permissions.has("site.instances")))
    throw new JinshuiError("not-found", `There is no task ${id} that ${actor.name} has added`, {
      details: { task: id },
    });
  if (!isRemovable(task, round, actor))
    throw refused("not-removable", `Task ${id} has been done, or is the last that decides its step`, { task: id });
  const context = contextOf(office, tx, asked);
  const users = (await tx.find("wf_candidate", { where: { task: id } })).map(({ person }) => String(person));
  await cancelRow(context, instance, task);
  await note(tx, asked, instance, task, {
    type: "signer-removed",
    opinion: reason,
    event: "task-cancelled",
    users,
    action: "remove-signer",
    after: { reason },
  });
  // what waited for it now waits for what it had waited for itself
  for (const row of round.filter((each) => ((each["waits_for"] ?? []) as string[]).includes(id))) {
    const others = ((row["waits_for"] ?? []) as string[]).filter((each) => each !== id);
    const waitsFor = [...others, ...((task["waits_for"] ?? []) as string[])];
    await tx.update("wf_task", { id: String(row["id"]) }, { waits_for: waitsFor.length === 0 ? null : waitsFor });
  }
  await openReady(context, instance, String(task["engine_task"]));
  return String(instance.row["id"]);
}

/** Whether somebody may take a task of a step away: what they have added; administrators any but the last that decides. */
export function isRemovable(
  task: Row,
  round: readonly Row[],
  actor: { id: string; permissions: ReadonlySet<string> },
): boolean {
  if (!isWaiting(task)) return false;
  const mine = task["added_by"] === actor.id || actor.permissions.has("site.instances");
  if (!mine || !decides(task)) return mine;
  return round.filter((row) => decides(row) && isWaiting(row)).length > 1;
}

async function own(
  office: Office,
  tx: Transaction,
  { actor }: Asked,
  { id, version }: { id: string; version: number },
): Promise<{ task: Row; instance: LoadedInstance }> {
  return lockTask(tx, office.definitions, actor, id, version, { assignedToOther: true });
}

/** A task leaves its inbox until others have been done; it comes back to the same person. */
async function waitFor(tx: Transaction, asked: Asked, task: Row, ids: readonly string[]): Promise<void> {
  const id = String(task["id"]);
  const waitsFor = [...((task["waits_for"] ?? []) as string[]), ...ids];
  const version = Number(task["version"]) + 1;
  await hideTask(tx, id);
  await tx.update("wf_task", { id }, { state: "planned", version, waits_for: waitsFor, assignee: refOf(asked.actor) });
}

async function insertRows(
  office: Office,
  tx: Transaction,
  asked: Asked,
  {
    task,
    instance,
    people,
    part,
    waitsFor,
  }: { task: Row; instance: LoadedInstance; people: readonly ActorRef[]; part: string; waitsFor: readonly string[] },
): Promise<Row[]> {
  const rows = people.map(({ id: person, name }): Row => ({
    ...plannedTask(contextOf(office, tx, asked), instance, {
      engineTask: String(task["engine_task"]),
      element: String(task["element"]),
      step: `${String(task["step"]).split("（", 1)[0] ?? ""}（${name.slice(0, 40)}）`,
      seat: { bureau: String(task["bureau"]), person },
      waitsFor: [...waitsFor],
      part,
    }),
    added_by: asked.actor.id,
  }));
  await tx.insert("wf_task", rows);
  return rows;
}

/** @throws JinshuiError `conflict` for who is not there, is kept apart from the step, or has a part in it already. */
async function colleaguesOf(
  office: Office,
  tx: Transaction,
  task: Row,
  ids: readonly string[],
  round: readonly Row[],
  onlyAsked = false,
): Promise<ActorRef[]> {
  const people: ActorRef[] = [];
  for (const id of ids) {
    const person = await office.assignment.organisation.person(id, tx);
    if (!person || person.bureau !== task["bureau"])
      throw new JinshuiError("not-found", `There is nobody ${id} in ${String(task["bureau"])}`, {
        details: { person: id },
      });
    const taking = round.some(
      (row) =>
        (isWaiting(row) || (row["state"] === "completed" && decides(row))) &&
        ((row["assignee"] as ActorRef | undefined)?.id === id || row["person"] === id),
    );
    const apart = ((task["excluded"] ?? []) as string[]).includes(id) || task["applicant_id"] === id;
    if (taking || (apart && !onlyAsked))
      throw refused(taking ? "takes-part" : "kept-apart", `${person.name} can't be added to this step`, {
        person: person.name,
      });
    people.push({ id, name: person.name });
  }
  return people;
}
