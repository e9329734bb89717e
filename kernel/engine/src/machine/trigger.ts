import { finishActivity } from "./activity.js";
import type { Run } from "./run.js";
import { startEventSubProcess } from "./scopes.js";
import type { Variables, Wait } from "./state.js";
import { renew } from "./subscribe.js";
import { fireBoundary } from "./throw.js";
import { assign } from "./variables.js";
import { leaveByOpenFlows } from "./leave.js";

/** What a wait stands for has happened: an event sub-process starts, a boundary event fires, or its token goes on. */
export function trigger(run: Run, wait: Wait, variables: Variables): void {
  const element = run.element(wait.element);
  if (wait.scope !== undefined) {
    if (element.nonInterrupting) renew(run, wait);
    else run.met(wait);
    startEventSubProcess(run, wait.scope, element, variables);
    return;
  }
  const token = run.find(wait.token);
  if (!token) return;
  if (element.type === "boundaryEvent") {
    if (!allHappened(run, wait, variables)) return;
    if (element.nonInterrupting) renew(run, wait);
    else run.met(wait);
    fireBoundary(run, token, element, variables);
    return;
  }
  if (token.element !== wait.element) {
    run.met(wait);
    run.drop(token.waits);
    run.record({ type: "element-left", token: token.id, element: token.element });
    const flow = run.flows(run.element(token.element).outgoing).find(({ target }) => target === element.id);
    run.record({ type: "token-moved", token: token.id, element: element.id, ...(flow ? { flow: flow.id } : {}) });
    assign(run, token, variables, element.id);
    run.passed.add(token.id);
    run.ready.push(token.id);
    return;
  }
  if (!allHappened(run, wait, variables)) return;
  if (element.type === "receiveTask" || element.type === "userTask" || element.type === "serviceTask") {
    run.met(wait);
    assign(run, token, variables, element.id);
    finishActivity(run, token, element);
    return;
  }
  run.met(wait);
  run.drop(token.waits);
  assign(run, token, variables, element.id);
  if (element.outputs) {
    run.passed.add(token.id);
    run.ready.push(token.id);
  } else leaveByOpenFlows(run, token, element);
}

/** Parallel multiple events go on when the last of them has come. */
function allHappened(run: Run, wait: Wait, variables: Variables): boolean {
  if (!run.element(wait.element).parallelMultiple) return true;
  const token = run.find(wait.token);
  const others = token?.waits?.filter((id) => id !== wait.id && run.state.waits[id]?.element === wait.element) ?? [];
  if (others.length === 0) return true;
  run.met(wait);
  assign(run, token, variables, wait.element);
  return false;
}
