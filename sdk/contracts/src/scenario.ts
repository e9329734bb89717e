import { Type, type Static } from "typebox";
import { LocalText, Name } from "./text.js";

const Values = Type.Record(Type.String(), Type.Unknown());

/** What is done at a step. */
export const ScenarioAct = Type.Object(
  {
    action: Name,
    opinion: Type.Optional(Type.String({ maxLength: 2_000 })),
    /** What is filled in beside what the form asks for anyway. */
    values: Type.Optional(Values),
  },
  { additionalProperties: false },
);
export type ScenarioAct = Static<typeof ScenarioAct>;

/**
 * One way through a process, recorded to be gone again with a new version of it (业务测试). A step does what it is told the first, the
 * second … time, and its first action when it is told nothing; fields that must be filled in get samples where no value is given.
 */
export const Scenario = Type.Object(
  {
    id: Name,
    title: LocalText,
    /** What the start form is filled in with. */
    start: Values,
    steps: Type.Record(Type.String(), Type.Array(ScenarioAct)),
    expect: Type.Object(
      {
        /** Id of the end event that is reached. */
        end: Type.String(),
        /** Ids of the steps that are done, as often as they are, in any order. */
        steps: Type.Array(Type.String()),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type Scenario = Static<typeof Scenario>;

/** `scenarios/<process>.json` of a plugin. */
export const ScenarioFile = Type.Object(
  {
    /** Id of the process. */
    process: Type.String({ minLength: 1, maxLength: 100 }),
    scenarios: Type.Array(Scenario, { minItems: 1, maxItems: 50 }),
  },
  { additionalProperties: false },
);
export type ScenarioFile = Static<typeof ScenarioFile>;
