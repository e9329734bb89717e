import type { ElementModel } from "../model/model.js";
import { leave, leaveByOpenFlows } from "./leave.js";
import { loopStep } from "./loops.js";
import type { Run } from "./run.js";
import type { Token } from "./state.js";
import { subscribe } from "./subscribe.js";
import { assign, assignLocal, mapped } from "./variables.js";

/** Waits for the boundary events of an activity and fills its inputs; false when that failed. */
export function prepareActivity(run: Run, token: Token, element: ElementModel): boolean {
  if (element.boundary && !run.isInner(token) && !armed(run, token)) {
    for (const id of element.boundary) {
      const wrong = subscribe(run, { token }, run.element(id));
      if (wrong !== undefined) {
        run.incident(token, "subscription-failed", wrong);
        return false;
      }
    }
  }
  return fillInputs(run, token, element);
}

/** Input mappings become variables that only the activity sees. */
function fillInputs(run: Run, token: Token, element: ElementModel): boolean {
  if (!element.inputs || (element.loop && !run.isInner(token))) return true;
  const answer = mapped(run, element.inputs, token);
  if ("error" in answer) {
    run.incident(token, "mapping-failed", answer.error);
    return false;
  }
  assignLocal(run, token, answer.values);
  return true;
}

function armed(run: Run, token: Token): boolean {
  return token.waits?.some((id) => run.state.waits[id]?.element !== token.element) === true;
}

/** The work of an activity is done: outputs, compensation, then on. */
export function finishActivity(run: Run, token: Token, element: ElementModel): void {
  if (element.outputs && (!element.loop || run.isInner(token)) && !emptyOutputs(run, token, element)) return;
  if (element.compensation !== undefined && (!element.loop || run.isInner(token)))
    run.record({
      type: "compensation-recorded",
      scope: token.scope,
      records: [{ element: element.id, ...(token.vars ? { vars: token.vars } : {}) }],
    });
  if (run.options.async && element.asyncAfter && hintCounts(run, token, element, "after")) {
    run.drop(token.waits);
    run.wait({ kind: "async", element: element.id, token: token.id, phase: "after" });
    return;
  }
  leaveActivity(run, token, element);
}

/** Whether an async hint of an element is for this token: of loops, the whole or each instance. */
export function hintCounts(run: Run, token: Token, element: ElementModel, hint: "before" | "after"): boolean {
  return element.loop === undefined || run.isInner(token) === (element.asyncEach?.[hint] === true);
}

/** Leaves an activity whose work is done. */
export function leaveActivity(run: Run, token: Token, element: ElementModel): void {
  if (token.waits) run.drop(token.waits);
  if (run.isInner(token)) loopStep(run, token, element);
  else if (element.forCompensation) leave(run, token, []);
  else leaveByOpenFlows(run, token, element);
}

function emptyOutputs(run: Run, token: Token, element: ElementModel): boolean {
  const answer = mapped(run, element.outputs ?? [], token);
  if ("error" in answer) {
    run.incident(token, "mapping-failed", answer.error);
    return false;
  }
  const { vars } = token;
  if (!vars) {
    assign(run, token, answer.values, element.id);
    return true;
  }
  // an output leaves the activity even when a local variable has its name
  const scope = run.scope(token.scope);
  assign(run, scope.token === "" ? undefined : run.find(scope.token), answer.values, element.id);
  return true;
}
