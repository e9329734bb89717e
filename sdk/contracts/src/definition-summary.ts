import { Type, type Static } from "typebox";
import { Id, Instant, LocalText, Name } from "./text.js";

/** A matter that can be started: a process definition in its newest version. */
export const DefinitionSummary = Type.Object({
  id: Id,
  key: Type.String(),
  version: Type.Integer(),
  title: LocalText,
  /** The plugin that brought it, or absent for one imported by the bureau's administrator. */
  plugin: Type.Optional(Name),
  description: Type.Optional(Type.String()),
  /** Number of the matter in the bureau's catalogue, e.g. `B01`. */
  code: Type.Optional(Type.String()),
  /** What it belongs to in the catalogue. */
  group: Type.Optional(Type.String()),
  /** The position that answers for the process. */
  owner: Type.Optional(Type.String()),
  /** Papers that are filed when it is finished. */
  documents: Type.Optional(Type.Array(Type.String())),
  startable: Type.Boolean(),
  deployedAt: Instant,
});
export type DefinitionSummary = Static<typeof DefinitionSummary>;

/** Something in a BPMN file that stops it from running (`error`) or is ignored (`warning`); `code` has texts in `@jinshui/engine/problem-texts`. */
export const ProcessProblem = Type.Object({
  severity: Type.Enum(["error", "warning"]),
  code: Type.String(),
  element: Type.Optional(Type.String()),
  elementType: Type.Optional(Type.String()),
  elementName: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  params: Type.Optional(Type.Record(Type.String(), Type.String())),
});
export type ProcessProblem = Static<typeof ProcessProblem>;

/** A step that a position does in a process. */
export const PositionStep = Type.Object({
  position: Name,
  definition: Id,
  /** Key of the process. */
  matter: Type.String(),
  matterTitle: LocalText,
  element: Type.String(),
  step: Type.String(),
  /** Whether only those of the applicant's department do it. */
  ownDepartment: Type.Boolean(),
  dueDays: Type.Optional(Type.Number()),
});
export type PositionStep = Static<typeof PositionStep>;
