import { type GraphNode, kindOf, type ProcessGraph, waitingNodes } from "./soundness-graph.js";
import type { SoundnessProblem } from "./soundness.js";

/** Elements of a scope that no token can come to. */
export function neverReached(members: GraphNode[], graph: ProcessGraph): SoundnessProblem[] {
  const events = members.filter((node) => kindOf(node) === "start");
  const free = members.filter((node) => node.incoming.length === 0 && node.attachedTo === undefined);
  const reached = closure(events.length > 0 ? events : free, (node) => after(node, members, graph));
  return members
    .filter((node) => !reached.has(node))
    .map((node) => ({ severity: "warning", code: "unreachable", element: node.id }));
}

/** The first elements of a part that has no way to an end. */
export function noWayOut(members: GraphNode[], graph: ProcessGraph): SoundnessProblem[] {
  const earlierOf = new Map<GraphNode, GraphNode[]>(members.map((node) => [node, []]));
  for (const node of members) for (const next of after(node, members, graph)) earlierOf.get(next)?.push(node);
  const ends = members.filter((node) => after(node, members, graph).length === 0);
  const good = closure(ends, (node) => earlierOf.get(node) ?? []);
  const trapped = members.filter((node) => !good.has(node));
  const entrances = trapped.filter((node) => (earlierOf.get(node) ?? []).some((earlier) => good.has(earlier)));
  const shown = entrances.length > 0 ? entrances : trapped.slice(0, 1);
  return shown.map((node) => ({ severity: "error", code: "no-way-out", element: node.id }));
}

/** Circles in which a run never rests: it would go round for ever, or until a condition stops it. */
export function loopsWithoutWait(graph: ProcessGraph): SoundnessProblem[] {
  const waiting = waitingNodes(graph);
  const restless = Object.values(graph.nodes).filter((node) => !waiting.has(node));
  // what is left after taking away, again and again, everything nothing leads to or that leads nowhere
  const kept = strip(
    restless,
    (node) => before(node, graph),
    (node) => following(node, graph),
  );
  const circles = strip(
    [...kept],
    (node) => following(node, graph),
    (node) => before(node, graph),
  );
  const seen = new Set<GraphNode>();
  const problems: SoundnessProblem[] = [];
  for (const node of circles) {
    if (seen.has(node)) continue;
    const part = closure([node], (inner) =>
      [...following(inner, graph), ...before(inner, graph)].filter((other) => circles.has(other)),
    );
    for (const inner of part) seen.add(inner);
    problems.push({ severity: "warning", code: "loop-without-wait", element: node.id });
  }
  return problems;
}

/** Choices that a run may not know how to make. */
export function branches(graph: ProcessGraph): SoundnessProblem[] {
  return Object.values(graph.nodes).flatMap((node): SoundnessProblem[] => {
    if (!/exclusiveGateway|inclusiveGateway/i.test(node.type) || node.outgoing.length < 2) return [];
    const open = node.outgoing.find(
      (id) => id !== node.defaultFlow && (graph.flows[id]?.condition ?? "").trim() === "",
    );
    if (open !== undefined) {
      const params = { flow: open, target: graph.flows[open]?.target ?? "" };
      return [{ severity: "warning", code: "branch-without-condition", element: node.id, params }];
    }
    if (node.defaultFlow !== undefined) return [];
    return [{ severity: "warning", code: "no-default-branch", element: node.id }];
  });
}

function after(node: GraphNode, members: GraphNode[], graph: ProcessGraph): GraphNode[] {
  const events = /activity|task|subProcess|transaction/i.test(node.type)
    ? members.filter((other) => other.attachedTo === node.id)
    : [];
  return [...following(node, graph), ...events];
}

function following(node: GraphNode, graph: ProcessGraph): GraphNode[] {
  return node.outgoing.map((id) => graph.nodes[graph.flows[id]?.target ?? ""]).filter((other) => other !== undefined);
}

function before(node: GraphNode, graph: ProcessGraph): GraphNode[] {
  return node.incoming.map((id) => graph.nodes[graph.flows[id]?.source ?? ""]).filter((other) => other !== undefined);
}

function closure<T>(first: T[], next: (item: T) => T[]): Set<T> {
  const found = new Set(first);
  for (const item of found) for (const other of next(item)) found.add(other);
  return found;
}

/** Takes away nodes that none of the others supports, until all that are left are supported. */
function strip(
  nodes: GraphNode[],
  supporters: (node: GraphNode) => GraphNode[],
  supported: (node: GraphNode) => GraphNode[],
): Set<GraphNode> {
  const left = new Set(nodes);
  const counts = new Map(nodes.map((node) => [node, supporters(node).filter((other) => left.has(other)).length]));
  const open = nodes.filter((node) => counts.get(node) === 0);
  for (let node = open.pop(); node; node = open.pop()) {
    left.delete(node);
    for (const other of supported(node)) {
      const count = counts.get(other);
      if (count === undefined) continue;
      counts.set(other, count - 1);
      if (count === 1) open.push(other);
    }
  }
  return left;
}
