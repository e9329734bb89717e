import type { Row } from "@jinshui/storage";
import type { Operation } from "./history.js";
import { isLinearizable, type Observed } from "./linearizable.js";
import type { Run } from "./run.js";
import { taskModel, type TaskStep } from "./task-model.js";

const id = (row: Row): string => String(row["id"]);
const idOf = (operation: Operation): string => String(operation.input["id"]);
const markOf = (row: Row): string | undefined =>
  ((row["state"] as { variables?: Record<string, unknown> } | undefined)?.variables ?? {})["mark"] as
    string | undefined;

/** I1 and I2: whatever was acknowledged has its effect, once; what was refused or never asked for has none. */
export function commandFaults({ operations, snapshot, differences }: Run): string[] {
  return [
    ...startFaults(operations, snapshot.instances),
    ...completionFaults(operations, snapshot.tasks),
    ...endFaults(operations, snapshot.instances),
    ...differences.map((difference) => `I1: sent again, it was answered otherwise: ${difference}`),
  ];
}

function startFaults(operations: readonly Operation[], instances: readonly Row[]): string[] {
  const faults: string[] = [];
  const begun = Map.groupBy(
    instances.filter((row) => row["parent"] === undefined || row["parent"] === null),
    markOf,
  );
  const asked = new Set<string | undefined>();
  for (const start of operations.filter(({ op }) => op === "start")) {
    const mark = String((start.input["values"] as { mark?: unknown }).mark);
    asked.add(mark);
    const found = begun.get(mark) ?? [];
    if (found.length > 1) faults.push(`I1: ${mark} was started ${found.length} times`);
    if (start.outcome === "ok" && !found.some((row) => id(row) === (start.output as { id: string }).id))
      faults.push(`I1: the acknowledged start of ${mark} is lost`);
    if (start.outcome === "fail" && found.length > 0) faults.push(`I2: ${mark} was refused and yet started`);
  }
  for (const [mark, rows] of begun)
    if (!asked.has(mark)) faults.push(`I2: nobody started ${rows.map(id).join(", ")} (${mark ?? "no mark"})`);
  const numbers = instances.map((row) => String(row["number"]));
  if (new Set(numbers).size !== numbers.length) faults.push("I1: two matters have the same number");
  const called = instances.filter((row) => typeof row["parent"] === "string");
  const calls = called.map((row) => `${String(row["parent"])} ${String(row["parent_call"])}`);
  for (const call of calls.filter((found, index) => calls.indexOf(found) < index))
    faults.push(`I1: a call was answered by two matters: ${call}`);
  return faults;
}

function completionFaults(operations: readonly Operation[], tasks: readonly Row[]): string[] {
  const faults: string[] = [];
  const rows = new Map(tasks.map((row) => [id(row), row]));
  const asked = Map.groupBy(
    operations.filter(({ op }) => op === "complete"),
    idOf,
  );
  for (const [task, completions] of asked) {
    const row = rows.get(task);
    const acknowledged = completions.filter(({ outcome }) => outcome === "ok");
    if (acknowledged.length > 1)
      faults.push(`I1: task ${task} was acknowledged as finished ${acknowledged.length} times`);
    const [done] = acknowledged;
    if (done && !(row && isDoneBy(row, done))) faults.push(`I1: the acknowledged completion of task ${task} is lost`);
  }
  for (const row of tasks.filter(({ state }) => state === "completed"))
    if (!(asked.get(id(row)) ?? []).some((completion) => completion.outcome !== "fail" && isDoneBy(row, completion)))
      faults.push(`I2: nobody finished task ${id(row)}`);
  return faults;
}

function isDoneBy(row: Row, { person, input }: Operation): boolean {
  return row["state"] === "completed" && row["completed_by"] === person && row["action"] === input["action"];
}

function endFaults(operations: readonly Operation[], instances: readonly Row[]): string[] {
  const faults: string[] = [];
  const asked = Map.groupBy(
    operations.filter(({ op }) => op === "cancelInstance"),
    idOf,
  );
  for (const row of instances) {
    const ends = asked.get(id(row)) ?? [];
    if (row["status"] !== "cancelled" && ends.some(({ outcome }) => outcome === "ok"))
      faults.push(`I1: the acknowledged end of matter ${id(row)} is lost`);
    const isCalled = typeof row["parent"] === "string";
    if (row["status"] === "cancelled" && !isCalled && ends.every(({ outcome }) => outcome === "fail"))
      faults.push(`I2: nobody ended matter ${id(row)}`);
  }
  return faults;
}

/** Every task is as if people had taken it, given it back and finished it one after the other. */
export function orderFaults({ operations, snapshot }: Run): string[] {
  const steps = new Map<string, Observed<TaskStep>[]>();
  const add = (task: string, observed: Observed<TaskStep>): void =>
    void steps.set(task, [...(steps.get(task) ?? []), observed]);
  let end = 0;
  for (const operation of operations) {
    const { invoked, returned, op, outcome } = operation;
    end = Math.max(end, invoked, returned === Infinity ? 0 : returned);
    if (op === "read" && outcome === "ok")
      for (const seen of operation.output as TaskSeen[]) {
        const { version, state } = seen;
        add(seen.id, { invoked, returned, what: { op: "read", version, state, assignee: seen.assignee?.id } });
      }
    const what = stepOf(operation);
    if (what) add(idOf(operation), { invoked, returned, what });
  }
  for (const row of snapshot.tasks) {
    const state = row["state"] as TaskSeen["state"];
    if (state === "cancelled") add(id(row), { invoked: 0, returned: Infinity, what: { op: "cancelled" } });
    const assignee = (row["assignee"] as { id: string } | undefined)?.id;
    const what = { op: "read" as const, version: Number(row["version"]), state, assignee };
    // those whose turn never came were seen by nobody
    if (["open", "completed", "cancelled"].includes(state)) add(id(row), { invoked: end + 1, returned: end + 2, what });
  }
  return [...steps]
    .filter(([, observed]) => !isLinearizable(observed, taskModel))
    .map(([task]) => `order: no order of what people did with task ${task} explains what they saw`);
}

interface TaskSeen {
  id: string;
  version: number;
  state: "open" | "completed" | "cancelled";
  assignee?: { id: string };
}

function stepOf({ op, person, input, outcome, code = "" }: Operation): TaskStep | undefined {
  if (op !== "claim" && op !== "release" && op !== "complete" && op !== "transfer") return undefined;
  const version = Number(input["version"]);
  if (outcome === "fail") return { op, person, version, outcome, code };
  if (op === "transfer") return { op, person, version, outcome, to: String(input["to"]) };
  return { op, person, version, outcome };
}
