import type { ElementModel } from "../model/model.js";
import { finishActivity } from "./activity.js";
import type { Run } from "./run.js";
import type { IncidentCode, Token } from "./state.js";
import { throwAt } from "./throw.js";
import { type Answer, assign, evaluate, evaluateCondition, evaluateText } from "./variables.js";
import { visible } from "./visible.js";

/** Runs a script and keeps its result. */
export function scriptTask(run: Run, token: Token, element: ElementModel): void {
  const { script } = element;
  if (!script) {
    finishActivity(run, token, element);
    return;
  }
  const own = script.language === "feel" || script.language === "juel";
  const answer = evaluateCondition(run, script.expression, own ? undefined : script.language, token);
  keep(run, token, element, answer, script.resultVariable, "script-failed");
}

/** A job of the host, unless the element is only an expression. */
export function serviceTask(run: Run, token: Token, element: ElementModel): void {
  if (element.expression === undefined) {
    run.wait({ kind: "job", element: element.id, token: token.id });
    return;
  }
  keep(run, token, element, evaluate(run, element.expression, token), element.resultVariable, "expression-failed");
}

/** Asks the decision, or is a job when the host has no decisions. */
export function ruleTask(run: Run, token: Token, element: ElementModel): void {
  const { decisions } = run.options;
  if (!decisions || element.decision === undefined) {
    serviceTask(run, token, element);
    return;
  }
  const ref = evaluateText(run, element.decision, token);
  const answer = "error" in ref ? ref : decisions(String(ref.value), visible(run.state, token.id));
  keep(run, token, element, answer, element.resultVariable, "decision-failed");
}

function keep(
  run: Run,
  token: Token,
  element: ElementModel,
  answer: Answer,
  variable: string | undefined,
  code: IncidentCode,
): void {
  if ("error" in answer) {
    const bpmn = (answer as { bpmnError?: string }).bpmnError;
    if (bpmn !== undefined) throwAt(run, token, { kind: "error", code: bpmn, message: answer.error });
    else run.incident(token, code, answer.error);
    return;
  }
  if (variable !== undefined && element.transientResult) {
    run.record({ type: "variables-set", variables: { [variable]: answer.value }, element: element.id });
    run.transient.add(variable);
  } else if (variable !== undefined) assign(run, token, { [variable]: answer.value }, element.id);
  finishActivity(run, token, element);
}
