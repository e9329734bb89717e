import type { CallModel, ElementModel } from "../model/model.js";
import { finishActivity } from "./activity.js";
import type { Run } from "./run.js";
import type { Token, Variables, Wait } from "./state.js";
import { assign, evaluateText, mapped } from "./variables.js";
import { visible } from "./visible.js";

/** Asks the host to run another process and waits for its end. */
export function callProcess(run: Run, token: Token, element: ElementModel): void {
  const { call } = element;
  if (!call) {
    finishActivity(run, token, element);
    return;
  }
  const process = evaluateText(run, call.process, token);
  const key = call.businessKey === undefined ? { value: undefined } : evaluateText(run, call.businessKey, token);
  const version = call.version === undefined ? { value: undefined } : evaluateText(run, call.version, token);
  const inputs = mapped(run, call.inputs, token);
  for (const answer of [process, key, version, inputs]) {
    if ("error" in answer) {
      run.incident(token, "call-failed", answer.error);
      return;
    }
  }
  const values = "values" in inputs ? inputs.values : {};
  const id = run.wait({ kind: "call", element: element.id, token: token.id });
  run.effects.push({
    type: "call-process",
    call: id,
    element: element.id,
    process: "value" in process ? String(process.value) : "",
    ...("value" in version && version.value !== undefined && version.value !== null
      ? { version: String(version.value) }
      : {}),
    ...("value" in key && key.value !== undefined && key.value !== null ? { businessKey: String(key.value) } : {}),
    variables: { ...(call.allInputs ? visible(run.state, token.id) : {}), ...values },
  });
}

/** The called instance has failed: what it gave up to then comes back all the same. */
export function returnFromFailure(run: Run, token: Token, variables: Variables): void {
  const outputs = returned(run, run.element(token.element).call, token, variables);
  if ("values" in outputs) assign(run, token, outputs.values, token.element);
}

/** The called instance has ended: its values come back as the mappings say. */
export function returnFromCall(run: Run, token: Token, wait: Wait, variables: Variables): void {
  const element = run.element(token.element);
  const outputs = returned(run, element.call, token, variables);
  if ("error" in outputs) {
    run.met(wait);
    run.incident(token, "call-failed", outputs.error);
    return;
  }
  run.met(wait);
  assign(run, token, outputs.values, element.id);
  finishActivity(run, token, element);
}

function returned(
  run: Run,
  call: CallModel | undefined,
  token: Token,
  variables: Variables,
): { values: Variables } | { error: string } {
  const outputs = mapped(run, call?.outputs ?? [], token, variables);
  if ("error" in outputs) return outputs;
  return { values: { ...(call?.allOutputs ? variables : {}), ...outputs.values } };
}
