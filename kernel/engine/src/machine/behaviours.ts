import { linkTarget } from "../model/check-graph.js";
import type { ElementModel, ElementType, EventModel } from "../model/model.js";
import { finishActivity } from "./activity.js";
import { callProcess, handedOver } from "./call.js";
import { cancelTransaction, throwCompensation } from "./compensation.js";
import { arrive, joinComplex, joinParallel } from "./join.js";
import { jump, leave, leaveByFirstOpenFlow, leaveByOpenFlows } from "./leave.js";
import type { Run } from "./run.js";
import { openSubProcess } from "./scopes.js";
import { ruleTask, scriptTask, serviceTask } from "./scripts.js";
import { ROOT, type Token } from "./state.js";
import { subscribe } from "./subscribe.js";
import { throwAt } from "./throw.js";
import { assign, assignLocal, evaluate, evaluateText, mapped } from "./variables.js";

/** How an element behaves when a token comes in; `passed` when what it would wait for has already happened. */
type Behaviour = (run: Run, token: Token, element: ElementModel, passed: boolean) => void;

const pass: Behaviour = (run, token, element) => {
  if (eventOutputs(run, token, element)) leaveByOpenFlows(run, token, element);
};

const done: Behaviour = (run, token, element) => finishActivity(run, token, element);

const parallelGateway: Behaviour = (run, token, element) => {
  if (element.incoming.length > 1) joinParallel(run, token, element);
  else leave(run, token, run.flows(element.outgoing));
};

/** With several incoming flows it waits; the scheduler opens it when nothing else can still come. */
const inclusiveGateway: Behaviour = (run, token, element) => {
  if (element.incoming.length > 1) arrive(run, token, element);
  else leaveByOpenFlows(run, token, element);
};

const complexGateway: Behaviour = (run, token, element) => {
  if (element.incoming.length > 1) joinComplex(run, token, element);
  else leaveByOpenFlows(run, token, element);
};

/** Waits for all the events behind it; the first that happens takes the token. */
const eventGateway: Behaviour = (run, token, element) => {
  for (const flow of run.flows(element.outgoing)) {
    const wrong = subscribe(run, { token }, run.element(flow.target));
    if (wrong === undefined) continue;
    run.drop(token.waits);
    run.incident(token, "subscription-failed", wrong);
    return;
  }
  if (!token.waits) run.incident(token, "no-open-flow", `Nothing behind ${element.id} waits for an event`);
};

const catchEvent: Behaviour = (run, token, element, passed) => {
  if (passed || element.events?.some(({ kind }) => kind === "link")) {
    pass(run, token, element, passed);
    return;
  }
  if (element.inputs && !eventInputs(run, token, element)) return;
  const wrong = subscribe(run, { token }, element);
  if (wrong !== undefined) run.incident(token, timerOnly(element) ? "timer-failed" : "subscription-failed", wrong);
};

const receiveTask: Behaviour = (run, token, element, passed) => {
  if (passed) {
    done(run, token, element, passed);
    return;
  }
  const wrong = subscribe(run, { token }, element);
  if (wrong !== undefined) run.incident(token, "subscription-failed", wrong);
};

const throwEvent: Behaviour = (run, token, element) => {
  if (element.inputs && !eventInputs(run, token, element)) return;
  for (const event of element.events ?? []) {
    switch (event.kind) {
      case "link": {
        const target = linkTarget(run.model, element);
        if (!target) run.incident(token, "link-target", `${element.id} has no catching end`);
        else {
          run.record({ type: "element-left", token: token.id, element: element.id });
          jump(run, token, target.id);
        }
        return;
      }
      case "compensation":
        throwCompensation(run, token, event);
        return;
      case "escalation":
        throwAt(run, token, { kind: "escalation", ...(event.code === undefined ? {} : { code: event.code }) });
        break;
      case "error":
        throwError(run, token, event);
        return;
      case "cancel":
        cancelTransaction(run, token);
        return;
      case "terminate":
        terminate(run, token, event.all === true);
        return;
      case "message":
      case "signal":
        if (!send(run, token, element, event)) return;
        break;
      default:
        break;
    }
    if (run.find(token.id)?.element !== element.id) return;
  }
  if (element.type === "endEvent") leave(run, token, []);
  else leaveByOpenFlows(run, token, element);
};

/** Sends what an event or a send task names; without a name it is a job of the host. */
function send(
  run: Run,
  token: Token,
  element: ElementModel,
  event: NonNullable<ElementModel["events"]>[number],
): boolean {
  if (event.name === undefined) return true;
  const name = evaluateText(run, event.name, token);
  if ("error" in name) {
    run.incident(token, "subscription-failed", `Name of the ${event.kind} of ${element.id}: ${name.error}`);
    return false;
  }
  const text = String(name.value);
  if (event.kind === "signal") {
    const { payload } = event;
    const carried = payload ? mapped(run, payload.inputs, token) : { values: {} };
    const key = payload?.businessKey === undefined ? undefined : evaluateText(run, payload.businessKey, token);
    run.effects.push({
      type: "broadcast-signal",
      name: text,
      element: element.id,
      variables: {
        ...handedOver(run, token, payload?.all),
        ...("values" in carried ? carried.values : {}),
      },
      ...(key && "value" in key ? { businessKey: String(key.value) } : {}),
      ...(event.local ? { local: true } : {}),
    });
    return true;
  }
  const key = event.correlation === undefined ? undefined : evaluate(run, event.correlation, token);
  run.effects.push({
    type: "send-message",
    name: text,
    element: element.id,
    ...(key && "value" in key ? { correlation: key.value } : {}),
  });
  return true;
}

const sendTask: Behaviour = (run, token, element) => {
  const [event] = element.events ?? [];
  if (event?.name === undefined) serviceTask(run, token, element);
  else if (send(run, token, element, event)) finishActivity(run, token, element);
};

function throwError(run: Run, token: Token, { code, message }: EventModel): void {
  const text = message === undefined ? undefined : evaluateText(run, message, token);
  throwAt(run, token, {
    kind: "error",
    ...(code === undefined ? {} : { code }),
    ...(text && "value" in text ? { message: String(text.value) } : {}),
  });
}

function terminate(run: Run, token: Token, all: boolean): void {
  if (all) {
    run.record({ type: "element-left", token: token.id, element: token.element });
    run.clear(ROOT, token.id);
    if (run.find(token.id)) run.remove(token);
    run.effects.push({ type: "terminate-callers" });
    run.emptied.push(ROOT);
    return;
  }
  const { scope } = token;
  run.record({ type: "element-left", token: token.id, element: token.element });
  run.clear(scope, token.id);
  run.remove(token);
  const around = run.scope(scope);
  if (around.waits) run.drop(around.waits);
  run.emptied.push(scope);
}

const subProcess: Behaviour = (run, token, element) => {
  openSubProcess(run, token, element, run.model.starts[element.id] ?? []);
};

const adHocSubProcess: Behaviour = (run, token, element) => {
  run.wait({ kind: "adhoc", element: element.id, token: token.id });
  openSubProcess(run, token, element, []);
};

const userTask: Behaviour = (run, token, element) => {
  run.wait({ kind: "task", element: element.id, token: token.id });
};

function eventOutputs(run: Run, token: Token, element: ElementModel): boolean {
  if (!element.outputs) return true;
  const answer = mapped(run, element.outputs, token);
  if ("error" in answer) {
    run.incident(token, "mapping-failed", answer.error);
    return false;
  }
  assign(run, token, answer.values, element.id);
  return true;
}

function eventInputs(run: Run, token: Token, element: ElementModel): boolean {
  const answer = mapped(run, element.inputs ?? [], token);
  if ("error" in answer) {
    run.incident(token, "mapping-failed", answer.error);
    return false;
  }
  assignLocal(run, token, answer.values);
  return true;
}

function timerOnly(element: ElementModel): boolean {
  return element.events?.every(({ kind }) => kind === "timer") === true;
}

/** What each element does; a new one is a line here. */
export const behaviours: Record<ElementType, Behaviour> = {
  startEvent: pass,
  boundaryEvent: pass,
  endEvent: throwEvent,
  throwEvent,
  catchEvent,
  task: done,
  manualTask: done,
  userTask,
  serviceTask,
  sendTask,
  receiveTask,
  scriptTask,
  businessRuleTask: ruleTask,
  callActivity: callProcess,
  subProcess,
  transaction: subProcess,
  adHocSubProcess,
  eventSubProcess: subProcess,
  exclusiveGateway: leaveByFirstOpenFlow,
  parallelGateway,
  inclusiveGateway,
  eventGateway,
  complexGateway,
};
