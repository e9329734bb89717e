import type { ElementModel, ProcessModel } from "../model/model.js";
import type { Run } from "./run.js";
import type { Token } from "./state.js";

/** A parallel join goes on when every incoming flow has brought a token; more than one by the same flow wait their turn. */
export function joinParallel(run: Run, token: Token, element: ElementModel): void {
  run.wait(token, "join");
  const arrived = waitingAt(run, element.id, token.scope);
  const one = element.incoming.map((flow) => arrived.find((candidate) => candidate.flow === flow));
  if (one.some((candidate) => candidate === undefined)) return;
  merge(
    run,
    one.filter((candidate) => candidate !== undefined),
    element,
  );
}

/**
 * Opens one inclusive join whose missing tokens can't come any more (BPMN 2.0, 13.4.3): no other token of the scope has a
 * path to an empty incoming flow, unless it also has one to a flow that has brought a token. Says whether one was opened.
 */
export function openInclusiveJoin(run: Run): boolean {
  for (const token of run.state.tokens) {
    const element = run.model.elements[token.element];
    if (token.wait?.kind !== "join" || element?.type !== "inclusiveGateway") continue;
    const arrived = waitingAt(run, element.id, token.scope);
    const filled = new Set(arrived.map((candidate) => candidate.flow));
    const blocked = run.state.tokens.some((other) => {
      if (other.scope !== token.scope || other.element === element.id) return false;
      const reachable = flowsReachedInto(run.model, other.element, element);
      return reachable.some((flow) => !filled.has(flow)) && !reachable.some((flow) => filled.has(flow));
    });
    if (blocked) continue;
    const one = [...filled]
      .map((flow) => arrived.find((candidate) => candidate.flow === flow))
      .filter((candidate) => candidate !== undefined);
    merge(run, one, element);
    return true;
  }
  return false;
}

function waitingAt(run: Run, element: string, scope: string): Token[] {
  return run.state.tokens.filter(
    (token) => token.element === element && token.scope === scope && token.wait?.kind === "join",
  );
}

function merge(run: Run, tokens: Token[], element: ElementModel): void {
  const [kept, ...others] = tokens;
  if (!kept?.wait) return;
  for (const token of others) run.remove(token);
  run.continue(kept, kept.wait);
  if (element.type === "parallelGateway") run.leave(kept, run.flows(element.outgoing));
  else run.leaveByOpenFlows(kept, element);
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
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const flowId of model.elements[id]?.outgoing ?? []) {
      const target = model.flows[flowId]?.target;
      if (target === join.id) into.push(flowId);
      else if (target !== undefined && !seen.has(target)) {
        seen.add(target);
        open.push(target);
      }
    }
  }
  known.set(key, into);
  return into;
}
