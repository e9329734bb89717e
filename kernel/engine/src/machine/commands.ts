import { ACTIVITIES } from "./activities.js";
import { finishActivity, leaveActivity } from "./activity.js";
import { returnFromCall, returnFromFailure } from "./call.js";
import { EngineError, type EngineErrorCode } from "./engine-error.js";
import { leaveAtLast } from "./leave.js";
import { type Instruction, modify } from "./modify.js";
import type { Run } from "./run.js";
import { begin as beginScope } from "./open-scope.js";
import { completeAdHoc } from "./scopes.js";
import { ROOT, type Token, type Variables, type Wait, type WaitKind } from "./state.js";
import { holds } from "./subscribe.js";
import { throwAt } from "./throw.js";
import { trigger } from "./trigger.js";
import { assign, assignLocal, removeVariables } from "./variables.js";

/** What can happen to an instance from outside. Ids are those of the effects. */
export type Command =
  | { type: "start"; variables: Variables; startEvent?: string }
  | { type: "complete-task"; task: string; variables: Variables }
  | { type: "complete-job"; job: string; variables: Variables }
  | { type: "fail-job"; job: string; message: string }
  /** A job, task or call ends with an error or escalation of the model, which its boundary events may catch. */
  | {
      type: "throw";
      wait: string;
      kind: "error" | "escalation";
      code?: string;
      message?: string;
      variables?: Variables;
    }
  /** Runs the element of an incident again. */
  | { type: "retry"; incident: string }
  | { type: "fire-timer"; timer: string }
  /** Goes on with a wait of the async hints. */
  | { type: "continue"; wait: string }
  /** To one wait, or to the oldest of this name whose correlation value is the same. */
  | { type: "message"; name?: string; wait?: string; correlation?: unknown; variables: Variables }
  /** To everything in the instance that waits for the name, or to one wait. */
  | { type: "signal"; name?: string; wait?: string; variables: Variables }
  | { type: "complete-call"; call: string; variables: Variables }
  | { type: "set-variables"; variables: Variables; token?: string; local?: boolean; remove?: string[] }
  /** Looks at the conditions again. */
  | { type: "evaluate-conditions" }
  | { type: "modify"; instructions: Instruction[] }
  | { type: "activate-ad-hoc"; wait: string; elements: string[] }
  | { type: "complete-ad-hoc"; wait: string }
  | { type: "suspend" }
  | { type: "activate" }
  | { type: "cancel"; reason: string };

const WHILE_SUSPENDED = new Set<Command["type"]>(["activate", "cancel", "modify", "set-variables", "suspend"]);

/** Does what a command says, up to the tokens that can move. */
export function begin(run: Run, command: Command): void {
  if (run.state.suspended && !WHILE_SUSPENDED.has(command.type))
    throw new EngineError("suspended", "The instance is suspended");
  switch (command.type) {
    case "start":
      start(run, command);
      break;
    case "complete-task":
      resume(run, waiting(run, "task", command.task), command.variables);
      break;
    case "complete-job":
      resume(run, waiting(run, "job", command.job), command.variables);
      break;
    case "complete-call": {
      const wait = waiting(run, "call", command.call);
      returnFromCall(run, holder(run, wait), wait, command.variables);
      break;
    }
    case "throw":
      thrown(run, command);
      break;
    case "fire-timer":
      trigger(run, waiting(run, "timer", command.timer), {});
      break;
    case "continue":
      proceed(run, waiting(run, "async", command.wait));
      break;
    case "message":
      trigger(run, addressed(run, "message", command), command.variables);
      break;
    case "signal":
      signal(run, command);
      break;
    case "fail-job": {
      const wait = waiting(run, "job", command.job);
      run.met(wait);
      run.incident(holder(run, wait), "job-failed", command.message);
      break;
    }
    case "retry": {
      const wait = waiting(run, "incident", command.incident);
      run.met(wait);
      if (wait.token !== undefined) run.ready.push(wait.token);
      break;
    }
    case "set-variables":
      setVariables(run, command);
      break;
    case "evaluate-conditions":
      for (const wait of run.places.waits(run.state, "condition"))
        if (run.state.waits[wait.id] && holds(run, wait)) trigger(run, wait, {});
      break;
    case "modify":
      modify(run, command.instructions);
      break;
    case "activate-ad-hoc":
      activate(run, waiting(run, "adhoc", command.wait), command.elements);
      break;
    case "complete-ad-hoc":
      completeAdHoc(run, run.scope(holder(run, waiting(run, "adhoc", command.wait)).inner ?? ROOT));
      break;
    case "suspend":
      run.record({ type: "instance-suspended" });
      break;
    case "activate":
      run.record({ type: "instance-activated" });
      break;
    case "cancel":
      run.clear(ROOT);
      run.drop(run.scope(ROOT).waits);
      run.record({ type: "instance-cancelled", reason: command.reason });
      break;
  }
}

function start(run: Run, command: Command & { type: "start" }): void {
  const { model } = run;
  const starts = command.startEvent === undefined ? (model.starts[""] ?? []) : [command.startEvent];
  if (starts.length === 0 || starts.some((id) => model.elements[id]?.scope !== ""))
    throw new EngineError("unknown-start", `${model.id} has no start ${command.startEvent ?? ""}`);
  run.record({ type: "instance-started", variables: command.variables });
  if (model.conditional) for (const name of Object.keys(command.variables)) run.changedBefore.set(name, "create");
  beginScope(run, ROOT, "", undefined);
  for (const start of starts) {
    const token = run.create(start, ROOT);
    if (command.startEvent !== undefined) run.passed.add(token.id);
  }
}

function resume(run: Run, wait: Wait, variables: Variables): void {
  const token = holder(run, wait);
  run.met(wait);
  assign(run, token, variables, token.element);
  finishActivity(run, token, run.element(token.element));
}

function thrown(run: Run, command: Command & { type: "throw" }): void {
  const wait = run.state.waits[command.wait];
  if (!wait || wait.token === undefined) throw unknown("wait", command.wait);
  const token = holder(run, wait);
  const { kind, code, message } = command;
  if (wait.kind === "call") returnFromFailure(run, token, command.variables ?? {});
  else assign(run, token, command.variables ?? {}, token.element);
  if (kind === "error") run.met(wait);
  throwAt(run, token, { kind, ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) });
}

function proceed(run: Run, wait: Wait): void {
  const token = holder(run, wait);
  run.met(wait);
  const element = run.element(token.element);
  if (wait.phase === "after" && ACTIVITIES.has(element.type)) leaveActivity(run, token, element);
  else if (wait.phase === "after") leaveAtLast(run, token, element);
  else {
    run.continued.add(token.id);
    run.ready.push(token.id);
  }
}

function addressed(
  run: Run,
  kind: "message" | "signal",
  command: { name?: string; wait?: string; correlation?: unknown },
): Wait {
  if (command.wait !== undefined) return waiting(run, kind, command.wait);
  for (const wait of run.places.waits(run.state, kind, command.name)) {
    if (wait.name !== command.name) continue;
    if (wait.correlation === undefined || JSON.stringify(wait.correlation) === JSON.stringify(command.correlation))
      return wait;
  }
  throw unknown(kind, command.name ?? "");
}

function signal(run: Run, command: Command & { type: "signal" }): void {
  if (command.wait !== undefined) {
    trigger(run, waiting(run, "signal", command.wait), command.variables);
    return;
  }
  const waits = run.places.waits(run.state, "signal", command.name).filter(({ name }) => name === command.name);
  if (waits.length === 0) throw unknown("signal", command.name ?? "");
  for (const wait of waits) if (run.state.waits[wait.id]) trigger(run, wait, command.variables);
}

function setVariables(run: Run, command: Command & { type: "set-variables" }): void {
  const token = run.find(command.token);
  if (command.token !== undefined && !token) throw unknown("token", command.token);
  if (command.local && token) assignLocal(run, token, command.variables);
  else assign(run, token, command.variables);
  removeVariables(run, token, command.remove ?? []);
}

function activate(run: Run, wait: Wait, elements: readonly string[]): void {
  const token = holder(run, wait);
  const { adHoc } = run.element(token.element);
  const scope = run.scope(token.inner ?? ROOT);
  const wrong = elements.find((id) => run.model.elements[id]?.scope !== token.element);
  if (wrong !== undefined) throw new EngineError("unknown-element", `${token.element} has no element ${wrong}`);
  if (adHoc?.sequential && scope.live + elements.length > 1)
    throw new EngineError("not-enabled", `${token.element} runs one activity at a time`);
  for (const element of elements) run.create(element, scope.id);
}

function holder(run: Run, wait: Wait): Token {
  const token = run.find(wait.token);
  if (!token) throw new Error(`wait ${wait.id} has no token`);
  return token;
}

function waiting(run: Run, kind: WaitKind, id: string): Wait {
  const wait = run.state.waits[id];
  if (wait?.kind !== kind) throw unknown(kind, id);
  return wait;
}

function unknown(kind: string, id: string): EngineError {
  return new EngineError(`unknown-${kind}` as EngineErrorCode, `No ${kind} ${id} waits in this instance`);
}
