import type { CallModel, ElementModel } from "../model/model.js";
import { finishActivity } from "./activity.js";
import type { Run } from "./run.js";
import type { Token, Variables, Wait } from "./state.js";
import { type Answer, assign, assignLocal, evaluateText, mapped } from "./variables.js";
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
  const idVariable = call.idVariable === undefined ? { value: undefined } : evaluateText(run, call.idVariable, token);
  const inputs = mapped(run, call.inputs, token);
  for (const answer of [process, key, version, idVariable, inputs]) {
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
    ...businessKeyOf(run, call, key),
    ...("value" in idVariable && typeof idVariable.value === "string" ? { idVariable: idVariable.value } : {}),
    variables: { ...handedOver(run, token, call.allInputs), ...values },
  });
}

function businessKeyOf(run: Run, call: CallModel, key: Answer): { businessKey?: string } {
  const own = run.options.execution?.["businessKey"];
  const value =
    call.inheritsBusinessKey && call.businessKey === undefined ? own : "value" in key ? key.value : undefined;
  return value === undefined || value === null ? {} : { businessKey: String(value) };
}

/** All variables that are handed over without being named. */
export function handedOver(run: Run, token: Token, all: "visible" | "local" | undefined): Variables {
  if (all === undefined) return {};
  return all === "local" ? (token.vars ?? {}) : visible(run.state, token.id);
}

/** The called instance has failed: what it gave up to then comes back all the same. */
export function returnFromFailure(run: Run, token: Token, variables: Variables): void {
  const { call } = run.element(token.element);
  const outputs = returned(run, call, token, variables);
  if ("values" in outputs) takeBack(run, token, call, outputs.values);
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
  takeBack(run, token, element.call, outputs.values);
  finishActivity(run, token, element);
}

/** Values come back to where they are, or stay with the activity. */
function takeBack(run: Run, token: Token, call: CallModel | undefined, values: Variables): void {
  const named = new Map(call?.outputs.map(({ target, local }) => [target, local === true]));
  const isLocal = (name: string): boolean => named.get(name) ?? call?.allOutputs === "local";
  const [local, others] = [true, false].map((wanted) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => isLocal(name) === wanted)),
  );
  assignLocal(run, token, local ?? {});
  assign(run, token, others ?? {}, token.element);
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
