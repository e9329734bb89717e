import type { ElementModel } from "../model/model.js";
import { compensated, recordInner } from "./compensation.js";
import { leave } from "./leave.js";
import { begin, openScope } from "./open-scope.js";
import type { Run } from "./run.js";
import { ROOT, type Scope, type Token, type Variables } from "./state.js";
import { contextOf } from "./subscribe.js";
import { assign, evaluate } from "./variables.js";

/** Opens the scope of a sub-process at its token: data, event sub-processes, then its starts. */
export function openSubProcess(run: Run, token: Token, element: ElementModel, starts: readonly string[]): void {
  const scope = openScope(run, token, element.id);
  begin(run, scope, element.id, token);
  if (token.waits?.some((id) => run.state.waits[id]?.kind === "incident")) return;
  for (const start of starts) run.create(start, scope);
  if (starts.length === 0 && element.type !== "adHocSubProcess") run.emptied.push(scope);
}

/** Starts an event sub-process of a scope. */
export function startEventSubProcess(run: Run, scope: string, start: ElementModel, variables: Variables): void {
  const sub = run.element(start.scope);
  if (!start.nonInterrupting) {
    run.clear(scope);
    run.drop(run.scope(scope).waits);
  }
  const host = run.place(sub.id, scope);
  const inner = openScope(run, host, sub.id);
  begin(run, inner, sub.id, host);
  assign(run, host, variables, start.id);
  run.passed.add(run.create(start.id, inner).id);
}

/** A scope has lost a token: without any other it is done. */
export function scopeEmptied(run: Run, id: string): void {
  const scope = run.state.scopes[id];
  if (!scope) return;
  const element = run.model.elements[scope.element];
  if (element?.adHoc && !scope.loop && scope.purpose === undefined) {
    adHocStep(run, scope, element);
    return;
  }
  if (scope.live > 0 && scope.waits && onlyEventSubProcesses(run, id)) run.drop(scope.waits);
  if (scope.live > 0 || run.state.status !== "active") return;
  if (id === ROOT) {
    run.drop(scope.waits);
    run.record({ type: "instance-completed" });
    return;
  }
  finishScope(run, scope);
}

/** The flow of a scope is over when only event sub-processes still run in it: no other may start then. */
function onlyEventSubProcesses(run: Run, id: string): boolean {
  return run.places.elements(id).every((element) => run.element(element).type === "eventSubProcess");
}

/** Closes a scope whose work is done and goes on at its token. */
function finishScope(run: Run, scope: Scope): void {
  const host = run.find(scope.token);
  if (scope.purpose !== undefined) {
    compensated(run, scope, host);
    return;
  }
  if (host) recordInner(run, scope, host);
  run.close(scope.id);
  if (!host) return;
  const element = run.element(host.element);
  if (element.type === "eventSubProcess") {
    leave(run, host, []);
    return;
  }
  run.finished.push(host.id);
}

/** Ends an ad-hoc sub-process by command or condition. */
export function completeAdHoc(run: Run, scope: Scope): void {
  run.clear(scope.id);
  const host = run.find(scope.token);
  if (host?.waits) run.drop(host.waits.filter((id) => run.state.waits[id]?.kind === "adhoc"));
  finishScope(run, scope);
}

function adHocStep(run: Run, scope: Scope, element: ElementModel): void {
  const condition = element.adHoc?.condition;
  if (condition === undefined) return;
  const answer = evaluate(run, condition, contextOf(run, { scope: scope.id }));
  if ("error" in answer || answer.value !== true) return;
  if (scope.live > 0 && element.adHoc?.keepRemaining) return;
  completeAdHoc(run, scope);
}
