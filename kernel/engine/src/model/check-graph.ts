import { isScope } from "./element-type.js";
import type { ElementModel, ProcessModel } from "./model.js";
import type { Problem, ProblemCode } from "./problem.js";

/** Finds where each scope begins and ends, and what no token can reach. Fills `model.starts`. */
export function checkGraph(model: ProcessModel, lines: Map<string, number>): Problem[] {
  const problems: Problem[] = [];
  const byScope = new Map<string, ElementModel[]>([["", []]]);
  for (const element of Object.values(model.elements)) {
    if (isScope(element.type) && !byScope.has(element.id)) byScope.set(element.id, []);
    const known = byScope.get(element.scope);
    if (known) known.push(element);
    else byScope.set(element.scope, [element]);
  }
  for (const [scope, elements] of byScope) {
    const host = model.elements[scope];
    if (elements.length === 0) {
      model.starts[scope] = [];
      if (scope === "") problems.push({ severity: "error", code: "empty-process" });
      continue;
    }
    problems.push(...checkScope(model, host, elements, lines));
  }
  return problems;
}

function checkScope(
  model: ProcessModel,
  host: ElementModel | undefined,
  elements: ElementModel[],
  lines: Map<string, number>,
): Problem[] {
  const problems: Problem[] = [];
  const events = elements.filter((element) => element.type === "startEvent");
  const plain = events.filter((element) => element.events === undefined);
  const free = elements.filter(begins);
  const starts =
    host?.type === "eventSubProcess"
      ? events
      : plain.length > 0
        ? plain.slice(0, 1)
        : events.length > 0
          ? events.slice(0, 1)
          : free;
  model.starts[host?.id ?? ""] = starts.map(({ id }) => id);
  const instantiating = elements.filter((element) => element.instantiate);
  if (starts.length === 0 && events.length === 0 && instantiating.length === 0 && host?.type !== "adHocSubProcess")
    problems.push(at("error", "no-start", host, lines));
  if (plain.length > 1) problems.push(at("warning", "several-starts", plain[1], lines));
  const all = host?.type === "adHocSubProcess" ? free : [...starts, ...events, ...instantiating];
  const reached = reachable(model, [...all, ...elements.filter(comesByItself)]);
  const unreached = firstOf(
    model,
    elements.filter(({ id }) => !reached.has(id)),
  );
  const linked = new Set(elements.filter(({ type }) => type === "catchEvent").map(linkName));
  for (const element of elements) {
    const link = element.type === "throwEvent" ? linkName(element) : undefined;
    if (unreached.has(element)) problems.push(at("warning", "unreachable", element, lines));
    if (element.defaultFlow !== undefined && !element.outgoing.includes(element.defaultFlow))
      problems.push(at("error", "bad-default-flow", element, lines));
    if (link !== undefined && !linked.has(link)) problems.push(at("error", "link-target", element, lines));
  }
  return problems;
}

/** An element that begins its scope because nothing leads to it. */
function begins(element: ElementModel): boolean {
  return element.incoming.length === 0 && !comesByItself(element);
}

/** Elements that control reaches without a sequence flow. */
function comesByItself(element: ElementModel): boolean {
  return (
    element.type === "boundaryEvent" ||
    element.type === "eventSubProcess" ||
    element.forCompensation === true ||
    (element.type === "catchEvent" && linkName(element) !== undefined)
  );
}

function linkName(element: ElementModel): string | undefined {
  const link = element.events?.find(({ kind }) => kind === "link");
  return link && (link.name ?? "");
}

/** The catching end of a link in the same scope. */
export function linkTarget(model: ProcessModel, source: ElementModel): ElementModel | undefined {
  const name = linkName(source);
  return Object.values(model.elements).find(
    (element) => element.type === "catchEvent" && element.scope === source.scope && linkName(element) === name,
  );
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

/** Of elements that nothing reaches, those from which the others follow: the others can be reached when these can. */
function firstOf(model: ProcessModel, unreached: ElementModel[]): Set<ElementModel> {
  const ids = new Set(unreached.map(({ id }) => id));
  const follows = (element: ElementModel): boolean =>
    element.incoming.some((flow) => ids.has(model.flows[flow]?.source ?? ""));
  const first = new Set(unreached.filter((element) => !follows(element)));
  const behind = reachable(model, [...first]);
  for (const element of unreached) {
    if (behind.has(element.id)) continue;
    // one of a circle
    first.add(element);
    for (const id of reachable(model, [element])) behind.add(id);
  }
  return first;
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
