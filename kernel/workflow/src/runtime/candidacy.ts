import { type ActorRef, isJinshuiError } from "@jinshui/contracts";
import type { Actor, Database, Row, Transaction } from "@jinshui/storage";
import { createHash } from "node:crypto";

type Held = Actor["positions"][number];
/** Somebody and what they hold now. */
type Holder = Pick<Actor, "id" | "bureau" | "positions">;

/**
 * The position by which a person does a task, an own one first. One that the applicant has given away does not count: who
 * stands in for somebody decides on that person's application no more than that person does.
 */
export function positionFor({ id, positions }: Pick<Actor, "id" | "positions">, task: Row): Held | undefined {
  const { position, department, applicant_id: applicant, person } = task;
  const excluded = (task["excluded"] ?? []) as string[];
  return positions.find(
    ({ id: held, department: where, onBehalfOf }) =>
      held === position &&
      (department === undefined || where === department) &&
      (onBehalfOf === undefined || (onBehalfOf.id !== applicant && !excluded.includes(onBehalfOf.id))) &&
      (person === undefined || person === (onBehalfOf?.id ?? id)),
  );
}

/** For whom somebody does a task by a position that another has given away for a while. */
export function actsFor(actor: Actor, task: Row): { onBehalfOf?: ActorRef } {
  const onBehalfOf = positionFor(actor, task)?.onBehalfOf;
  return onBehalfOf ? { onBehalfOf: { id: onBehalfOf.id, name: onBehalfOf.name } } : {};
}

/**
 * Whether a person may do a task by what they hold now: a step of a position asks for it, one of a person for nobody else, the
 * applicant's own for nothing. Who has done what the step is kept apart from may not.
 */
export function holdsPosition(actor: Pick<Actor, "id" | "positions">, task: Row): boolean {
  if (((task["excluded"] ?? []) as string[]).includes(actor.id)) return false;
  if (task["position"] === undefined) return task["person"] === undefined || task["person"] === actor.id;
  return positionFor(actor, task) !== undefined;
}

/**
 * Brings the open tasks a person sees in step with the positions the person holds now: new ones come in, lost ones go out
 * and are released. Where nothing has changed since the last time it is one read.
 */
export async function followPositions(database: Database, actor: Holder): Promise<void> {
  const person = actor.id;
  const positions = fingerprint(actor);
  const lenders = actor.positions.flatMap(({ onBehalfOf }) => onBehalfOf?.id ?? []);
  const known = await database.findOne("wf_candidacy", { person });
  if (known?.["positions"] === positions) return;
  try {
    await database.transaction(
      async (tx) => {
        if (known) await tx.update("wf_candidacy", { person }, { positions });
        else await tx.insert("wf_candidacy", { person, positions });
        const shown = await tx.find("wf_candidate", { where: { person, visible: true }, columns: ["task"] });
        const held = await tx.find("wf_task", {
          where: {
            bureau: actor.bureau,
            state: "open",
            position: { in: actor.positions.map(({ id }) => id) },
            applicant_id: { ne: person },
            or: [{ person: null }, { person: { in: [person, ...lenders] } }],
          },
          columns: ["id"],
        });
        const tasks = new Set([...shown.map(({ task }) => String(task)), ...held.map((row) => String(row["id"]))]);
        // everybody locks in the same order: nobody waits for somebody who waits for them
        for (const id of [...tasks].sort()) await follow(tx, actor, id);
      },
      { essential: true },
    );
  } catch (error) {
    // a page asks several things at once: another of its requests has just done it
    if (!isJinshuiError(error) || error.code !== "not-unique") throw error;
  }
}

async function follow(tx: Transaction, actor: Holder, id: string): Promise<void> {
  // locked, so that a task that is being finished does not get a candidate afterwards
  const task = await tx.findOneForUpdate("wf_task", { id, state: "open" });
  if (!task) return;
  const own = { person: actor.id, task: id };
  const assignee = (task["assignee"] as ActorRef | undefined)?.id;
  if (!holdsPosition(actor, task)) {
    await tx.update("wf_candidate", own, { visible: false });
    await tx.remove("wf_notice", own);
    if (assignee !== actor.id) return;
    await tx.update("wf_task", { id }, { assignee: null, version: Number(task["version"]) + 1 });
    await tx.update("wf_candidate", { task: id, person: { ne: actor.id } }, { visible: true });
    return;
  }
  const visible = assignee === undefined || assignee === actor.id;
  if (await tx.findOne("wf_candidate", own)) await tx.update("wf_candidate", own, { visible });
  else {
    const { instance, arrived_at, due_at, search_text } = task;
    await tx.insert("wf_candidate", { ...own, instance, visible, arrived_at, due_at, search_text });
  }
}

function fingerprint(actor: Holder): string {
  const held = actor.positions.map(({ id, department }) => `${id}@${department}`).sort();
  return createHash("sha256")
    .update([actor.bureau, ...held].join())
    .digest("hex");
}
