import { type HistoryEntry, JinshuiError } from "@jinshui/contracts";
import type { Actor, Row, Transaction } from "@jinshui/storage";
import type { Deadlines } from "../calendar/deadlines.js";
import type { Definitions } from "../definition/definitions.js";
import type { Assignment } from "../runtime/assignment.js";
import { actsFor } from "../runtime/candidacy.js";
import { addHistory, announceTask, type CommandContext, type LoadedInstance, refOf } from "../runtime/instance.js";

/** What the operations on tasks work with. */
export interface Office {
  definitions: Definitions;
  assignment: Assignment;
  deadlines: Deadlines;
}

/** Who asks for an operation. */
export interface Asked {
  actor: Actor;
  trace: string;
}

/** Why an operation does not fit as things stand; `reason` has words on the page. */
export function refused(reason: string, message: string, details: Record<string, unknown> = {}): JinshuiError {
  return new JinshuiError("conflict", message, { details: { reason, ...details } });
}

export function contextOf(office: Office, tx: Transaction, { actor, trace }: Asked): CommandContext {
  return { tx, trace, assignment: office.assignment, deadlines: office.deadlines, actor: refOf(actor) };
}

/** Writes down what was done with a task: in the matter's history, in the audit trail, and for the pages of those it concerns. */
export async function note(
  tx: Transaction,
  { actor, trace }: Asked,
  instance: LoadedInstance,
  task: Row,
  said: {
    type: HistoryEntry["type"];
    opinion?: string;
    message?: string;
    /** The event that tells of it, and whom besides those who have the task. */
    event: string;
    users: readonly string[];
    data?: Record<string, unknown>;
    action: string;
    after: Record<string, unknown>;
  },
): Promise<void> {
  const on = actsFor(actor, task);
  await addHistory(tx, String(instance.row["id"]), {
    at: tx.time,
    type: said.type,
    by: refOf(actor),
    ...on,
    element: String(task["element"]),
    step: String(task["step"]),
    ...(said.opinion === undefined ? {} : { opinion: said.opinion }),
    ...(said.message === undefined ? {} : { message: said.message }),
  });
  tx.audit({
    bureau: actor.bureau,
    actor: refOf(actor),
    ...on,
    action: said.action,
    resource: `task/${String(task["id"])}`,
    after: said.after,
    trace,
  });
  announceTask(tx, instance, task, said.event, { ...said.data, users: said.users });
}
