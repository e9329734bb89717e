import type { ElementModel, ProcessModel } from "./model.js";
import type { Problem, ProblemCode } from "./problem.js";

/** Finds where each scope begins and ends, and what no token can reach. Fills `model.starts`. */
export function checkGraph(model: ProcessModel, lines: Map<string, number>): Problem[] {
  const problems: Problem[] = [];
  const byScope = new Map<string, ElementModel[]>([["", []]]);
  for (const element of Object.values(model.elements)) {
    if (element.type === "subProcess" && !byScope.has(element.id)) byScope.set(element.id, []);
    byScope.set(element.scope, [...(byScope.get(element.scope) ?? []), element]);
  }
  for (const [scope, elements] of byScope) {
    const host = model.elements[scope];
    if (elements.length === 0) {
      model.starts[scope] = [];
      if (scope === "") problems.push({ severity: "error", code: "empty-process" });
      continue;
    }
    const events = elements.filter((element) => element.type === "startEvent");
    const starts = events.length > 0 ? events.slice(0, 1) : elements.filter((element) => element.incoming.length === 0);
    model.starts[scope] = starts.map((element) => element.id);
    if (starts.length === 0) problems.push(at("error", "no-start", host, lines));
    if (events.length > 1) problems.push(at("warning", "several-starts", events[1], lines));
    const reached = reachable(model, scope === "" && events.length > 1 ? events : starts);
    for (const element of elements) {
      if (!reached.has(element.id)) problems.push(at("warning", "unreachable", element, lines));
      if (element.defaultFlow !== undefined && !element.outgoing.includes(element.defaultFlow)) {
        problems.push(at("error", "bad-default-flow", element, lines));
      }
    }
  }
  return problems;
}

function reachable(model: ProcessModel, starts: ElementModel[]): Set<string> {
  const reached = new Set(starts.map((element) => element.id));
  const open = [...reached];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const flow of model.elements[id]?.outgoing ?? []) {
      const target = model.flows[flow]?.target;
      if (target !== undefined && !reached.has(target)) {
        reached.add(target);
        open.push(target);
      }
    }
  }
  return reached;
}

function at(
  severity: "error" | "warning",
  code: ProblemCode,
  element: ElementModel | undefined,
  lines: Map<string, number>,
): Problem {
  const line = element && lines.get(element.id);
  return {
    severity,
    code,
    ...(element ? { element: element.id, elementType: element.type } : {}),
    ...(element?.name === undefined ? {} : { elementName: element.name }),
    ...(line === undefined ? {} : { line }),
  };
}
