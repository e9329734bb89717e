import type { ElementModel } from "../model/model.js";
import { EngineError } from "./engine-error.js";
import type { Run } from "./run.js";
import { begin, openScope } from "./open-scope.js";
import { ROOT, type Variables } from "./state.js";
import { assign, assignLocal } from "./variables.js";

/** One change of where an instance stands. `scope`: in which running sub-process, where there are several of one. */
export type Instruction =
  /** `instance`: one more instance of a multi-instance activity, not the activity as a whole. */
  | {
      type: "start-before" | "start-after";
      element: string;
      scope?: string;
      instance?: boolean;
      variables?: Variables;
      localVariables?: Variables;
    }
  | { type: "start-flow"; flow: string; scope?: string; variables?: Variables; localVariables?: Variables }
  /** Every token of an element, or one. */
  | { type: "cancel"; element?: string; token?: string };

/** Puts an instance somewhere else: tokens are added first, then taken, so that no scope ends in between. */
export function modify(run: Run, instructions: readonly Instruction[]): void {
  const emptied = new Set<string>();
  const before = new Set(Object.keys(run.state.tokens));
  for (const instruction of instructions) if (instruction.type !== "cancel") start(run, instruction);
  for (const instruction of instructions) {
    if (instruction.type !== "cancel") continue;
    const targets = Object.values(run.state.tokens).filter(
      ({ id, element }) =>
        before.has(id) &&
        (instruction.token === undefined ? element === instruction.element : id === instruction.token),
    );
    if (targets.length === 0)
      throw new EngineError("unknown-token", `Nothing stands at ${instruction.token ?? instruction.element ?? ""}`);
    for (const { id } of targets) {
      const token = run.find(id);
      if (!token) continue;
      run.remove(token, true);
      emptied.add(token.scope);
    }
  }
  for (const scope of emptied) emptyUpwards(run, scope);
}

/** A scope from which the last token was taken goes without being left. */
function emptyUpwards(run: Run, id: string): void {
  const scope = run.state.scopes[id];
  if (!scope || scope.live > 0) return;
  if (id === ROOT) {
    run.emptied.push(id);
    return;
  }
  const host = run.find(scope.token);
  if (!host) return;
  run.remove(host, true);
  emptyUpwards(run, scope.parent);
}

function start(run: Run, instruction: Exclude<Instruction, { type: "cancel" }>): void {
  const element = target(run, instruction);
  const outer = instruction.scope ?? scopeFor(run, element.scope);
  const one = instruction.type !== "start-flow" && instruction.instance === true && element.loop !== undefined;
  const scope = one ? loopScope(run, element, outer) : outer;
  const token = run.place(
    element.id,
    scope,
    one ? { loopCounter: run.scope(scope).loop?.started ?? 0 } : undefined,
    // a join counts what comes by which flow
    instruction.type === "start-flow" ? instruction.flow : undefined,
  );
  if (instruction.localVariables) assignLocal(run, token, instruction.localVariables);
  assign(run, token, instruction.variables ?? {}, element.id);
  if (instruction.type === "start-after") {
    const [flow, ...others] = run.flows(element.outgoing);
    if (!flow || others.length > 0)
      throw new EngineError("unknown-element", `${element.id} has ${others.length + (flow ? 1 : 0)} ways out, not one`);
    run.record({ type: "token-moved", token: token.id, element: flow.target, flow: flow.id });
  }
  run.ready.push(token.id);
}

function target(run: Run, instruction: Exclude<Instruction, { type: "cancel" }>): ElementModel {
  if (instruction.type === "start-flow") {
    const flow = run.model.flows[instruction.flow];
    if (!flow) throw new EngineError("unknown-element", `${run.model.id} has no flow ${instruction.flow}`);
    return run.element(flow.target);
  }
  const element = run.model.elements[instruction.element];
  if (!element) throw new EngineError("unknown-element", `${run.model.id} has no element ${instruction.element}`);
  return element;
}

/** The instances of a multi-instance activity that runs, or none of one that did not. */
function loopScope(run: Run, element: ElementModel, outer: string): string {
  for (const scope of Object.values(run.state.scopes)) {
    if (scope.element !== element.id || !scope.loop || scope.parent !== outer) continue;
    if (element.loop?.kind !== "parallel")
      throw new EngineError("not-enabled", `${element.id} runs one instance after the other`);
    return scope.id;
  }
  const host = run.place(element.id, outer);
  return openScope(run, host, element.id, { loop: { total: 1, started: 0, completed: 0 } });
}

/** The running scope of a sub-process, opened with those around it when there is none. */
function scopeFor(run: Run, container: string): string {
  if (container === "") return ROOT;
  for (const scope of Object.values(run.state.scopes))
    if (scope.element === container && !scope.loop && scope.purpose === undefined) return scope.id;
  const element = run.element(container);
  const host = run.place(container, scopeFor(run, element.scope));
  const scope = openScope(run, host, container);
  begin(run, scope, container, host);
  return scope;
}
