import type { Budget } from "./budget.js";
import type { Net, NetEdge, NetNode } from "./soundness-net.js";

/**
 * Makes a net smaller without changing whether it is sound: a chain is one step, branches that part and meet the same way are
 * one branch, choices in a row are one choice, and a choice may as well not go round. A well-structured process shrinks to
 * a start and an end.
 */
export function reduce(net: Net, budget: Budget): void {
  const open = new Set(net.nodes);
  for (const node of open) {
    open.delete(node);
    if (!net.nodes.has(node)) continue;
    // a net that is not as small as it could be is still the same net
    if (!budget.spend(node.in.size + node.out.size)) return;
    for (const changed of step(net, node)) open.add(changed);
  }
}

/** One change at a node; the nodes to look at again, none when nothing fits. */
function step(net: Net, node: NetNode): NetNode[] {
  const [incoming] = node.in;
  const [outgoing] = node.out;
  if (incoming && outgoing && node.in.size === 1 && node.out.size === 1 && incoming !== outgoing)
    return chain(net, node, incoming, outgoing);
  const together = byTarget(node.out);
  for (const edge of node.out) {
    const [first, ...twins] = together.get(edge.to) ?? [];
    if (first && twins.length > 0 && sameWay(first)) return oneOf(first, twins);
    if (edge.to === node && node.kind === "one" && node.out.size > 1) {
      if (edge.work !== undefined) node.work ??= edge.work;
      return dropped(edge);
    }
    if (edge.to !== node && edge.to.kind === node.kind && (node.kind === "one" || node.kind === "all")) {
      if (edge.to.in.size === 1 && edge.to.out.size > 0 && node.in.size > 0) return merged(net, edge);
      if (node.out.size === 1 && node.in.size > 0 && !worksAlone(edge)) return merged(net, edge);
    }
  }
  return [];
}

function byTarget(edges: Iterable<NetEdge>): Map<NetNode, NetEdge[]> {
  const found = new Map<NetNode, NetEdge[]>();
  for (const edge of edges) {
    const known = found.get(edge.to);
    if (known) known.push(edge);
    else found.set(edge.to, [edge]);
  }
  return found;
}

function sameWay({ from, to }: NetEdge): boolean {
  return (
    to.kind === "any" || (to.kind === from.kind && to.kind !== "kill") || (to.kind === "end" && from.kind === "one")
  );
}

function chain(net: Net, node: NetNode, incoming: NetEdge, outgoing: NetEdge): NetNode[] {
  net.nodes.delete(node);
  incoming.to = outgoing.to;
  incoming.enters = outgoing.enters;
  const work = incoming.work ?? node.work ?? outgoing.work;
  if (work !== undefined) incoming.work = work;
  outgoing.to.in.delete(outgoing);
  outgoing.to.in.add(incoming);
  return [incoming.from, incoming.to];
}

/** Of work before a choice where others join, nothing may be said of the others. */
function worksAlone({ from, work }: NetEdge): boolean {
  return from.kind === "one" && (from.work ?? work) !== undefined;
}

function oneOf(edge: NetEdge, twins: NetEdge[]): NetNode[] {
  const work = edge.work ?? twins.find((twin) => twin.work !== undefined)?.work;
  if (work !== undefined) edge.work = work;
  for (const twin of twins) dropped(twin);
  return [edge.from, edge.to];
}

function dropped(edge: NetEdge): NetNode[] {
  edge.from.out.delete(edge);
  edge.to.in.delete(edge);
  return [edge.from, edge.to];
}

/** Two nodes of one kind become the first. */
function merged(net: Net, edge: NetEdge): NetNode[] {
  const { from, to } = edge;
  dropped(edge);
  net.nodes.delete(to);
  if (to.in.size > 0 && to.work !== undefined) from.work ??= to.work;
  const work = edge.work ?? (to.in.size > 0 ? undefined : to.work);
  if (work !== undefined) for (const other of to.out) other.work = work;
  for (const other of to.in) {
    other.to = from;
    from.in.add(other);
  }
  for (const other of to.out) {
    other.from = from;
    from.out.add(other);
  }
  return [from, ...[...from.in].map((other) => other.from), ...[...from.out].map((other) => other.to)];
}
