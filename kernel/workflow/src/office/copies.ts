import type { ActorRef } from "@jinshui/contracts";
import { newId, type Row, type Transaction } from "@jinshui/storage";
import { addHistory, type CommandContext, type LoadedInstance } from "../runtime/instance.js";
import { words } from "./task-part.js";

/** Sends copies of a matter to people who have nothing to do in it, and tells them; how many had none of this step yet. */
export async function copyTo(
  tx: Transaction,
  { row }: LoadedInstance,
  people: readonly ActorRef[],
  { step, by, note }: { step?: string; by?: ActorRef; note?: string },
): Promise<number> {
  const instance = String(row["id"]);
  const had = await tx.find("wf_copy", {
    where: { instance, person: { in: people.map(({ id }) => id) }, read_at: null, step: step ?? null },
    columns: ["person"],
  });
  const fresh = people.filter(({ id }) => !had.some(({ person }) => person === id));
  if (fresh.length === 0) return 0;
  const applicant = row["applicant"] as ActorRef;
  const searchText = `${String(row["number"])} ${String(row["title"])} ${applicant.name}`.slice(0, 500);
  await tx.insert(
    "wf_copy",
    fresh.map(({ id: person }): Row => ({
      id: newId(),
      person,
      instance,
      step,
      by,
      note,
      at: tx.time,
      search_text: searchText,
    })),
  );
  await tx.insert(
    "wf_notice",
    fresh.map(({ id: person }): Row => ({
      id: newId(),
      person,
      kind: "copy",
      title: row["title"],
      step,
      instance,
      at: tx.time,
      is_read: false,
    })),
  );
  tx.event({
    bureau: String(row["bureau"]),
    source: "workflow",
    name: "notices-changed",
    data: { users: fresh.map(({ id }) => id) },
  });
  await addHistory(tx, instance, {
    at: tx.time,
    type: "copies-sent",
    ...(by ? { by } : {}),
    ...(step === undefined ? {} : { step }),
    message: fresh.map(({ name }) => name).join("、"),
    ...(note === undefined ? {} : { opinion: note }),
  });
  return fresh.length;
}

/** What a step copies to positions when it is finished. */
export async function copyStep(context: CommandContext, instance: LoadedInstance, task: Row): Promise<void> {
  const { tx, assignment } = context;
  const extensions: Record<string, string> =
    instance.definition.model.elements[String(task["element"])]?.extensions ?? {};
  const people = new Map<string, ActorRef>();
  for (const position of words(extensions["carbonCopy"]))
    for (const { id, name } of await assignment.organisation.holders(
      String(instance.row["bureau"]),
      position,
      undefined,
      tx,
    ))
      people.set(id, { id, name });
  people.delete(context.actor?.id ?? "");
  if (people.size > 0) await copyTo(tx, instance, [...people.values()].slice(0, 200), { step: String(task["step"]) });
}
