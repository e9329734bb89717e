import { Type, type Static } from "typebox";
import { ActorRef, Id, Instant, LocalText } from "./text.js";

/** What can stop a matter where only a person helps; the engine's codes. */
const IncidentCode = Type.Enum([
  "dead-join",
  "no-open-flow",
  "condition-failed",
  "subscription-failed",
  "timer-failed",
  "mapping-failed",
  "link-target",
  "endless-loop",
  "no-transaction",
  "job-failed",
  "call-failed",
  "loop-failed",
  "script-failed",
  "expression-failed",
  "decision-failed",
  "uncaught-error",
]);

/** One line of a matter's history. */
export const HistoryEntry = Type.Object({
  at: Instant,
  type: Type.Enum([
    "started",
    "task-created",
    "task-claimed",
    "task-handed-over",
    "task-completed",
    "task-cancelled",
    "job-completed",
    "timer-fired",
    "deadline-changed",
    "clock-stopped",
    "clock-resumed",
    "reminded",
    "incident",
    "incident-resolved",
    "completed",
    "cancelled",
    "suspended",
    "resumed",
    "migrated",
    "archived",
  ]),
  by: Type.Optional(ActorRef),
  /** For whom it was done, where that person's position was used. */
  onBehalfOf: Type.Optional(ActorRef),
  position: Type.Optional(LocalText),
  element: Type.Optional(Type.String()),
  step: Type.Optional(Type.String()),
  /** The task that was completed. */
  task: Type.Optional(Id),
  action: Type.Optional(Type.String()),
  actionTitle: Type.Optional(LocalText),
  opinion: Type.Optional(Type.String()),
  /** Form fields changed in this step. */
  changes: Type.Optional(
    Type.Array(
      Type.Object({ key: Type.String(), label: Type.String(), before: Type.Unknown(), after: Type.Unknown() }),
    ),
  ),
  /** What happened to a deadline, of the step named or else of the whole matter. */
  deadline: Type.Optional(
    Type.Object({
      before: Type.Optional(Instant),
      after: Type.Optional(Instant),
      /** Why it is another: the calendar was changed, or the clock went on. */
      cause: Type.Optional(Type.Enum(["calendar", "clock"])),
      /** Stopping: the provision it follows from. */
      basis: Type.Optional(Type.String()),
      /** Reminding: `third`, `before-1`, `overdue`, `after-3`, with working days. */
      stage: Type.Optional(Type.String()),
      /** Reminding: who was, and which superiors were told. */
      people: Type.Optional(Type.Array(Type.String())),
      superiors: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  /** Incidents: the engine's code for what went wrong, such as `dead-join`; `message` has the details. */
  code: Type.Optional(IncidentCode),
  message: Type.Optional(Type.String()),
});
export type HistoryEntry = Static<typeof HistoryEntry>;

/** Where a matter is stuck, and why. */
export const Incident = Type.Object({
  element: Type.String(),
  step: Type.String(),
  code: IncidentCode,
  message: Type.String(),
});
export type Incident = Static<typeof Incident>;
