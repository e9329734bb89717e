import { Type, type Static } from "typebox";
import { ActorRef, Id, Instant } from "./text.js";

/**
 * What a task is for its step, where it is not the step itself: one of several who sign, a second officer's confirmation,
 * somebody added before or after, an opinion that was asked for, or the redoing of an earlier step for it.
 */
export const TASK_PARTS = ["sign", "confirm", "before", "after", "consult", "redo"] as const;
export type TaskPart = (typeof TASK_PARTS)[number];

/** What people do with tasks besides their actions. */
export const TASK_OPERATIONS = [
  "send-back",
  "transfer",
  "add-signers",
  "consult",
  "send-copies",
  "save-draft",
] as const;

/** One of several tasks of a step. */
export const RoundTask = Type.Object({
  id: Id,
  part: Type.Optional(Type.Enum(TASK_PARTS)),
  step: Type.String(),
  state: Type.Enum(["planned", "open", "completed", "cancelled"]),
  assignee: Type.Optional(ActorRef),
  action: Type.Optional(Type.String()),
  /** Whether the actor may take it away. */
  removable: Type.Boolean(),
});
export type RoundTask = Static<typeof RoundTask>;

/** Values of a task's form that somebody has kept. */
export const TaskDraft = Type.Object({
  values: Type.Record(Type.String(), Type.Unknown()),
  opinion: Type.Optional(Type.String()),
  savedAt: Instant,
  /** That the matter has changed since: what was kept may no longer fit. */
  outdated: Type.Boolean(),
});
export type TaskDraft = Static<typeof TaskDraft>;
