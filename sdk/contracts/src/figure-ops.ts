import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { FileRef } from "./file.js";
import { Cursor, Id, Instant, Limit, LocalText, Name } from "./text.js";

const closed = { additionalProperties: false };

/** A month in China, e.g. `2026-11`. */
export const Month = Type.String({ pattern: "^\\d{4}-(?:0[1-9]|1[0-2])$" });

/** What steps are told apart by. A `step` is an element of a process: `<process>/<element>`. */
export const StepDimension = Type.Enum(["month", "bureau", "department", "position", "person", "matter", "step"]);
export type StepDimension = Static<typeof StepDimension>;
/** What matters are told apart by; `department` and `person` are the applicant's. */
export const MatterDimension = Type.Enum(["month", "bureau", "department", "person", "matter"]);
export type MatterDimension = Static<typeof MatterDimension>;

/**
 * What is counted of steps in a period: those that `arrived`; that were `done`; done ones that had a limit (`due`) and kept it
 * (`onTime`) or not (`late`); done ones that sent the matter back (`returned`); and at the end of the period those still `open`, and open past
 * their limit (`overdue`).
 */
export const StepMeasure = Type.Enum(["arrived", "done", "due", "onTime", "late", "returned", "open", "overdue"]);
export type StepMeasure = Static<typeof StepMeasure>;
/** The same of matters: `smooth` ones were finished without being sent back. */
export const MatterMeasure = Type.Enum([
  "arrived",
  "done",
  "due",
  "onTime",
  "late",
  "smooth",
  "cancelled",
  "open",
  "overdue",
]);
export type MatterMeasure = Static<typeof MatterMeasure>;

/** Minutes that what was done took, by the clock on the wall; percentiles by nearest rank. */
export const Durations = Type.Object({ average: Type.Integer(), median: Type.Integer(), p90: Type.Integer() });
export type Durations = Static<typeof Durations>;

const period = { from: Month, to: Month };
/** Which ones: without `bureau` the actor's own; `below` adds those under it. */
const scope = {
  bureau: Type.Optional(Name),
  below: Type.Optional(Type.Boolean()),
  department: Type.Optional(Name),
  person: Type.Optional(Id),
  matter: Type.Optional(Type.String({ maxLength: 100 })),
};
const stepScope = {
  ...scope,
  position: Type.Optional(Name),
  step: Type.Optional(Type.String({ maxLength: 301 })),
};
const page = { limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) };
const paged = { nextCursor: Type.Optional(Cursor), total: Type.Integer() };

const group = {
  /** Absent where nothing is told apart; empty for what has none, such as the department of an applicant who has left. */
  key: Type.Optional(Type.String()),
  title: Type.Optional(LocalText),
  durations: Type.Optional(Durations),
};
export const StepFigures = Type.Object({
  ...group,
  counts: Type.Record(StepMeasure, Type.Integer()),
});
export type StepFigures = Static<typeof StepFigures>;
export const MatterFigures = Type.Object({
  ...group,
  counts: Type.Record(MatterMeasure, Type.Integer()),
});
export type MatterFigures = Static<typeof MatterFigures>;

const counted = {
  instance: Id,
  bureau: Name,
  number: Type.String(),
  matter: Type.String(),
  matterTitle: LocalText,
  /** Only for who may open the matter. */
  title: Type.Optional(Type.String()),
  dueAt: Type.Optional(Instant),
  endedAt: Type.Optional(Instant),
  minutes: Type.Optional(Type.Integer()),
};
/** A step that a figure counts. */
export const CountedStep = Type.Object({
  ...counted,
  task: Id,
  step: Type.String(),
  position: Type.Optional(LocalText),
  person: Type.Optional(Type.String()),
  arrivedAt: Instant,
  action: Type.Optional(Type.String()),
});
export type CountedStep = Static<typeof CountedStep>;
/** A matter that a figure counts. */
export const CountedMatter = Type.Object({ ...counted, applicant: Type.String(), startedAt: Instant });
export type CountedMatter = Static<typeof CountedMatter>;

/**
 * Figures of what was done, computed from it and never typed; a part of the workflow API. With `site.figures` the bureau's, with
 * `site.figures-below` those of bureaus under it as well; everybody sees the steps they did themselves.
 */
export const figureOps = {
  /** `asOf`: the site's time when they were computed; what is open is open then, where the period has not ended. */
  stepFigures: op({
    effect: "read",
    http: { method: "GET", path: "/figures/steps" },
    actor: "required",
    input: Type.Object({ ...period, ...stepScope, by: Type.Optional(StepDimension), ...page }, closed),
    output: Type.Object({ figures: Type.Array(StepFigures), asOf: Instant, ...paged }),
  }),
  matterFigures: op({
    effect: "read",
    http: { method: "GET", path: "/figures/matters" },
    actor: "required",
    input: Type.Object({ ...period, ...scope, by: Type.Optional(MatterDimension), ...page }, closed),
    output: Type.Object({ figures: Type.Array(MatterFigures), asOf: Instant, ...paged }),
  }),
  /** The very steps that a figure counts. */
  countedSteps: op({
    effect: "read",
    http: { method: "GET", path: "/figures/steps/counted" },
    actor: "required",
    input: Type.Object({ ...period, ...stepScope, measure: StepMeasure, ...page }, closed),
    output: Type.Object({ steps: Type.Array(CountedStep), ...paged }),
  }),
  /** The very matters that a figure counts. */
  countedMatters: op({
    effect: "read",
    http: { method: "GET", path: "/figures/matters/counted" },
    actor: "required",
    input: Type.Object({ ...period, ...scope, measure: MatterMeasure, ...page }, closed),
    output: Type.Object({ matters: Type.Array(CountedMatter), ...paged }),
  }),
  /** Computes all figures of the bureau anew from what is stored of its matters; takes `site.figures`. */
  rebuildFigures: op({
    effect: "write",
    http: { method: "POST", path: "/figures/rebuild" },
    actor: "required",
    callers: "kernel",
    input: Type.Object({}, closed),
    output: Type.Object({ matters: Type.Integer(), steps: Type.Integer() }),
  }),
  /**
   * The history of matters that ended in a period as an event log for process mining (XES, IEEE 1849): a file of the one who
   * asks, for a day. Takes `site.figures`; without `site.instances`, people have made-up names and matters no titles.
   */
  exportMatterLog: op({
    effect: "write",
    audited: true,
    http: { method: "POST", path: "/figures/log" },
    actor: "required",
    input: Type.Object({ ...period, matter: Type.Optional(Type.String({ maxLength: 100 })) }, closed),
    output: FileRef,
  }),
};
