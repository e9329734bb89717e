import type { ElementModel, LoopModel } from "../model/model.js";
import { openScope } from "./open-scope.js";
import type { Run } from "./run.js";
import { type LoopState, type Scope, type Token, type Variables } from "./state.js";
import { assign, evaluate } from "./variables.js";
import { visible } from "./visible.js";

/** Starts the instances of a looped activity. */
export function openLoop(run: Run, token: Token, element: ElementModel, loop: LoopModel): void {
  const loopState = stateOf(run, token, loop);
  if (typeof loopState === "string") {
    run.incident(token, "loop-failed", loopState);
    return;
  }
  if (loopState.total === 0) {
    run.finished.push(token.id);
    return;
  }
  const many = loop.kind === "parallel" ? loopState.total : 1;
  run.allowance += many;
  const { items, ...rest } = loopState;
  const scope = openScope(run, token, element.id, {
    loop: loop.kind === "sequential" && items ? loopState : rest,
  });
  for (let index = 0; index < many; index += 1) run.create(element.id, scope, undefined, valuesOf(loop, index, items));
}

function stateOf(run: Run, token: Token, loop: LoopModel): LoopState | string {
  const fresh = { started: 0, completed: 0 };
  if (loop.kind === "standard") {
    const total = loop.maximum ?? Number.MAX_SAFE_INTEGER;
    if (!loop.testBefore) return { total, ...fresh };
    const answer =
      loop.condition === undefined ? { value: true } : evaluate(run, loop.condition, token, { loopCounter: 0 });
    if ("error" in answer) return `Loop condition: ${answer.error}`;
    return { total: answer.value === true ? total : 0, ...fresh };
  }
  if (loop.cardinality !== undefined) {
    const answer = evaluate(run, loop.cardinality, token);
    if ("error" in answer) return `Cardinality: ${answer.error}`;
    const total = Number(answer.value);
    if (answer.value === null || !Number.isInteger(total) || total < 0 || total > 100_000)
      return `Cardinality ${JSON.stringify(answer.value)} is no number from 0 to 100,000`;
    return { total, ...fresh };
  }
  if (loop.collection === undefined) return "The loop has neither a cardinality nor a collection";
  const variables = visible(run.state, token.id);
  const answer = Object.hasOwn(variables, loop.collection)
    ? { value: variables[loop.collection] }
    : evaluate(run, loop.collection, token);
  if ("error" in answer) return `Collection: ${answer.error}`;
  if (!Array.isArray(answer.value)) return `Collection ${loop.collection} is no list`;
  return { total: answer.value.length, ...fresh, items: answer.value };
}

function valuesOf(loop: LoopModel, index: number, items: readonly unknown[] | undefined): Variables {
  return {
    loopCounter: index,
    ...(loop.indexVariable === undefined ? {} : { [loop.indexVariable]: index }),
    ...(loop.elementVariable === undefined || !items ? {} : { [loop.elementVariable]: items[index] }),
  };
}

/** One instance of a loop is done: the next one, or the end. */
export function loopStep(run: Run, token: Token, element: ElementModel): void {
  const scope = run.scope(token.scope);
  const { loop } = element;
  if (!loop || !scope.loop) return;
  const completed = scope.loop.completed + 1;
  const goesOn = again(run, token, loop, scope, completed);
  if (typeof goesOn === "string") {
    run.incident(token, "loop-failed", goesOn);
    return;
  }
  collect(run, token, loop, scope);
  run.record({ type: "element-left", token: token.id, element: element.id });
  run.remove(token);
  const { started, items } = scope.loop;
  if (goesOn && loop.kind !== "parallel") run.create(element.id, scope.id, undefined, valuesOf(loop, started, items));
  if (!goesOn) closeLoop(run, scope);
}

function again(run: Run, token: Token, loop: LoopModel, scope: Scope, completed: number): boolean | string {
  const { total = 0 } = scope.loop ?? {};
  // the last of those side by side ends the loop, also when some were cancelled
  if (completed >= total || (loop.kind === "parallel" && scope.live === 1)) return false;
  if (loop.condition === undefined) return loop.kind !== "standard" || loop.maximum !== undefined;
  const counts = { nrOfInstances: total, nrOfCompletedInstances: completed, nrOfActiveInstances: scope.live - 1 };
  const answer = evaluate(run, loop.condition, token, loop.kind === "standard" ? { loopCounter: completed } : counts);
  if ("error" in answer) return `Condition: ${answer.error}`;
  return loop.kind === "standard" ? answer.value === true : answer.value !== true;
}

function collect(run: Run, token: Token, loop: LoopModel, scope: Scope): void {
  if (loop.outputCollection === undefined || loop.outputElement === undefined) return;
  const answer = evaluate(run, loop.outputElement, token);
  const host = run.find(scope.token);
  const before = visible(run.state, host?.id)[loop.outputCollection];
  const list = Array.isArray(before) ? [...(before as unknown[])] : [];
  const index = Number(token.vars?.["loopCounter"] ?? list.length);
  while (list.length < index) list.push(null);
  list[index] = "value" in answer ? answer.value : null;
  assign(run, host, { [loop.outputCollection]: list });
}

function closeLoop(run: Run, scope: Scope): void {
  const host = run.find(scope.token);
  if (scope.done) run.record({ type: "compensation-recorded", scope: scope.parent, records: scope.done });
  run.close(scope.id);
  if (host) run.finished.push(host.id);
}
