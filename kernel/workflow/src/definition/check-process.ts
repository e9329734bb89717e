import type { FormSchema } from "@jinshui/contracts";
import { syntaxError, type ElementModel, type Problem, type ProblemCode, type ProcessModel } from "@jinshui/engine";
import { ACTIONS, actionIds } from "./actions.js";

/** What our attributes in a model ask for that is not there. */
export function checkProcess(
  model: ProcessModel,
  forms: FormSchema[],
  knowsPosition: (id: string) => boolean,
  jobs: readonly string[],
): Problem[] {
  const known = new Set(forms.map(({ id }) => id));
  const problems: Problem[] = [];
  const add = (
    severity: Problem["severity"],
    code: ProblemCode,
    element: ElementModel,
    params?: Record<string, string>,
  ): void => {
    problems.push({
      severity,
      code,
      process: model.id,
      element: element.id,
      elementType: element.type,
      ...(element.name === undefined ? {} : { elementName: element.name }),
      ...(params ? { params } : {}),
    });
  };
  for (const element of Object.values(model.elements)) {
    const { form, position, job } = element.extensions;
    if (form !== undefined && !known.has(form)) add("error", "unknown-form", element, { form });
    if (position !== undefined && !knowsPosition(position)) add("warning", "unknown-position", element, { position });
    if (element.type === "userTask") {
      for (const action of actionIds(element.extensions))
        if (!ACTIONS.has(action)) add("error", "unknown-action", element, { action });
    }
    const missing = missingOnSite(element);
    if (missing) add("error", "not-on-site", element, { what: missing });
    // nobody does a task of no kind: a person who drew one should know
    if (element.type === "task") add("warning", "no-job", element);
    if (element.type === "serviceTask" || element.type === "sendTask" || element.type === "businessRuleTask") {
      if (job === undefined) add("warning", "no-job", element);
      else if (!jobs.includes(job)) add("error", "unknown-job", element, { job });
    }
  }
  const title = model.extensions["title"];
  const error = title === undefined ? undefined : syntaxError(title);
  if (title !== undefined && error !== undefined)
    problems.push({
      severity: "error",
      code: "bad-expression",
      process: model.id,
      params: { expression: title, error },
    });
  return problems;
}

/** What the engine can do but this service does not carry out yet: other instances, messages and signals, ad-hoc work. */
function missingOnSite(element: ElementModel): string | undefined {
  if (element.type === "callActivity" || element.type === "receiveTask" || element.type === "adHocSubProcess")
    return element.type;
  return element.events?.find(({ kind, name }) => (kind === "message" || kind === "signal") && name !== undefined)
    ?.kind;
}
