import type { ActorRef, HistoryEntry } from "@jinshui/contracts";
import type { InstanceState } from "@jinshui/engine";
import type { Row, Transaction } from "@jinshui/storage";
import type { Definition } from "../definition/definitions.js";
import type { Deadlines } from "../calendar/deadlines.js";
import type { Assignment } from "./assignment.js";

/** An instance as it stands in a transaction. */
export interface LoadedInstance {
  row: Row;
  definition: Definition;
  state: InstanceState | undefined;
}

/** What a command is done for. */
export interface CommandContext {
  tx: Transaction;
  assignment: Assignment;
  deadlines: Deadlines;
  /** Who causes it; absent for timers and jobs. */
  actor?: ActorRef;
  trace: string;
}

/** What a history line and the audit chain keep of a person. */
export function refOf({ id, name }: ActorRef): ActorRef {
  return { id, name };
}

/** Name of an element as people know it. */
export function stepName(definition: Definition, element: string): string {
  return definition.model.elements[element]?.name ?? element;
}

export async function addHistory(tx: Transaction, instance: string, entry: HistoryEntry): Promise<void> {
  await tx.insert("wf_history", { instance, entry });
}

/** Publishes an event about an instance. */
export function announce(tx: Transaction, instance: LoadedInstance, name: string, data: Record<string, unknown>): void {
  const { row } = instance;
  tx.event({
    bureau: String(row["bureau"]),
    source: "workflow",
    name,
    subject: String(row["id"]),
    data: { instance: row["id"], number: row["number"], title: row["title"], ...data },
  });
}

/** Publishes an event about a task: where the matter is, and where its people are when another bureau decides. */
export function announceTask(
  tx: Transaction,
  instance: LoadedInstance,
  task: Row,
  name: string,
  data: Record<string, unknown>,
): void {
  const { row } = instance;
  const told = { task: task["id"], step: task["step"], ...data };
  announce(tx, instance, name, told);
  if (task["bureau"] !== row["bureau"])
    announce(tx, { ...instance, row: { ...row, bureau: task["bureau"] } }, name, told);
}
