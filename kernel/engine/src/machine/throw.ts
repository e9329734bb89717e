import type { ElementModel, EventModel } from "../model/model.js";
import { jump } from "./leave.js";
import type { Run } from "./run.js";
import { startEventSubProcess } from "./scopes.js";
import { ROOT, type Token, type Variables } from "./state.js";
import { hostOf, assign } from "./variables.js";

export interface Thrown {
  kind: "error" | "escalation";
  code?: string;
  message?: string;
}

/**
 * Throws an error or escalation at a token: the innermost boundary event or event sub-process that catches it goes on.
 * Says whether one did; an error that nobody catches stops its token, or ends a called instance.
 */
export function throwAt(run: Run, token: Token, thrown: Thrown): boolean {
  for (let at: Token | undefined = token; at; at = hostOf(run, run.scope(at.scope))) {
    if (!run.isInner(at) && caughtAtBoundary(run, at, thrown)) return true;
    const scope = run.scope(at.scope);
    const own = run.element(at.element).type === "eventSubProcess";
    if (
      !scope.loop &&
      scope.purpose === undefined &&
      !own &&
      caughtInScope(run, scope.id, run.container(scope), thrown)
    )
      return true;
  }
  if (thrown.kind === "error") uncaught(run, token, thrown);
  else run.effects.push({ type: "throw-escalation", ...(thrown.code === undefined ? {} : { code: thrown.code }) });
  return false;
}

function caughtAtBoundary(run: Run, at: Token, thrown: Thrown): boolean {
  const events = run.element(at.element).boundary?.map((id) => run.element(id)) ?? [];
  const found = catching(events, thrown);
  if (!found) return false;
  fireBoundary(run, at, found.element, valuesOf(found.event, thrown));
  return true;
}

function caughtInScope(run: Run, scope: string, container: string, thrown: Thrown): boolean {
  const starts = (run.model.eventSubProcesses[container] ?? [])
    .flatMap((id) => run.model.starts[id] ?? [])
    .map((id) => run.element(id));
  const found = catching(starts, thrown);
  if (!found) return false;
  startEventSubProcess(run, scope, found.element, valuesOf(found.event, thrown));
  return true;
}

/** An event of the same code, else one that catches every code. */
function catching(elements: ElementModel[], thrown: Thrown): { element: ElementModel; event: EventModel } | undefined {
  const all = elements.flatMap((element) =>
    (element.events ?? []).filter(({ kind }) => kind === thrown.kind).map((event) => ({ element, event })),
  );
  return (
    all.find(({ event }) => event.code !== undefined && event.code === thrown.code) ??
    all.find(({ event }) => event.code === undefined)
  );
}

function valuesOf(event: EventModel, thrown: Thrown): Variables {
  return {
    ...(event.codeVariable === undefined ? {} : { [event.codeVariable]: thrown.code ?? null }),
    ...(event.messageVariable === undefined ? {} : { [event.messageVariable]: thrown.message ?? null }),
  };
}

function uncaught(run: Run, token: Token, { code, message }: Thrown): void {
  if (run.options.called) {
    run.clear(ROOT);
    run.drop(run.scope(ROOT).waits);
    run.record({
      type: "instance-failed",
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
    });
    return;
  }
  run.incident(
    token,
    "uncaught-error",
    `Nobody catches error ${code ?? ""}${message === undefined ? "" : `: ${message}`}`,
  );
}

/** A boundary event happens: an interrupting one takes the activity's token, another gets one of its own. */
export function fireBoundary(run: Run, host: Token, boundary: ElementModel, variables: Variables): void {
  if (boundary.nonInterrupting) {
    const token = run.create(boundary.id, host.scope);
    assign(run, token, variables, boundary.id);
    return;
  }
  run.stop(host);
  run.record({ type: "element-left", token: host.id, element: host.element, cancelled: true });
  jump(run, host, boundary.id);
  assign(run, host, variables, boundary.id);
}
