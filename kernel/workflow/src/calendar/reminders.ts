import { newId, type Row, type Transaction } from "@jinshui/storage";
import type { ElementModel } from "@jinshui/engine";
import type { Definitions } from "../definition/definitions.js";
import type { Assignment } from "../runtime/assignment.js";
import { addHistory, type LoadedInstance } from "../runtime/instance.js";
import { loadInstance } from "../runtime/load-instance.js";
import type { DeadlineColumns, Deadlines } from "./deadlines.js";

/** Notices about a deadline: the newest takes the place of those before it. */
const KINDS = ["due-soon", "overdue", "overdue-below"] as const;

interface Told {
  people: string[];
  superiors: string[];
}

/** Tells people of deadlines that come, and them and their superiors of those that are over. */
export class Reminders {
  constructor(
    readonly deadlines: Deadlines,
    readonly assignment: Assignment,
    readonly definitions: Definitions,
  ) {}

  /** Tells of what is due now by one reminder, and plans the next; whoever was faster has done it already. */
  async fire(tx: Transaction, id: string): Promise<void> {
    const found = await tx.findOne("wf_reminder", { id });
    if (!found) return;
    // the instance is locked first, as every command does
    const instance = await loadInstance(tx, this.definitions, String(found["instance"]));
    const reminder = await tx.findOne("wf_reminder", { id });
    const stage = reminder?.["next_stage"];
    if (!reminder || typeof stage !== "string" || String(reminder["next_at"]) > tx.time) return;
    const whose = typeof reminder["task"] === "string" ? { id: reminder["task"] } : {};
    const tasks = await tx.find("wf_task", {
      where: { instance: String(instance.row["id"]), state: "open", ...whose },
      orderBy: ["arrived_at", "id"],
    });
    const about = whose.id === undefined ? instance.row : tasks[0];
    if (!about) {
      await tx.remove("wf_reminder", { id });
      return;
    }
    await this.#tell(tx, instance, tasks, stage, whose.id === undefined ? undefined : about);
    const start = String(about[whose.id === undefined ? "started_at" : "arrived_at"]);
    const due = { bureau: String(instance.row["bureau"]), instance: String(instance.row["id"]), start };
    const next = await this.deadlines.next(tx, due, about as unknown as DeadlineColumns, stage);
    await tx.update("wf_reminder", { id }, { told: stage, next_stage: next?.stage ?? null, next_at: next?.at ?? null });
  }

  async #tell(
    tx: Transaction,
    instance: LoadedInstance,
    tasks: readonly Row[],
    stage: string,
    about: Row | undefined,
  ): Promise<void> {
    const isOver = /^(overdue|after)/.test(stage);
    const told: Told = { people: [], superiors: [] };
    for (const task of tasks) {
      const people = await this.#handlers(tx, task);
      await notify(tx, instance.row, task, people, isOver ? "overdue" : "due-soon");
      told.people.push(...people);
      if (!isOver) continue;
      const element = instance.definition.model.elements[String(task["element"])];
      const superiors = await this.#superiors(tx, task, people, element);
      await notify(tx, instance.row, task, superiors, "overdue-below");
      told.superiors.push(...superiors);
    }
    const names = await this.assignment.organisation.names([...told.people, ...told.superiors], tx);
    const named = (ids: string[]): string[] => [...new Set(ids)].map((id) => names.get(id)?.name ?? id);
    const id = String(instance.row["id"]);
    await addHistory(tx, id, {
      at: tx.time,
      type: "reminded",
      ...(about ? { element: String(about["element"]), step: String(about["step"]), task: String(about["id"]) } : {}),
      deadline: { stage, people: named(told.people), superiors: named(told.superiors) },
    });
    const users = [...new Set([...told.people, ...told.superiors])];
    if (users.length === 0) return;
    tx.event({
      bureau: String(instance.row["bureau"]),
      source: "workflow",
      name: "notices-changed",
      data: { users },
    });
  }

  /** Whose task it is: who has claimed it, else all who could. */
  async #handlers(tx: Transaction, task: Row): Promise<string[]> {
    const rows = await tx.find("wf_candidate", { where: { task: String(task["id"]), visible: true } });
    return rows.map(({ person }) => String(person));
  }

  /** Who is told of what these people have not done: holders of the position the step names, else their departments' leaders. */
  async #superiors(
    tx: Transaction,
    task: Row,
    people: readonly string[],
    element: ElementModel | undefined,
  ): Promise<string[]> {
    const bureau = String(task["bureau"]);
    const departments = await this.assignment.departmentsOf(tx, task, people);
    const position = element?.extensions["escalateTo"];
    const found = new Set(await this.assignment.leaders(tx, bureau, departments, position));
    return [...found].filter((person) => !people.includes(person));
  }
}

async function notify(
  tx: Transaction,
  instance: Row,
  task: Row,
  people: readonly string[],
  kind: (typeof KINDS)[number],
): Promise<void> {
  if (people.length === 0) return;
  const id = String(task["id"]);
  await tx.remove("wf_notice", { task: id, person: { in: [...people] }, kind: { in: [...KINDS] } });
  await tx.insert(
    "wf_notice",
    people.map((person): Row => ({
      id: newId(),
      person,
      kind,
      title: instance["title"],
      step: task["step"],
      task: id,
      instance: instance["id"],
      at: tx.time,
      is_read: false,
    })),
  );
}
