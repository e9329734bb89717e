import type { ElementModel } from "@jinshui/engine";
import type { Row, Transaction } from "@jinshui/storage";
import { holdsPosition } from "../runtime/candidacy.js";
import type { CommandContext, LoadedInstance } from "../runtime/instance.js";
import { partOf, words } from "./task-part.js";

/** Who may not do a task: they have done a step it is kept apart from, or are the first of two officers. */
export async function excludedFrom(tx: Transaction, task: Row, element: ElementModel): Promise<string[]> {
  const kept = words(element.extensions["separateFrom"]);
  const confirms = partOf(task) === "confirm";
  if (kept.length === 0 && !confirms) return [];
  const done = await tx.find("wf_task", {
    where: {
      instance: String(task["instance"]),
      state: "completed",
      or: [{ element: { in: kept } }, ...(confirms ? [{ engine_task: String(task["engine_task"]) }] : [])],
    },
    columns: ["completed_by", "completed_for"],
  });
  return [...new Set(done.flatMap(peopleOf))];
}

/** Takes who has just finished a task out of the open ones that are kept apart from its step. */
export async function keepApart(
  { tx, assignment }: CommandContext,
  { row, definition }: LoadedInstance,
  finished: Row,
): Promise<void> {
  const instance = String(row["id"]);
  const apart = Object.values(definition.model.elements)
    .filter(({ extensions }) => words(extensions["separateFrom"]).includes(String(finished["element"])))
    .map(({ id }) => id);
  if (apart.length === 0) return;
  for (const task of await tx.find("wf_task", { where: { instance, state: "open", element: { in: apart } } })) {
    const id = String(task["id"]);
    const excluded = [...new Set([...((task["excluded"] ?? []) as string[]), ...peopleOf(finished)])];
    const assignee = (task["assignee"] as { id: string } | undefined)?.id;
    const released = assignee !== undefined && excluded.includes(assignee);
    const version = Number(task["version"]) + 1;
    await tx.update("wf_task", { id }, { excluded, version, ...(released ? { assignee: null } : {}) });
    const people = await tx.find("wf_candidate", { where: { task: id } });
    let left = 0;
    for (const { person } of people) {
      const known = await assignment.organisation.person(String(person), tx);
      const able = known !== undefined && holdsPosition(known, { ...task, excluded });
      if (able) left += 1;
      const visible = able && (released || assignee === undefined || assignee === person);
      await tx.update("wf_candidate", { task: id, person: String(person) }, { visible });
      if (!visible) await tx.remove("wf_notice", { task: id, person: String(person) });
    }
    if (left === 0) await toAdministrators({ tx, assignment }, task, excluded);
  }
}

async function toAdministrators(
  { tx, assignment }: Pick<CommandContext, "tx" | "assignment">,
  task: Row,
  excluded: readonly string[],
): Promise<void> {
  const { id, instance, arrived_at, due_at, search_text } = task;
  const seat = { bureau: String(task["bureau"]), unknown: "" };
  const { people, position } = await assignment.candidates(tx, seat, { applicant: "", excluded });
  await tx.update("wf_task", { id: String(id) }, { position, department: null, person: null });
  for (const person of people)
    if (await tx.findOne("wf_candidate", { task: String(id), person }))
      await tx.update("wf_candidate", { task: String(id), person }, { visible: true });
    else
      await tx.insert("wf_candidate", { person, task: id, instance, visible: true, arrived_at, due_at, search_text });
}

function peopleOf({ completed_by: by, completed_for: other }: Row): string[] {
  return [by, other].filter((id): id is string => typeof id === "string");
}
