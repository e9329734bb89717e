import type { Budget } from "./budget.js";
import type { ElementModel, ProcessModel } from "./model.js";
import type { Problem } from "./problem.js";
import { checkSoundness } from "./soundness.js";
import type { GraphNode } from "./soundness-graph.js";

/** Processes with more elements and flows are not judged: nobody could follow the answer, and it would take long. */
const MAX_PARTS = 2_500;

/**
 * What the shape of a process may lead to, as warnings: conditions, which nobody can foresee here, may rule it out. What can't be
 * reached is told elsewhere.
 */
export function soundnessProblems(model: ProcessModel, lines: ReadonlyMap<string, number>, budget: Budget): Problem[] {
  if (Object.keys(model.elements).length + Object.keys(model.flows).length > MAX_PARTS || budget.spent)
    return [{ severity: "warning", code: "soundness-undecided", process: model.id }];
  const nodes = Object.fromEntries(Object.values(model.elements).map((element) => [element.id, nodeOf(element)]));
  return checkSoundness({ nodes, flows: model.flows }, budget).problems.flatMap(({ code, element: id, params }) => {
    if (code === "unreachable") return [];
    const element = id === undefined ? undefined : model.elements[id];
    const line = id === undefined ? undefined : lines.get(id);
    return [
      {
        severity: "warning" as const,
        code,
        process: model.id,
        ...(element ? { element: element.id, elementType: element.type } : {}),
        ...(element?.name === undefined ? {} : { elementName: element.name }),
        ...(line === undefined ? {} : { line }),
        ...(params ? { params: named(params, model) } : {}),
      },
    ];
  });
}

/** People know an element by its name. */
function named({ target = "", ...params }: Record<string, string>, { elements }: ProcessModel): Record<string, string> {
  return { ...params, target: elements[target]?.name ?? target };
}

function nodeOf(element: ElementModel): GraphNode {
  const { id, scope, incoming, outgoing, defaultFlow, attachedTo } = element;
  return {
    id,
    type: typeOf(element),
    scope,
    incoming,
    outgoing,
    ...(defaultFlow === undefined ? {} : { defaultFlow }),
    ...(attachedTo === undefined ? {} : { attachedTo, interrupting: element.nonInterrupting !== true }),
    ...(element.forCompensation ? { detached: true } : {}),
  };
}

/** The type with what its events add to it. */
function typeOf({ type, events }: ElementModel): string {
  const [event] = events ?? [];
  if (type === "eventGateway") return "eventBasedGateway";
  if (type === "endEvent" && event) return `${event.kind}EndEvent`;
  return event?.kind === "link" ? `link ${type}` : type;
}
