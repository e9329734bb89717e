import type { TaskPart } from "@jinshui/contracts";
import type { Row } from "@jinshui/storage";

/** What a task is for its step: absent where it is the step itself. */
export function partOf(task: Row): TaskPart | undefined {
  return (task["part"] ?? undefined) as TaskPart | undefined;
}

/** Whether what is done with a task decides the step; the others help who does it. */
export function decides(task: Row): boolean {
  const part = partOf(task);
  return part !== "before" && part !== "consult" && part !== "redo";
}

/** Words of an attribute that names several things. */
export function words(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,]+/u).filter((word) => word !== "");
}
