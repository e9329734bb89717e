import { type FormSchema, JinshuiError } from "@jinshui/contracts";
import { type ElementModel } from "@jinshui/engine";
import { signedActions } from "@jinshui/engine/site-check";
import type { Row } from "@jinshui/storage";
import { type actionsOf } from "../definition/actions.js";
import { actionsFor, writesForm } from "../office/task-actions.js";
import { checkForm } from "../definition/form-check.js";
import type { LoadedInstance } from "./instance.js";

/** How somebody wants to finish a task. */
export interface CompletionInput {
  id: string;
  version: number;
  action: string;
  opinion?: string;
  values: Record<string, unknown>;
}

/** A finish that fits the task: its action, opinion and form. */
export interface Completion {
  element: ElementModel;
  action: ReturnType<typeof actionsOf>[number];
  opinion: string;
  form: FormSchema | undefined;
  /** What it sets: what was sent, and what the form works out from it. */
  values: Record<string, unknown>;
  /** Whether it takes a signature. */
  signed: boolean;
}

/** @throws JinshuiError `invalid-request` for an action that the task does not have, `invalid-form` naming what is wrong. */
export function checkCompletion(
  task: Row,
  { definition, state }: LoadedInstance,
  { id, action: actionId, values, ...input }: CompletionInput,
): Completion {
  const element = definition.model.elements[String(task["element"])];
  if (!element || !state) throw new JinshuiError("internal", `task ${id} has no element`);
  const action = actionsFor(task, element.extensions).find((known) => known.id === actionId);
  if (!action)
    throw new JinshuiError("invalid-request", `"${actionId}" is no action of ${element.id}`, {
      details: { action: actionId },
    });
  const opinion = input.opinion?.trim() ?? "";
  if (action.opinion === "required" && opinion === "")
    throw new JinshuiError("invalid-form", `${action.id} needs an opinion`, {
      details: { problems: [{ key: "opinion", label: "意见", code: "required" }] },
    });
  const form = writesForm(task)
    ? definition.forms.find((candidate) => candidate.id === element.extensions["form"])
    : undefined;
  const kept = checkForm({
    form,
    values,
    present: state.variables,
    step: element.id,
    isStart: false,
    complete: action.checksForm,
  });
  return {
    element,
    action,
    opinion,
    form,
    values: kept,
    signed: signedActions(element.extensions).includes(action.id),
  };
}
