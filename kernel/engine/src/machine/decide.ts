import type { ElementModel, ProcessModel } from "../model/model.js";
import { finishActivity, hintCounts, prepareActivity } from "./activity.js";
import { ACTIVITIES } from "./activities.js";
import { behaviours } from "./behaviours.js";
import { begin as beginCommand, type Command } from "./commands.js";
import { EngineError } from "./engine-error.js";
import { openInclusiveJoin, reportDeadJoins } from "./join.js";
import { leaveByOpenFlows } from "./leave.js";
import { openLoop } from "./loops.js";
import type { DecideOptions } from "./options.js";
import { type Effect, Run } from "./run.js";
import { scopeEmptied } from "./scopes.js";
import { draftOf, type EngineEvent, initialState, type InstanceState, type Token } from "./state.js";
import { trueConditions } from "./subscribe.js";
import { trigger } from "./trigger.js";
import { evaluate, skipping } from "./variables.js";

export interface Decision {
  state: InstanceState;
  events: EngineEvent[];
  effects: Effect[];
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
  return advance(model, state && draftOf(state), command, now, options);
}

/**
 * As {@link decide}, but changes the given state itself: what a step costs does not grow with the tokens of the instance.
 * A state whose command was refused is no longer of use.
 */
export function advance(
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
  const run = new Run(model, state ?? initialState(), now, options);
  beginCommand(run, command);
  settle(run, options.stepLimit ?? 10_000);
  if (run.state.open === 0 && run.state.status === "active") reportDeadJoins(run);
  if (run.transient.size > 0) run.record({ type: "variables-removed", names: [...run.transient] });
  return { state: run.state, events: run.events, effects: run.effects };
}

/** Moves tokens until all of them wait. */
function settle(run: Run, stepLimit: number): void {
  let steps = 0;
  const conditional = run.model.conditional === true;
  close(run);
  do {
    while (run.head < run.ready.length) {
      const token = run.find(run.ready[run.head]);
      run.head += 1;
      if (!token) continue;
      steps += 1;
      if (steps > stepLimit + run.allowance)
        run.incident(token, "endless-loop", `More than ${stepLimit} steps without a wait`);
      else work(run, token);
      close(run);
      if (conditional && steps <= stepLimit) conditions(run);
    }
    if (conditional && steps <= stepLimit) {
      steps += 1;
      conditions(run);
    }
  } while (run.head < run.ready.length || (run.state.status === "active" && joined(run)));
}

/** Ends the scopes and activities that are done. */
function close(run: Run): void {
  for (;;) {
    const scope = run.emptied.pop();
    const done = scope === undefined ? run.finished.pop() : undefined;
    if (scope !== undefined) scopeEmptied(run, scope);
    else if (done === undefined) return;
    else {
      const token = run.find(done);
      if (token) finishActivity(run, token, run.element(token.element));
    }
  }
}

function joined(run: Run): boolean {
  const opened = openInclusiveJoin(run);
  close(run);
  return opened;
}

function conditions(run: Run): void {
  for (const wait of trueConditions(run)) {
    if (!run.state.waits[wait.id]) continue;
    trigger(run, wait, {});
    close(run);
  }
}

/** Lets a token do what its element does. */
function work(run: Run, token: Token): void {
  const element = run.element(token.element);
  const passed = run.passed.size > 0 && run.passed.delete(token.id);
  if (
    run.options.async &&
    element.asyncBefore &&
    hintCounts(run, token, element, "before") &&
    !run.continued.delete(token.id)
  ) {
    run.wait({ kind: "async", element: element.id, token: token.id, phase: "before" });
    return;
  }
  if (ACTIVITIES.has(element.type)) activity(run, token, element, passed);
  else behaviours[element.type](run, token, element, passed);
}

function activity(run: Run, token: Token, element: ElementModel, passed: boolean): void {
  const inner = run.isInner(token);
  if (element.skip !== undefined && !inner && skipping(run, token) && skipped(run, token, element)) return;
  if (!prepareActivity(run, token, element)) return;
  if (element.loop && !inner) openLoop(run, token, element, element.loop);
  else behaviours[element.type](run, token, element, passed);
}

function skipped(run: Run, token: Token, element: ElementModel): boolean {
  const answer = evaluate(run, element.skip ?? "", token);
  if ("error" in answer) {
    run.incident(token, "condition-failed", `Skip expression of ${element.id}: ${answer.error}`);
    return true;
  }
  if (answer.value !== true) return false;
  leaveByOpenFlows(run, token, element);
  return true;
}
