import type { Row } from "@jinshui/storage";
import { actionsNamed, actionsOf, isNegative } from "../definition/actions.js";
import { partOf } from "./task-part.js";

/** What can be done with a task: a step's own actions, fewer for those who were only added to it. */
export function actionsFor(task: Row, extensions: Record<string, string>): ReturnType<typeof actionsOf> {
  const own = actionsOf(extensions);
  switch (partOf(task)) {
    case "consult":
      return actionsNamed(["reply"]);
    case "before":
      return actionsNamed(["approve", "object"]);
    case "after":
      return [...actionsNamed(["approve"]), ...own.filter(({ id }) => isNegative(id))];
    case "redo":
      return own.filter(({ id }) => !isNegative(id));
    default:
      return own;
  }
}

/** Whether who does a task fills in the step's form: those who were added only read it. */
export function writesForm(task: Row): boolean {
  const part = partOf(task);
  return part !== "consult" && part !== "before" && part !== "after";
}
