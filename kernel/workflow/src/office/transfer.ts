import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import type { Row, Transaction } from "@jinshui/storage";
import { holdsPosition } from "../runtime/candidacy.js";
import { loadInstance } from "../runtime/load-instance.js";
import { lockTask } from "../runtime/lock-task.js";
import { type LoadedInstance } from "../runtime/instance.js";
import { hideTask } from "../runtime/task-rows.js";
import { type Asked, note, type Office, refused } from "./office.js";
import { giveTo } from "./give-to.js";

/** Gives a task to a colleague who can do it as well; returns the matter. */
export async function transfer(
  office: Office,
  tx: Transaction,
  asked: Asked,
  input: { id: string; version: number; to: string; reason: string },
): Promise<string> {
  const { actor } = asked;
  const { task, instance } = await movable(office, tx, asked, input);
  const to = await office.assignment.organisation.person(input.to, tx);
  const from = (task["assignee"] as ActorRef | undefined) ?? { id: actor.id, name: actor.name };
  if (!to || to.bureau !== task["bureau"] || to.id === from.id)
    throw new JinshuiError("not-found", `There is no other person ${input.to} in ${String(task["bureau"])}`, {
      details: { person: input.to },
    });
  if (!mayReceive(to, task))
    throw refused("cannot-take", `${to.name} can't do ${String(task["step"])}`, { person: to.name });
  const users = await hideTask(tx, input.id);
  const person = task["person"] === undefined ? {} : { person: to.id };
  const changes = { assignee: { id: to.id, name: to.name }, version: Number(task["version"]) + 1, ...person };
  await tx.update("wf_task", { id: input.id }, changes);
  await giveTo(tx, task, instance.row, { id: to.id, name: to.name });
  await note(tx, asked, instance, task, {
    type: "task-transferred",
    opinion: input.reason,
    message: `${from.name} → ${to.name}`,
    event: "task-handed-over",
    users: [...new Set([...users, to.id])],
    action: "transfer",
    after: { from, to: { id: to.id, name: to.name }, reason: input.reason },
  });
  return String(instance.row["id"]);
}

/** Whether somebody can take a task over: they could do it themselves, and it is no application of their own. */
export function mayReceive(person: Parameters<typeof holdsPosition>[0], task: Row): boolean {
  if (task["position"] === undefined && task["person"] === undefined) return false;
  return task["applicant_id"] !== person.id && holdsPosition(person, { ...task, person: undefined });
}

async function movable(
  office: Office,
  tx: Transaction,
  { actor }: Asked,
  { id, version }: { id: string; version: number },
): Promise<{ task: Row; instance: LoadedInstance }> {
  if (!actor.permissions.has("site.instances"))
    return lockTask(tx, office.definitions, actor, id, version, { assignedToOther: true });
  const found = await tx.findOne("wf_task", { id, bureau: actor.bureau, state: "open" });
  const instance = found && (await loadInstance(tx, office.definitions, String(found["instance"])));
  const task = await tx.findOneForUpdate("wf_task", { id, bureau: actor.bureau, state: "open" });
  if (!task || !instance) throw new JinshuiError("not-found", `There is no open task ${id}`, { details: { task: id } });
  if (task["version"] !== version)
    throw new JinshuiError("stale-version", `Task ${id} has changed since it was read`, {
      details: { version: task["version"], changedBy: (task["assignee"] as ActorRef | undefined)?.name ?? null },
    });
  return { task, instance };
}
