import type { ElementModel, EventModel } from "../model/model.js";
import { jump, leave, leaveByOpenFlows } from "./leave.js";
import { openScope } from "./open-scope.js";
import type { Run } from "./run.js";
import { type Compensation, ROOT, type Scope, type Token } from "./state.js";

/** A sub-process ends: what was done inside can still be undone from the outside. */
export function recordInner(run: Run, scope: Scope, host: Token): void {
  const undoes = scope.done !== undefined || handlerOf(run, scope.element) !== undefined;
  const element = run.element(scope.element);
  if (!undoes || element.type === "eventSubProcess" || element.compensation !== undefined) return;
  run.record({
    type: "compensation-recorded",
    scope: scope.parent,
    records: [{ element: scope.element, inner: scope.done ?? [], ...(host.vars ? { vars: host.vars } : {}) }],
  });
}

/** The event sub-process that undoes the sub-process it is in. */
function handlerOf(run: Run, container: string): ElementModel | undefined {
  for (const id of run.model.eventSubProcesses[container] ?? [])
    for (const start of run.model.starts[id] ?? [])
      if (run.element(start).events?.some(({ kind }) => kind === "compensation")) return run.element(start);
  return undefined;
}

/**
 * Undoes what the scope of a throwing event has done, or one activity. The token goes on when all is undone, or at once when
 * event or host do not wait for that.
 */
export function throwCompensation(run: Run, token: Token, { activity, goesOn }: EventModel): void {
  const scope = targetScope(run, token, activity);
  const done = scope?.done ?? [];
  const taken = activity === undefined ? done : done.filter(({ element }) => element === activity);
  if (scope && taken.length > 0)
    run.record({ type: "compensation-taken", scope: scope.id, kept: done.filter((record) => !taken.includes(record)) });
  if (!goesOn && !run.options.compensationGoesOn) {
    compensate(run, token, taken, "compensation");
    return;
  }
  const element = run.element(token.element);
  if (taken.length > 0) compensate(run, run.place(element.id, token.scope), taken, "aside");
  if (element.type === "endEvent") leave(run, token, []);
  else leaveByOpenFlows(run, token, element);
}

/** Ends a transaction: everything else in it stops, what was done is undone, then its cancel event goes on. */
export function cancelTransaction(run: Run, token: Token): void {
  const scope = run.scope(token.scope);
  if (scope.id === ROOT || run.element(scope.element).type !== "transaction") {
    run.incident(token, "no-transaction", `${token.element} is in no transaction`);
    return;
  }
  run.clear(scope.id, token.id);
  const done = scope.done ?? [];
  if (done.length > 0) run.record({ type: "compensation-taken", scope: scope.id, kept: [] });
  compensate(run, token, done, "cancel");
}

function targetScope(run: Run, token: Token, activity: string | undefined): Scope | undefined {
  let scope = run.scope(token.scope);
  if (scope.id !== ROOT && run.element(scope.element).type === "eventSubProcess") scope = run.scope(scope.parent);
  if (activity === undefined) return scope;
  for (;;) {
    if (scope.done?.some(({ element }) => element === activity)) return scope;
    if (scope.id === ROOT) return undefined;
    scope = run.scope(scope.parent);
  }
}

function compensate(
  run: Run,
  token: Token,
  records: readonly Compensation[],
  purpose: NonNullable<Scope["purpose"]>,
): void {
  const scope = openScope(run, token, token.element, { purpose });
  for (const record of [...records].reverse()) undo(run, record, scope);
  if (run.scope(scope).live === 0) run.emptied.push(scope);
}

function undo(run: Run, record: Compensation, scope: string): void {
  const element = run.element(record.element);
  if (element.compensation !== undefined) {
    run.create(element.compensation, scope, undefined, record.vars);
    return;
  }
  const host = run.place(element.id, scope, record.vars);
  const inner = openScope(run, host, element.id, { purpose: "compensation" });
  const start = handlerOf(run, element.id);
  if (start) {
    if (record.inner && record.inner.length > 0)
      run.record({ type: "compensation-recorded", scope: inner, records: record.inner });
    const sub = run.place(start.scope, inner);
    const own = openScope(run, sub, start.scope);
    run.passed.add(run.create(start.id, own).id);
    return;
  }
  for (const part of [...(record.inner ?? [])].reverse()) undo(run, part, inner);
  if (run.scope(inner).live === 0) run.emptied.push(inner);
}

/** Everything of a compensation is undone. */
export function compensated(run: Run, scope: Scope, host: Token | undefined): void {
  const { purpose } = scope;
  run.close(scope.id);
  if (!host) return;
  const element = run.element(host.element);
  if (purpose === "cancel") {
    cancelled(run, host);
  } else if (purpose === "aside") {
    leave(run, host, []);
  } else if (element.type === "throwEvent" || element.type === "endEvent") {
    if (element.type === "endEvent") leave(run, host, []);
    else leaveByOpenFlows(run, host, element);
  } else {
    const outer = host.scope;
    run.remove(host);
    run.emptied.push(outer);
  }
}

function cancelled(run: Run, end: Token): void {
  const scope = run.scope(end.scope);
  let host = run.find(scope.token);
  if (!host) return;
  run.record({ type: "element-left", token: end.id, element: end.element });
  if (run.isInner(host)) host = run.find(run.scope(host.scope).token) ?? host;
  const boundary = run
    .element(host.element)
    .boundary?.map((id) => run.element(id))
    .find((candidate) => candidate.events?.some(({ kind }) => kind === "cancel"));
  const element = run.element(host.element);
  run.stop(host);
  run.record({ type: "element-left", token: host.id, element: host.element, cancelled: true });
  if (boundary) jump(run, host, boundary.id);
  else leaveByOpenFlows(run, host, element);
}
