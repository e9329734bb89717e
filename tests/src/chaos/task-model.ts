import type { ObjectModel } from "./linearizable.js";

/** A task as its clients see it; the version is unknown until somebody has read it. */
export interface TaskState {
  version: number | undefined;
  assignee: string | undefined;
  state: "open" | "completed" | "cancelled";
}

/** What somebody did with a task, and what came of it. */
export type TaskStep =
  | { op: "read"; version: number; assignee: string | undefined; state: TaskState["state"] }
  | { op: "claim" | "release" | "complete"; person: string; version: number; outcome: "ok" | "info" }
  | { op: "transfer"; person: string; to: string; version: number; outcome: "ok" | "info" }
  | {
      op: "claim" | "release" | "complete" | "transfer";
      person: string;
      version: number;
      outcome: "fail";
      code: string;
    }
  /** The process took it away: another branch, signature or person has made it needless. */
  | { op: "cancelled" };

/** A task that people take, give back, hand over and finish, each with the version they have read. */
export const taskModel: ObjectModel<TaskState, TaskStep> = {
  initial: { version: undefined, assignee: undefined, state: "open" },
  step(task, what) {
    if (what.op === "cancelled") return task.state === "open" ? [{ ...task, ...next(task), state: "cancelled" }] : [];
    if (what.op === "read") {
      const isSo =
        task.state === what.state &&
        (task.version ?? what.version) === what.version &&
        (task.state !== "open" || task.assignee === what.assignee);
      return isSo ? [{ ...task, version: what.version }] : [];
    }
    if (what.outcome === "fail") return mayBeRefused(task, what.person, what.version, what.code) ? [task] : [];
    if (task.state !== "open" || (task.version ?? what.version) !== what.version) return [];
    if (task.assignee !== undefined && task.assignee !== what.person) return [];
    const version = what.version + 1;
    switch (what.op) {
      case "claim":
        return [{ ...task, version, assignee: what.person }];
      case "release":
        return task.assignee === what.person ? [{ ...task, version, assignee: undefined }] : [];
      case "transfer":
        return [{ ...task, version, assignee: what.to }];
      case "complete":
        return [{ ...task, version, assignee: what.person, state: "completed" }];
    }
  },
};

function next({ version }: TaskState): { version: number | undefined } {
  return { version: version === undefined ? undefined : version + 1 };
}

/** Whether the reason given for a refusal was true; of reasons that lie outside of the task nothing is known. */
function mayBeRefused(task: TaskState, person: string, version: number, code: string): boolean {
  switch (code) {
    case "task-closed":
      return task.state !== "open";
    case "task-taken":
      return task.state === "open" && task.assignee !== undefined && task.assignee !== person;
    case "stale-version":
      return task.state === "open" && (task.version === undefined || task.version !== version);
    default:
      return true;
  }
}
