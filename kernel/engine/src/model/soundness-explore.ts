import type { Budget } from "./budget.js";
import type { Net, NetEdge, NetNode } from "./soundness-net.js";

/** Most states that are looked at. */
const MAX_MARKINGS = 20_000;
/** Steps that it takes to name a state, for each of its tokens. */
const KEY_COST = 5;
/** Steps of any move, besides those for its tokens. */
const MOVE_COST = 20;
/** Up to here every choice of an inclusive split is tried, beyond it single branches, pairs and all. */
const MAX_SUBSETS = 6;

/** What the token game showed. */
export interface Exploration {
  /** Elements where tokens wait for others that never come. */
  stuck: Set<string>;
  /** Elements that a second token may reach while the first is there, or that work twice. */
  doubled: Set<string>;
  /** Whether some state was found from which no end can be reached, although something always moves. */
  endless: boolean;
  /** Whether all states were seen. */
  complete: boolean;
}

type Marking = ReadonlySet<NetEdge>;

/** Plays every run of a net. */
export function explore(net: Net, budget: Budget): Exploration {
  return new Explorer(net, budget).run();
}

class Explorer {
  readonly result: Exploration = { stuck: new Set(), doubled: new Set(), endless: false, complete: true };
  readonly numbers = new Map<NetEdge, number>();
  readonly before = new Map<string, string[]>();
  readonly reach = new Map<NetNode, Map<NetEdge, Set<NetEdge>>>();
  #moved = false;

  constructor(
    readonly net: Net,
    readonly budget: Budget,
  ) {}

  run(): Exploration {
    const first = new Set(this.net.initial);
    const open: Marking[] = [first];
    this.before.set(this.#key(first), []);
    for (let marking = open.pop(); marking; marking = open.pop()) {
      const key = this.#key(marking);
      this.#watchChoices(marking);
      this.#moved = false;
      const next = this.#successors(marking);
      if (next.length === 0 && marking.size > 0 && !this.#moved && !this.budget.spent) this.#stuck(marking);
      for (const successor of next) {
        const id = this.#key(successor);
        const known = this.before.get(id);
        if (known) known.push(key);
        else {
          this.before.set(id, [key]);
          open.push(successor);
        }
      }
      if (this.before.size > MAX_MARKINGS || this.budget.spent) {
        this.result.complete = false;
        return this.result;
      }
    }
    const { stuck, doubled } = this.result;
    if (stuck.size === 0 && doubled.size === 0) this.result.endless = !this.#allEnd();
    return this.result;
  }

  #key(marking: Marking): string {
    this.budget.spend(KEY_COST * marking.size);
    const numbers = [...marking].map((edge) => {
      const number = this.numbers.get(edge) ?? this.numbers.size;
      this.numbers.set(edge, number);
      return number;
    });
    return numbers.sort((a, b) => a - b).join();
  }

  /** Two tokens before one choice both pass it. */
  #watchChoices(marking: Marking): void {
    for (const edge of marking) {
      const { to } = edge;
      if (to.kind !== "one") continue;
      this.budget.spend(to.in.size + to.out.size);
      const work = to.work ?? [...to.out].find((out) => out.work !== undefined)?.work;
      if (work !== undefined && [...to.in].filter((other) => marking.has(other)).length > 1)
        this.result.doubled.add(work);
    }
  }

  #successors(marking: Marking): Marking[] {
    const found: Marking[] = [];
    for (const node of new Set([...marking].map((edge) => edge.to))) {
      const present = [...node.in].filter((edge) => marking.has(edge));
      this.budget.spend(node.in.size + node.out.size);
      if (node.kind === "kill") found.push(new Set());
      else if (node.kind === "end") for (const edge of present) this.#move(marking, [edge], [], found);
      else if (node.kind === "one") {
        for (const edge of present) for (const out of node.out) this.#move(marking, [edge], [out], found);
      } else if (node.kind === "all") {
        if (present.length === node.in.size) this.#move(marking, present, [...node.out], found);
      } else if (this.#nothingComes(marking, node)) {
        for (const outs of subsets([...node.out])) {
          if (this.budget.spent) break;
          this.#move(marking, present, outs, found);
        }
      }
    }
    return found;
  }

  #move(marking: Marking, from: NetEdge[], to: NetEdge[], found: Marking[]): void {
    if (!this.budget.spend(MOVE_COST + marking.size + from.length + to.length)) return;
    const next = new Set(marking);
    for (const edge of from) next.delete(edge);
    const twice = to.filter((edge) => next.has(edge));
    const harmful = twice.find((edge) => edge.work !== undefined || !onlyEnds(edge.to));
    if (harmful) this.result.doubled.add(harmful.work ?? harmful.enters);
    this.#moved = true;
    // what would happen after a fault is not followed
    if (harmful) return;
    for (const edge of to) next.add(edge);
    found.push(next);
  }

  /** Whether no token elsewhere can still come to an empty entry of an inclusive join. */
  #nothingComes(marking: Marking, join: NetNode): boolean {
    return [...join.in]
      .filter((edge) => !marking.has(edge))
      .every((empty) => {
        this.budget.spend(marking.size);
        const sources = this.#sources(join, empty);
        return ![...marking].some((edge) => edge.to !== join && sources.has(edge));
      });
  }

  /** Edges from which a token can come to an edge without passing the join. */
  #sources(join: NetNode, target: NetEdge): Set<NetEdge> {
    const ofJoin = this.reach.get(join) ?? new Map<NetEdge, Set<NetEdge>>();
    this.reach.set(join, ofJoin);
    const known = ofJoin.get(target);
    if (known) return known;
    const sources = new Set<NetEdge>();
    const open = [target.from];
    for (let node = open.pop(); node; node = open.pop()) {
      if (node === join) continue;
      for (const edge of node.in) {
        this.budget.spend(1);
        if (sources.has(edge)) continue;
        sources.add(edge);
        open.push(edge.from);
      }
    }
    ofJoin.set(target, sources);
    return sources;
  }

  #stuck(marking: Marking): void {
    for (const edge of marking) this.result.stuck.add(edge.enters);
  }

  #allEnd(): boolean {
    const reached = new Set<string>(this.before.has("") ? [""] : []);
    const open = [...reached];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      for (const earlier of this.before.get(key) ?? []) {
        if (reached.has(earlier)) continue;
        reached.add(earlier);
        open.push(earlier);
      }
    }
    return reached.size === this.before.size;
  }
}

/** Whether nothing comes behind a node but ends: to arrive there twice does no harm. */
function onlyEnds(node: NetNode): boolean {
  const seen = new Set([node]);
  for (const { kind, work, in: entries, out } of seen) {
    if (kind === "end") continue;
    if (kind === "kill" || (kind !== "one" && entries.size > 1) || work !== undefined) return false;
    for (const edge of out) {
      if (edge.work !== undefined) return false;
      seen.add(edge.to);
    }
  }
  return true;
}

function* subsets(edges: NetEdge[]): Generator<NetEdge[]> {
  if (edges.length > MAX_SUBSETS) {
    yield edges;
    for (const [index, edge] of edges.entries()) {
      yield [edge];
      for (const other of edges.slice(index + 1)) yield [edge, other];
    }
    return;
  }
  for (let mask = 1; mask < 2 ** edges.length; mask += 1) yield edges.filter((_edge, bit) => mask & (1 << bit));
}
