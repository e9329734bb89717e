import type { ProcessModel } from "../model/model.js";
import { behaviours } from "./behaviours.js";
import { EngineError } from "./engine-error.js";
import { openInclusiveJoin } from "./join.js";
import { type Effect, Run } from "./run.js";
import { draftOf, type EngineEvent, initialState, type InstanceState, type Token, type Variables } from "./state.js";

/** What can happen to an instance from outside. Ids are those of the effects. */
export type Command =
  | { type: "start"; variables: Variables; startEvent?: string }
  | { type: "complete-task"; task: string; variables: Variables }
  | { type: "complete-job"; job: string; variables: Variables }
  | { type: "fail-job"; job: string; message: string }
  /** Runs the element of an incident again. */
  | { type: "retry"; incident: string }
  | { type: "fire-timer"; timer: string }
  | { type: "cancel"; reason: string };

export interface Decision {
  state: InstanceState;
  events: EngineEvent[];
  effects: Effect[];
}

export interface DecideOptions {
  /** Element steps of one decision before it is taken for an endless loop. Default 10,000. */
  stepLimit?: number;
}

/**
 * Decides what follows from a command: the next state, the facts that lead to it, and what the caller has to do. Pure: the
 * same model, state, command and `now` give the same answer, and none of them is changed.
 *
 * @param now ISO instant that timers count from.
 * @throws EngineError when the command does not fit the instance.
 */
export function decide(
  model: ProcessModel,
  state: InstanceState | undefined,
  command: Command,
  now: string,
  options: DecideOptions = {},
): Decision {
  if (command.type === "start" ? state !== undefined : state === undefined) {
    throw new EngineError(
      state ? "already-started" : "not-started",
      `${command.type} does not fit: the instance has ${state ? "" : "not "}started`,
    );
  }
  if (state && state.status !== "active") throw new EngineError("not-active", `The instance is ${state.status}`);
  const run = new Run(model, state ? draftOf(state) : initialState(), now);
  begin(run, command);
  settle(run, options.stepLimit ?? 10_000);
  return { state: run.state, events: run.events, effects: run.effects };
}

function begin(run: Run, command: Command): void {
  switch (command.type) {
    case "start": {
      const starts = command.startEvent === undefined ? (run.model.starts[""] ?? []) : [command.startEvent];
      if (starts.length === 0 || starts.some((id) => run.model.elements[id]?.scope !== "")) {
        throw new EngineError("unknown-start", `${run.model.id} has no start ${command.startEvent ?? ""}`);
      }
      run.record({ type: "instance-started", variables: command.variables });
      for (const start of starts) run.create(start, "");
      break;
    }
    case "complete-task":
      resume(run, waiting(run, "task", command.task), command.variables);
      break;
    case "complete-job":
      resume(run, waiting(run, "job", command.job), command.variables);
      break;
    case "fire-timer":
      resume(run, waiting(run, "timer", command.timer), {});
      break;
    case "fail-job": {
      const token = waiting(run, "job", command.job);
      if (token.wait) run.continue(token, token.wait);
      run.incident(token, "job-failed", command.message);
      break;
    }
    case "retry": {
      const token = waiting(run, "incident", command.incident);
      if (token.wait) run.continue(token, token.wait);
      run.ready.push(token.id);
      break;
    }
    case "cancel":
      run.clear("");
      run.record({ type: "instance-cancelled", reason: command.reason });
      break;
  }
}

function waiting(run: Run, kind: "task" | "job" | "timer" | "incident", id: string): Token {
  const token = run.state.tokens.find(({ wait }) => wait?.kind === kind && wait.id === id);
  if (!token) throw new EngineError(`unknown-${kind}`, `No ${kind} ${id} waits in this instance`);
  return token;
}

function resume(run: Run, token: Token, variables: Variables): void {
  if (token.wait) run.continue(token, token.wait);
  run.setVariables(variables, token.element);
  run.leaveByOpenFlows(token, run.element(token.element));
}

/** Moves tokens until all of them wait. */
function settle(run: Run, stepLimit: number): void {
  let steps = 0;
  do {
    for (let id = run.ready.shift(); id !== undefined; id = run.ready.shift()) {
      const token = run.find(id);
      if (!token || token.wait) continue;
      steps += 1;
      if (steps > stepLimit) {
        run.incident(token, "endless-loop", `More than ${stepLimit} steps without a wait`);
        continue;
      }
      const element = run.element(token.element);
      behaviours[element.type](run, token, element);
    }
  } while (openInclusiveJoin(run));
}
