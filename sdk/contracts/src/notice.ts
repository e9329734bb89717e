import { Type, type Static } from "typebox";
import { Id, Instant } from "./text.js";

/** Something a person should know: a task that has come, a matter that has ended or is late. */
export const Notice = Type.Object({
  id: Id,
  kind: Type.Enum([
    "task",
    "finished",
    "cancelled",
    "returned",
    "incident",
    "copy",
    "urged",
    "due-soon",
    "overdue",
    "overdue-below",
    "calendar-missing",
  ]),
  title: Type.String(),
  step: Type.Optional(Type.String()),
  task: Type.Optional(Id),
  /** Absent for what concerns no matter: `calendar-missing`. */
  instance: Type.Optional(Id),
  at: Instant,
  read: Type.Boolean(),
});
export type Notice = Static<typeof Notice>;
