import { type FormSchema, fieldRight, sampleValues, type Scenario, type ScenarioAct } from "@jinshui/contracts";
import {
  type Command,
  decide,
  type EngineEvent,
  type InstanceState,
  type ProcessModel,
  waitsOf,
} from "@jinshui/engine";
import { actionIds } from "@jinshui/engine/site-check";

/** What became of a scenario: the way it went, and what was not as it should be. */
export interface ScenarioRun {
  /** User tasks in the order in which they were done. */
  steps: string[];
  ends: string[];
  /** Ids of the flows that were taken. */
  flows: string[];
  faults: ScenarioFault[];
}

export interface ScenarioFault {
  kind: "no-action" | "bad-value" | "stuck" | "other-end" | "other-steps" | "endless";
  params: Record<string, string>;
}

const MAX_STEPS = 1_000;
/** Actions that need no complete form. */
const BACK = new Set(["return", "reject", "withdraw"]);

/** Goes a scenario's way with the engine that sites run; jobs succeed and timers fire. */
export function runScenario(model: ProcessModel, forms: readonly FormSchema[], scenario: Scenario): ScenarioRun {
  const run: ScenarioRun = { steps: [], ends: [], flows: [], faults: [] };
  const now = "2026-01-15T01:00:00.000Z";
  const [start = ""] = model.starts[""] ?? [];
  const given = new Map(Object.entries(scenario.steps).map(([step, acts]) => [step, [...acts]]));
  const fill = (element: string, values: Record<string, unknown>, complete: boolean, known: object): object => {
    const form = forms.find(({ id }) => id === model.elements[element]?.extensions["form"]);
    const filled = complete ? { ...sampleValues(form, element, element === start), ...values } : values;
    run.faults.push(...formFaults(form, element, element === start, filled, complete ? known : undefined));
    return filled;
  };
  const note = (events: readonly EngineEvent[]): void => {
    for (const event of events) {
      if ((event.type === "token-created" || event.type === "token-moved") && event.flow !== undefined)
        run.flows.push(event.flow);
      if (event.type === "element-left" && model.elements[event.element]?.type === "endEvent")
        run.ends.push(event.element);
    }
  };
  const applied = fill(start, scenario.start, true, {});
  const begun = decide(model, undefined, { type: "start", variables: { steps: {}, ...applied } }, now);
  note(begun.events);
  let state: InstanceState = begun.state;
  for (let count = 0; state.status === "active"; count += 1) {
    const wait = waitsOf(state).find(({ kind }) => kind !== "join");
    const element = wait && model.elements[wait.element];
    if (!wait || !element || wait.kind === "incident" || count >= MAX_STEPS) {
      run.faults.push({ kind: count >= MAX_STEPS ? "endless" : "stuck", params: { element: wait?.element ?? "" } });
      return run;
    }
    let command: Command | undefined;
    if (wait.kind === "task") {
      run.steps.push(element.id);
      const actions = actionIds(element.extensions);
      const act: ScenarioAct = given.get(element.id)?.shift() ?? { action: actions[0] ?? "" };
      if (!actions.includes(act.action))
        run.faults.push({ kind: "no-action", params: { step: element.id, action: act.action } });
      const known = state.variables;
      const values = fill(element.id, act.values ?? {}, !BACK.has(act.action), known);
      const steps = { ...(known["steps"] as object), [element.id]: { action: act.action, opinion: act.opinion ?? "" } };
      command = { type: "complete-task", task: wait.id, variables: { ...values, steps } };
    } else if (wait.kind === "job") command = { type: "complete-job", job: wait.id, variables: {} };
    else if (wait.kind === "timer") command = { type: "fire-timer", timer: wait.id };
    if (!command) {
      run.faults.push({ kind: "stuck", params: { element: element.id } });
      return run;
    }
    const decision = decide(model, state, command, now);
    note(decision.events);
    state = decision.state;
  }
  compare(run, scenario);
  return run;
}

function compare({ ends, steps, faults }: ScenarioRun, { expect }: Scenario): void {
  if (!ends.includes(expect.end))
    faults.push({ kind: "other-end", params: { expected: expect.end, found: ends.join(" ") } });
  if ([...steps].sort().join(" ") !== [...expect.steps].sort().join(" "))
    faults.push({ kind: "other-steps", params: { expected: expect.steps.join(" "), found: steps.join(" ") } });
}

/** Values that a step can't write, and fields without one that it has to fill in; a site then says which value does not fit. */
function formFaults(
  form: FormSchema | undefined,
  step: string,
  isStart: boolean,
  values: object,
  known: object | undefined,
): ScenarioFault[] {
  const all = { ...known, ...values };
  const components = form?.components ?? [];
  const written = Object.keys(values).filter((key) => {
    const component = components.find((candidate) => candidate.key === key);
    return !component || !["edit", "required"].includes(fieldRight(component, step, isStart));
  });
  const missing = components.flatMap((component) =>
    known !== undefined && fieldRight(component, step, isStart) === "required" && !(String(component.key) in all)
      ? [String(component.key)]
      : [],
  );
  return [...written, ...missing].map((field) => ({ kind: "bad-value" as const, params: { step, field } }));
}
