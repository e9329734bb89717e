import { type GraphNode, kindOf, type ProcessGraph } from "./soundness-graph.js";

/** One in or several out at a time, all of them, or as many as are there. */
type NetKind = "one" | "all" | "any" | "end" | "kill";

export interface NetNode {
  kind: NetKind;
  /** Element that stands for it in a problem. */
  element: string;
  /** An element that works whenever a token passes; `undefined` when passing twice does no harm. */
  work?: string;
  in: Set<NetEdge>;
  out: Set<NetEdge>;
}

export interface NetEdge {
  from: NetNode;
  to: NetNode;
  /** The first element a token comes to that does something, if there is one before the edge ends. */
  work?: string;
  /** The element at the end of the edge. */
  enters: string;
}

/** The token game of one scope: every element in terms of few kinds of nodes. */
export interface Net {
  nodes: Set<NetNode>;
  /** Where a run begins; none when there is nowhere to begin. */
  initial: NetEdge[];
}

/** Builds the net of the elements of one scope. Boundary events become a choice, or a choice beside the rest. */
export function buildNet(members: GraphNode[], graph: ProcessGraph): Net {
  return new Builder(members, graph).build();
}

class Builder {
  readonly nodes = new Set<NetNode>();
  /** Where tokens enter and leave an element. */
  readonly entries = new Map<string, NetNode>();
  readonly exits = new Map<string, NetNode>();

  constructor(
    readonly members: GraphNode[],
    readonly graph: ProcessGraph,
  ) {}

  build(): Net {
    for (const node of this.members) this.#add(node);
    for (const node of this.members) this.#boundaries(node);
    for (const node of this.members) {
      for (const id of node.outgoing) {
        const target = this.entries.get(this.graph.flows[id]?.target ?? "");
        const source = this.exits.get(node.id);
        if (source && target) connect(source, target);
      }
    }
    return { nodes: this.nodes, initial: this.#initial() };
  }

  #node(kind: NetKind, element: string, work?: string): NetNode {
    const node: NetNode = { kind, element, ...(work === undefined ? {} : { work }), in: new Set(), out: new Set() };
    this.nodes.add(node);
    return node;
  }

  #add(node: GraphNode): void {
    const kind = kindOf(node);
    if (kind === "exclusive" || kind === "parallel" || kind === "inclusive") {
      const own = this.#node(kind === "exclusive" ? "one" : kind === "parallel" ? "all" : "any", node.id);
      this.entries.set(node.id, own);
      this.exits.set(node.id, own);
      if (node.outgoing.length === 0) connect(own, this.#node("end", node.id));
      return;
    }
    const isEnd = kind === "end" && /endEvent/i.test(node.type);
    const entry = this.#node("one", node.id, isEnd || kind === "terminate" ? undefined : node.id);
    this.entries.set(node.id, entry);
    const conditional = node.outgoing.some((id) => this.graph.flows[id]?.condition !== undefined);
    const exitKind: NetKind =
      kind === "terminate" ? "kill" : node.outgoing.length === 0 ? "end" : conditional ? "any" : "all";
    const exit = node.outgoing.length === 1 ? entry : this.#node(exitKind, node.id);
    this.exits.set(node.id, exit);
  }

  /** Between entry and exit of an activity stand its boundary events. */
  #boundaries(node: GraphNode): void {
    const entry = this.entries.get(node.id);
    let exit = this.exits.get(node.id);
    if (!entry || !exit) return;
    const events = this.members.filter((event) => event.attachedTo === node.id);
    if (events.length > 0 && exit === entry) {
      exit = this.#node("one", node.id);
      this.exits.set(node.id, exit);
    }
    let last = entry;
    const beside = events.filter((event) => event.interrupting === false);
    if (beside.length > 0) {
      const split = this.#node("all", node.id);
      connect(last, split);
      for (const event of beside) {
        const choice = this.#node("one", event.id);
        connect(split, choice);
        this.#enter(choice, event);
        connect(choice, this.#node("end", event.id));
      }
      last = this.#node("one", node.id);
      connect(split, last);
    }
    for (const event of events) if (event.interrupting !== false) this.#enter(last, event);
    if (last !== exit) connect(last, exit);
  }

  #enter(from: NetNode, event: GraphNode): void {
    const to = this.entries.get(event.id);
    if (to) connect(from, to);
  }

  /** Each start event begins a run of its own; without any, everything nothing leads to begins together. */
  #initial(): NetEdge[] {
    const events = this.members.filter((node) => kindOf(node) === "start");
    const first = this.members.filter((node) => node.incoming.length === 0 && node.attachedTo === undefined);
    const starts = events.length > 0 ? events : first;
    const source = this.#node(events.length > 0 ? "one" : "all", starts[0]?.id ?? "");
    for (const node of starts) this.#enter(source, node);
    // an end has no way out, so no reduction takes the edge away that a run begins on
    const outside = this.#node("end", source.element);
    return starts.length === 0 ? [] : [connect(outside, source)];
  }
}

/** Joins two nodes. */
function connect(from: NetNode, to: NetNode): NetEdge {
  const edge: NetEdge = { from, to, ...(to.work === undefined ? {} : { work: to.work }), enters: to.element };
  from.out.add(edge);
  to.in.add(edge);
  return edge;
}
