import type { DmnModel, ElementReference, ModelElement } from "../model/model.js";
import type { ModelProblem } from "../model/problem.js";

/** Requirements that lead nowhere, and decisions that need themselves. */
export function requirementProblems(model: DmnModel): ModelProblem[] {
  const byId = new Map(model.elements.map((element) => [element.id, element]));
  return [...danglingReferences(model, byId), ...cycles(model, byId)];
}

function referencesOf(element: ModelElement): readonly ElementReference[] {
  switch (element.kind) {
    case "input":
      return [];
    case "service":
      return [...element.outputs, ...element.encapsulated, ...element.inputDecisions, ...element.inputData];
    default:
      return [...element.requires.inputs, ...element.requires.decisions, ...element.requires.knowledge];
  }
}

function danglingReferences(model: DmnModel, byId: ReadonlyMap<string, ModelElement>): ModelProblem[] {
  const imported = new Set(model.imports.map(({ namespace }) => namespace));
  return model.elements.flatMap((element) =>
    referencesOf(element)
      .filter(({ id, namespace }) => (namespace === undefined ? !byId.has(id) : !imported.has(namespace)))
      .map(({ id, namespace }): ModelProblem => {
        const target = namespace === undefined ? `"${id}"` : `"${id}" of ${namespace}, which is not imported`;
        return {
          severity: "error",
          message: `requires ${target}: no such element`,
          element: element.name,
          line: element.line,
        };
      }),
  );
}

/** Depth first without recursion: a chain of decisions may be longer than the stack is deep. */
function cycles(model: DmnModel, byId: ReadonlyMap<string, ModelElement>): ModelProblem[] {
  const done = new Set<string>();
  const problems: ModelProblem[] = [];
  for (const start of model.elements) {
    const path: { element: ModelElement; rest: string[] }[] = [];
    const onPath = new Set<string>();
    const enter = (element: ModelElement) => {
      path.push({ element, rest: followed(element) });
      onPath.add(element.id);
    };
    if (!done.has(start.id)) enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next === undefined) {
        path.pop();
        onPath.delete(top.element.id);
        done.add(top.element.id);
        continue;
      }
      const target = byId.get(next);
      if (onPath.has(next))
        problems.push(
          cycleProblem(
            path.map(({ element }) => element),
            next,
          ),
        );
      else if (target && !done.has(next)) enter(target);
    }
  }
  return problems;
}

/** A knowledge model may call itself, and a service may be used by what lies outside it. */
function followed(element: ModelElement): string[] {
  if (element.kind !== "decision" && element.kind !== "knowledge") return [];
  const references = element.kind === "decision" ? element.requires.decisions : element.requires.knowledge;
  return references
    .filter(({ id, namespace }) => namespace === undefined && !(element.kind === "knowledge" && id === element.id))
    .map(({ id }) => id);
}

function cycleProblem(path: readonly ModelElement[], closing: string): ModelProblem {
  const circle = path.slice(path.findIndex(({ id }) => id === closing));
  const first = circle[0];
  const names = [...circle, ...(first ? [first] : [])].map(({ name }) => name).join(" → ");
  return {
    severity: "error",
    message: `requirements go in a circle: ${names}`,
    ...(first ? { element: first.name, line: first.line } : {}),
  };
}
