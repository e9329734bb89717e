import type { ElementModel, ProcessModel } from "../model/model.js";
import { leave, leaveByOpenFlows } from "./leave.js";
import type { Run } from "./run.js";
import type { Scope, Token } from "./state.js";
import { evaluate } from "./variables.js";

/** A parallel join goes on when every incoming flow has brought a token; more than one by the same flow wait their turn. */
export function joinParallel(run: Run, token: Token, element: ElementModel): void {
  arrive(run, token, element);
  const arrived = arrivals(run, token.scope, element.id);
  if (!isMissing(arrived, element.incoming)) merge(run, inOrder(arrived, element.incoming), element);
}

/** Which flow was found missing last, so that the next arrival looks there first instead of at all that have come. */
const missing = new WeakMap<object, number>();

function isMissing(arrived: Record<string, string[]>, incoming: readonly string[]): boolean {
  const count = incoming.length;
  const from = missing.get(arrived) ?? 0;
  for (let n = 0; n < count; n += 1) {
    const at = (from + n) % count;
    if (arrived[incoming[at] ?? ""] !== undefined) continue;
    missing.set(arrived, at);
    return true;
  }
  return false;
}

function inOrder(arrived: Record<string, string[]>, incoming: readonly string[]): string[] {
  return incoming.flatMap((flow) => arrived[flow]?.slice(0, 1) ?? []);
}

/** A token stands at a join until others have come. */
export function arrive(run: Run, token: Token, element: ElementModel): void {
  run.wait({ kind: "join", element: element.id, token: token.id });
}

/** A complex gateway opens when its condition holds; those who come later are taken until every flow has brought one. */
export function joinComplex(run: Run, token: Token, element: ElementModel): void {
  arrive(run, token, element);
  const arrived = arrivals(run, token.scope, element.id);
  const flows = Object.keys(arrived);
  const opened = run.state.waits[openMark(run, token.scope, element.id) ?? ""];
  const all = element.incoming.every((flow) => arrived[flow] !== undefined);
  if (opened) {
    if (all) reset(run, token.scope, element);
    return;
  }
  if (element.activation !== undefined) {
    const answer = evaluate(run, element.activation, token, { activationCount: flows.length });
    if ("error" in answer) {
      run.drop(token.waits);
      run.incident(token, "condition-failed", `Activation of ${element.id}: ${answer.error}`);
      return;
    }
    if (answer.value !== true) return;
  } else if (!all) return;
  if (all) merge(run, firsts(arrived), element);
  else open(run, token, element);
}

/** Sends a token on while the others stay for the reset. */
function open(run: Run, token: Token, element: ElementModel): void {
  run.wait({ kind: "join", element: element.id, token: token.id, phase: "after" });
  const sent = run.place(element.id, token.scope);
  leaveByOpenFlows(run, sent, element);
}

function openMark(run: Run, scope: string, element: string): string | undefined {
  for (const tokens of Object.values(arrivals(run, scope, element)))
    for (const id of tokens)
      for (const wait of run.find(id)?.waits ?? []) if (run.state.waits[wait]?.phase === "after") return wait;
  return undefined;
}

function reset(run: Run, scope: string, element: ElementModel): void {
  const tokens = firsts(arrivals(run, scope, element.id));
  const last = tokens.pop();
  for (const id of tokens) {
    const token = run.find(id);
    if (token) run.remove(token);
  }
  const token = run.find(last);
  if (!token) return;
  run.drop(token.waits);
  leave(run, token, []);
}

/**
 * Opens one inclusive join whose missing tokens can't come any more (BPMN 2.0, 13.4.3): no other token of the scope has a
 * path to an empty incoming flow, unless it also has one to a flow that has brought a token. Says whether one was opened.
 */
export function openInclusiveJoin(run: Run): boolean {
  for (const id of run.touched) {
    const scope = run.state.scopes[id];
    if (scope && openJoinOf(run, scope)) return true;
    run.touched.delete(id);
  }
  return false;
}

function openJoinOf(run: Run, scope: Scope): boolean {
  for (const id in scope.joins) {
    const element = run.element(id);
    const arrived = scope.joins[id];
    if (element.type !== "inclusiveGateway" && element.type !== "complexGateway") continue;
    if (!arrived || !canOpen(run, scope.id, element, arrived)) continue;
    if (element.type === "inclusiveGateway") {
      merge(run, firsts(arrived), element);
      return true;
    }
    if (openMark(run, scope.id, id) !== undefined) {
      reset(run, scope.id, element);
      return true;
    }
  }
  return false;
}

/** Nothing can happen any more: who stands at a join waits for somebody who never comes, which somebody must know. */
export function reportDeadJoins(run: Run): void {
  for (const wait of Object.values(run.state.waits)) {
    const token = run.find(wait.token);
    if (wait.kind !== "join" || !token) continue;
    run.drop(token.waits);
    run.incident(token, "dead-join", `No other token can come to ${wait.element} any more`);
  }
}

function canOpen(run: Run, scope: string, element: ElementModel, arrived: Record<string, string[]>): boolean {
  if (element.incoming.every((flow) => arrived[flow] !== undefined)) return true;
  for (const other of run.places.elements(scope)) {
    if (other === element.id) continue;
    const reachable = flowsReachedInto(run.model, other, element);
    if (reachable.some((flow) => !arrived[flow]) && !reachable.some((flow) => arrived[flow])) return false;
  }
  return true;
}

function arrivals(run: Run, scope: string, element: string): Record<string, string[]> {
  return run.scope(scope).joins?.[element] ?? {};
}

function firsts(arrived: Record<string, string[]>): string[] {
  return Object.values(arrived)
    .map(([first]) => first)
    .filter((first) => first !== undefined);
}

function merge(run: Run, tokens: readonly string[], element: ElementModel): void {
  const [first, ...others] = tokens;
  const kept = run.find(first);
  if (!kept) return;
  for (const id of others) {
    const token = run.find(id);
    if (token) run.remove(token);
  }
  if (kept.waits) run.drop(kept.waits);
  if (element.type === "parallelGateway") leave(run, kept, run.flows(element.outgoing));
  else leaveByOpenFlows(run, kept, element);
}

const reached = new WeakMap<ProcessModel, Map<string, string[]>>();

/** Incoming flows of `join` that a token at `from` can still reach without passing the join itself. */
function flowsReachedInto(model: ProcessModel, from: string, join: ElementModel): string[] {
  let known = reached.get(model);
  if (!known) {
    known = new Map<string, string[]>();
    reached.set(model, known);
  }
  const key = `${from}\n${join.id}`;
  const cached = known.get(key);
  if (cached) return cached;
  const seen = new Set([from]);
  const open = [from];
  const into: string[] = [];
  const reach = (id: string): void => {
    if (!seen.has(id)) {
      seen.add(id);
      open.push(id);
    }
  };
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const element = model.elements[id];
    for (const flowId of element?.outgoing ?? []) {
      const target = model.flows[flowId]?.target;
      if (target === join.id) into.push(flowId);
      else if (target !== undefined) reach(target);
    }
    for (const boundary of element?.boundary ?? []) reach(boundary);
  }
  known.set(key, into);
  return into;
}
