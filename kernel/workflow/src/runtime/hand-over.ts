import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import type { Row, Transaction } from "@jinshui/storage";
import { giveTo } from "../office/give-to.js";
import type { Definitions } from "../definition/definitions.js";
import type { Assignment } from "./assignment.js";
import { holdsPosition } from "./candidacy.js";
import { addHistory, announce, refOf } from "./instance.js";
import { loadInstance } from "./load-instance.js";
import type { Request } from "./runtime.js";

export interface HandingOver {
  person: string;
  to?: string;
  tasks: readonly string[];
  reason: string;
}

type Person = NonNullable<Awaited<ReturnType<Assignment["organisation"]["person"]>>>;

/** Gives open tasks of one person to another, or claimed ones back to all who could do them. */
export class HandOver {
  constructor(
    readonly definitions: Definitions,
    readonly assignment: Assignment,
  ) {}

  async run(tx: Transaction, { actor, trace }: Request, { person, to, tasks, reason }: HandingOver): Promise<void> {
    const { organisation } = this.assignment;
    const from = (await organisation.names([person], tx)).get(person) ?? { id: person, name: person };
    const successor = to === undefined ? undefined : await organisation.person(to, tx);
    if (to !== undefined && (successor?.bureau !== actor.bureau || to === person))
      throw new JinshuiError("not-found", `There is no other person ${to} in ${actor.bureau}`, {
        details: { person: to },
      });
    const found = await tx.find("wf_task", { where: { id: { in: [...tasks] }, bureau: actor.bureau, state: "open" } });
    const [missing] = tasks.filter((id) => !found.some((row) => row["id"] === id));
    if (missing !== undefined)
      throw new JinshuiError("not-found", `Task ${missing} is not open in ${actor.bureau}`, {
        details: { task: missing },
      });
    this.#requireAble(found, successor);
    for (const row of found.sort((one, other) => (String(one["instance"]) < String(other["instance"]) ? -1 : 1)))
      await this.#one(tx, { actor, trace }, row, { from, successor, reason });
  }

  /** @throws JinshuiError `conflict` naming the tasks that the successor can't do. */
  #requireAble(tasks: readonly Row[], successor: Person | undefined): void {
    if (!successor) return;
    const unable = tasks.filter(
      (task) =>
        !holdsPosition(successor, { ...task, person: undefined }) ||
        // nobody decides on what they have applied for
        (task["position"] !== undefined && task["applicant_id"] === successor.id),
    );
    if (unable.length === 0) return;
    const positions = [...new Set(unable.map((task) => String(task["position"])))];
    throw new JinshuiError("conflict", `${successor.name} can't do ${unable.length} of these tasks`, {
      details: {
        reason: "not-able",
        person: successor.name,
        count: unable.length,
        tasks: unable.map(({ id }) => String(id)),
        position: this.assignment.organisation.positionTitle(positions[0] ?? ""),
      },
    });
  }

  async #one(
    tx: Transaction,
    { actor, trace }: Request,
    row: Row,
    { from, successor, reason }: { from: ActorRef; successor: Person | undefined; reason: string },
  ): Promise<void> {
    // the instance is locked first, as every command does
    const instance = await loadInstance(tx, this.definitions, String(row["instance"]));
    const id = String(row["id"]);
    const task = await tx.findOneForUpdate("wf_task", { id, state: "open" });
    const candidate = task && (await tx.findOne("wf_candidate", { task: id, person: from.id, visible: true }));
    if (!task || !candidate)
      throw new JinshuiError("conflict", `Task ${id} is not ${from.name}'s any more`, {
        details: { reason: "gone", task: id },
      });
    if (!successor) await this.#requireOthers(tx, task, from);
    const assignee = successor ? { id: successor.id, name: successor.name } : undefined;
    const version = Number(task["version"]) + 1;
    // what was for one person is now for the other
    const person = assignee && task["person"] === from.id ? { person: assignee.id } : {};
    await tx.update("wf_task", { id }, { assignee: assignee ?? null, version, ...person });
    await tx.update("wf_candidate", { task: id, person: { ne: from.id } }, { visible: assignee === undefined });
    await tx.update("wf_candidate", { task: id, person: from.id }, { visible: false });
    await tx.remove("wf_notice", { task: id, person: from.id });
    if (assignee) await giveTo(tx, task, instance.row, assignee);
    await addHistory(tx, String(task["instance"]), {
      at: tx.time,
      type: "task-handed-over",
      by: refOf(actor),
      element: String(task["element"]),
      step: String(task["step"]),
      message: `${from.name} → ${assignee?.name ?? "其他办理人"}：${reason}`,
    });
    tx.audit({
      bureau: actor.bureau,
      actor: refOf(actor),
      action: "hand-over",
      resource: `task/${id}`,
      before: { assignee: task["assignee"], person: from },
      after: { assignee, reason },
      trace,
    });
    const users = (await tx.find("wf_candidate", { where: { task: id } })).map(({ person }) => person);
    announce(tx, instance, "task-handed-over", { task: id, step: task["step"], users });
  }

  /** @throws JinshuiError `conflict` for a task that nobody else could do: it would wait for nobody. */
  async #requireOthers(tx: Transaction, task: Row, from: ActorRef): Promise<void> {
    const { organisation } = this.assignment;
    const rows = await tx.find("wf_candidate", { where: { task: String(task["id"]), person: { ne: from.id } } });
    for (const { person } of rows) {
      const other = await organisation.person(String(person), tx);
      if (other && holdsPosition(other, task)) return;
    }
    throw new JinshuiError("conflict", `Nobody else can do ${String(task["step"])}: name who takes it`, {
      details: { reason: "nobody-else", task: String(task["id"]), step: String(task["step"]) },
    });
  }
}
