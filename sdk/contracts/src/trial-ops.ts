import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { FormSchema } from "./form.js";
import { ActorRef, Cursor, Id, Instant, LocalText, Name } from "./text.js";

const closed = { additionalProperties: false };
const Values = Type.Record(Type.String(), Type.Unknown());
const Reason = Type.String({ minLength: 2, maxLength: 500 });

/** Goes through processes as a trial and keeps what it did as scenarios; who may release processes may do this, too. */
export const TRIAL_PERMISSION = "site.trials";
/** Acts of one trial. */
export const MAX_TRIAL_ACTS = 200;
/** Scenarios that one request replays. */
export const MAX_REPLAYED = 20;
/** Scenarios of a process in a bureau. */
export const MAX_SCENARIOS = 200;

const Kind = Type.Enum(["task", "job", "timer", "message", "signal", "call"]);

/** Something done in a trial: a step finished by somebody, or what else the process waits for come to pass. */
export const TrialAct = Type.Object(
  {
    kind: Kind,
    element: Type.String({ maxLength: 200 }),
    /** What the element was called, for finding it again in a version that has given it another id. */
    step: Type.Optional(Type.String({ maxLength: 200 })),
    /** Steps: as whom it is done. */
    by: Type.Optional(Type.Object({ id: Id, name: Type.String({ maxLength: 100 }) }, closed)),
    action: Type.Optional(Name),
    opinion: Type.Optional(Type.String({ maxLength: 2000 })),
    values: Type.Optional(Values),
  },
  closed,
);
export type TrialAct = Static<typeof TrialAct>;

/** All that was done in a trial: doing it again gives the same. */
export const TrialScript = Type.Object(
  { start: Values, acts: Type.Array(TrialAct, { maxItems: MAX_TRIAL_ACTS }) },
  closed,
);
export type TrialScript = Static<typeof TrialScript>;

/** What a trial waits for. */
export const TrialWait = Type.Object({
  kind: Type.Enum(["task", "job", "timer", "message", "signal", "call", "other"]),
  element: Type.String(),
  step: Type.String(),
  form: Type.Optional(FormSchema),
  actions: Type.Optional(
    Type.Array(Type.Object({ id: Name, title: LocalText, tone: Type.String(), opinion: Type.String() })),
  ),
  /** Who could do the step, the first 50. */
  candidates: Type.Optional(Type.Array(ActorRef)),
  /** Several sign it; a trial asks once, for what they come to. */
  several: Type.Optional(Type.Boolean()),
  dueAt: Type.Optional(Instant),
});
export type TrialWait = Static<typeof TrialWait>;

/** A recorded way through a process, by those who know the business. */
export const ScenarioSummary = Type.Object({
  id: Id,
  name: Type.String(),
  /** The version it was recorded with. */
  version: Type.Integer(),
  acts: Type.Integer(),
  by: ActorRef,
  at: Instant,
});
export type ScenarioSummary = Static<typeof ScenarioSummary>;

/** What became of a scenario in a version: the same, or where it went another way first. */
export const ScenarioResult = Type.Object({
  scenario: ScenarioSummary,
  same: Type.Boolean(),
  /** Which act it was, from 1; 0 is the start. */
  at: Type.Optional(Type.Integer()),
  /** `impossible`: it could not be done there; `elsewhere`: it went on elsewhere; `form`: the form did not take what was filled in. */
  difference: Type.Optional(Type.Enum(["impossible", "elsewhere", "form"])),
  did: Type.Optional(Type.String()),
  action: Type.Optional(LocalText),
  /** Names of steps, or of end events, before and now; of a form its fields that do not fit. */
  expected: Type.Optional(Type.Array(Type.String())),
  now: Type.Optional(Type.Array(Type.String())),
});
export type ScenarioResult = Static<typeof ScenarioResult>;

/** Trials of processes before they are released (业务测试). Part of `workflowApi`. */
export const trialOps = {
  /** Does all acts of a trial from its start and says where it stands; nothing is kept (permission `site.trials` or `site.processes`). */
  trial: op({
    effect: "read",
    http: { method: "POST", path: "/processes/:id/trial" },
    actor: "required",
    input: Type.Object({ id: Id, script: Type.Optional(TrialScript) }, closed),
    output: Type.Object({
      /** That brought the process. */
      plugin: Type.Optional(Name),
      startEvent: Type.String(),
      startForm: Type.Optional(FormSchema),
      variables: Values,
      activeElements: Type.Array(Type.String()),
      passedElements: Type.Array(Type.String()),
      waiting: Type.Array(TrialWait),
      /** Names of the ends reached, once it is over. */
      ended: Type.Optional(Type.Array(Type.String())),
    }),
  }),
  /** Keeps a trial that has come to its end as a scenario of the process (permission as `trial`). */
  saveScenario: op({
    effect: "write",
    http: { method: "POST", path: "/processes/:id/scenarios" },
    actor: "required",
    input: Type.Object({ id: Id, name: Type.String({ minLength: 2, maxLength: 100 }), script: TrialScript }, closed),
    output: ScenarioSummary,
  }),
  removeScenario: op({
    effect: "write",
    http: { method: "DELETE", path: "/scenarios/:id" },
    actor: "required",
    input: Type.Object({ id: Id }, closed),
    output: Type.Object({}),
  }),
  /** The scenarios of a process, replayed with one of its versions, a page of them (permission as `trial`). */
  replayScenarios: op({
    effect: "read",
    http: { method: "POST", path: "/processes/:id/scenarios/replay" },
    actor: "required",
    input: Type.Object(
      {
        id: Id,
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_REPLAYED })),
        cursor: Type.Optional(Cursor),
      },
      closed,
    ),
    output: Type.Object({
      results: Type.Array(ScenarioResult),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  /**
   * Makes a draft the version that new matters follow; its scenarios are replayed first, and where one goes another way a reason is
   * needed: else 409 `conflict` (permission `site.processes`).
   */
  releaseVersion: op({
    effect: "write",
    http: { method: "POST", path: "/processes/:id/release" },
    actor: "required",
    input: Type.Object({ id: Id, reason: Type.Optional(Reason) }, closed),
    output: Type.Object({ scenarios: Type.Integer(), different: Type.Integer() }),
  }),
};
