import type { ElementModel, FlowModel } from "../model/model.js";
import { ACTIVITIES } from "./activities.js";
import type { Run } from "./run.js";
import { ROOT, type Token } from "./state.js";
import { evaluateCondition, skipping } from "./variables.js";

/** Waits before a gateway or event is left, where an async hint asks for it; activities see to that themselves. */
function held(run: Run, token: Token): boolean {
  const { id, asyncAfter, type } = run.element(token.element);
  if (!asyncAfter || !run.options.async || ACTIVITIES.has(type) || run.continued.has(token.id)) return false;
  run.wait({ kind: "async", element: id, token: token.id, phase: "after" });
  return true;
}

/** Sends a token on by the given flows: the first takes the token itself, the others new ones. None: the token ends. */
export function leave(run: Run, token: Token, flows: readonly FlowModel[]): void {
  if (held(run, token)) return;
  run.continued.delete(token.id);
  const { id, element, scope } = token;
  run.record({ type: "element-left", token: id, element });
  const [first, ...others] = flows;
  if (!first) {
    run.remove(token);
    run.emptied.push(scope);
    return;
  }
  run.record({ type: "token-moved", token: id, element: first.target, flow: first.id });
  run.ready.push(id);
  // an ad-hoc sub-process may be complete after any of its activities
  if (scope !== ROOT && run.model.elements[run.scope(scope).element]?.adHoc) run.emptied.push(scope);
  for (const flow of others) run.create(flow.target, scope, flow.id);
}

/** Moves a token to an element that no flow leads to, and lets it work there. */
export function jump(run: Run, token: Token, element: string): void {
  run.record({ type: "token-moved", token: token.id, element });
  run.ready.push(token.id);
}

/** Leaves by every open flow, or by the default one when no other is open: how activities and events are left. */
export function leaveByOpenFlows(run: Run, token: Token, element: ElementModel): void {
  if (held(run, token)) return;
  const open = openFlows(run, token, element);
  if (!open) return;
  if (open.length === 0 && element.outgoing.length > 0) noOpenFlow(run, token, element);
  else leave(run, token, open);
}

/** Leaves by the first open flow: how exclusive gateways are left. */
export function leaveByFirstOpenFlow(run: Run, token: Token, element: ElementModel): void {
  if (held(run, token)) return;
  const open = openFlows(run, token, element, true);
  if (!open) return;
  if (open.length === 0 && element.outgoing.length > 0) noOpenFlow(run, token, element);
  else leave(run, token, open.slice(0, 1));
}

/** Leaves a gateway or event as it does after its work, which is done. */
export function leaveAtLast(run: Run, token: Token, element: ElementModel): void {
  run.continued.add(token.id);
  if (element.type === "endEvent") leave(run, token, []);
  else if (element.type === "exclusiveGateway") leaveByFirstOpenFlow(run, token, element);
  else if (element.type === "parallelGateway") leave(run, token, run.flows(element.outgoing));
  else leaveByOpenFlows(run, token, element);
}

function noOpenFlow(run: Run, token: Token, element: ElementModel): void {
  run.incident(token, "no-open-flow", `No outgoing flow of ${element.id} is open and it has no default`);
}

/** Where the instance allows it, a skip expression decides instead of the condition. */
function skipsCondition(run: Run, { skip }: FlowModel, token: Token): boolean | undefined {
  if (skip === undefined || !skipping(run, token)) return undefined;
  const answer = evaluateCondition(run, skip, undefined, token);
  return "value" in answer && answer.value === true;
}

/** The open flows besides the default, else the default; nothing when a condition failed and an incident was raised. */
function openFlows(run: Run, token: Token, element: ElementModel, onlyFirst = false): FlowModel[] | undefined {
  const open: FlowModel[] = [];
  for (const id of element.outgoing) {
    const flow = run.model.flows[id];
    if (!flow || flow.id === element.defaultFlow) continue;
    const skip = skipsCondition(run, flow, token);
    if (skip === false) continue;
    if (flow.condition !== undefined && skip === undefined) {
      const answer = evaluateCondition(run, flow.condition, flow.language, token);
      if ("error" in answer) {
        run.incident(token, "condition-failed", `Condition of ${flow.id}: ${answer.error}`);
        return undefined;
      }
      if (answer.value !== true) continue;
    }
    open.push(flow);
    if (onlyFirst) return open;
  }
  if (open.length > 0 || element.defaultFlow === undefined) return open;
  return run.flows([element.defaultFlow]);
}
