import type { ElementModel, FlowModel, ProcessModel } from "@jinshui/engine";

/** One branch of a split whose branches run side by side. */
export interface Branch {
  /** Id of the element that splits. */
  split: string;
  branch: number;
}

/** Where an element lies within its scope: the branches around it, outermost first; nothing where that is not clear. */
export type Path = readonly Branch[] | undefined;

interface Block {
  split: string;
  join: string | undefined;
  bodies: ReadonlySet<string>[];
  /** Flows by which each branch reaches the join. */
  arrivals: string[][];
}

const JOINED_SPLITS = new Set(["parallelGateway", "inclusiveGateway", "complexGateway"]);
const known = new WeakMap<ProcessModel, Map<string, Blocks>>();

/** The parallel branches of one scope of a process: what lies beside what, and where it meets again. */
export class Blocks {
  readonly #blocks: Block[];
  readonly #paths = new Map<string, Path>();

  private constructor(
    readonly model: ProcessModel,
    scope: string,
  ) {
    const elements = Object.values(model.elements).filter((element) => element.scope === scope);
    const next = new Map(elements.map((element) => [element.id, followers(model, element)]));
    const after = postDominators(next);
    this.#blocks = elements.flatMap((element) => blockOf(model, element, next, after) ?? []);
    for (const { id } of elements) this.#paths.set(id, this.#pathOf(id));
  }

  static of(model: ProcessModel, scope: string): Blocks {
    const scopes = known.get(model) ?? new Map<string, Blocks>();
    known.set(model, scopes);
    const blocks = scopes.get(scope) ?? new Blocks(model, scope);
    scopes.set(scope, blocks);
    return blocks;
  }

  path(element: string): Path {
    return this.#paths.get(element);
  }

  /** As the path of an element, on the way that a flow is: from a split straight to its join that is a branch of its own. */
  pathOfFlow({ source, target }: FlowModel): Path {
    const path = this.path(source);
    const block = this.#blocks.find(({ split }) => split === source);
    if (!block || !path || block.join !== target) return path;
    const branch = this.model.elements[source]?.outgoing.findIndex((id) => this.model.flows[id]?.target === target);
    return [...path, { split: source, branch: branch ?? 0 }];
  }

  /** Flows by which the other branches of a split reach its join, where it waits for all of them. */
  arrivals({ split, branch }: Branch): string[] {
    const block = this.#blocks.find((candidate) => candidate.split === split);
    if (!block?.join || this.model.elements[block.join]?.type !== "parallelGateway") return [];
    return block.arrivals.flatMap((flows, index) => (index === branch ? [] : flows.slice(0, 1)));
  }

  #pathOf(id: string): Path {
    const path: (Branch & { size: number })[] = [];
    for (const { split, bodies } of this.#blocks) {
      const branches = bodies.flatMap((body, branch) => (body.has(id) ? [{ split, branch, size: body.size }] : []));
      // in two branches at once, or around its own split: nobody can say what runs beside it
      if (branches.length > 1 || bodies.some((body) => body.has(split) && body.has(id))) return undefined;
      path.push(...branches);
    }
    return path.sort((one, other) => other.size - one.size).map(({ split, branch }) => ({ split, branch }));
  }
}

function followers(model: ProcessModel, { outgoing, boundary = [] }: ElementModel): string[] {
  return [...outgoing.flatMap((flow) => model.flows[flow]?.target ?? []), ...boundary];
}

/** Where branches that run side by side begin; several entries of one branch exclude each other. */
function branchesOf(model: ProcessModel, element: ElementModel): string[][] {
  const targets = element.outgoing.flatMap((flow) => model.flows[flow]?.target ?? []);
  const beside = (element.boundary ?? []).filter((id) => model.elements[id]?.nonInterrupting === true);
  const interrupting = (element.boundary ?? []).filter((id) => model.elements[id]?.nonInterrupting !== true);
  const splits = JOINED_SPLITS.has(element.type) || !element.type.endsWith("Gateway");
  const own = splits && targets.length > 1 ? targets.map((target) => [target]) : [[...targets, ...interrupting]];
  return [...own, ...beside.map((id) => [id])];
}

function blockOf(
  model: ProcessModel,
  element: ElementModel,
  next: ReadonlyMap<string, string[]>,
  after: ReadonlyMap<string, ReadonlySet<string>>,
): Block | undefined {
  const branches = branchesOf(model, element);
  if (branches.length < 2) return undefined;
  const join = nearest(element.id, after);
  const bodies = branches.map((entries) => reached(entries, next, join));
  const flows = join === undefined ? [] : (model.elements[join]?.incoming ?? []);
  const arrivals = branches.map((entries, index) =>
    flows.filter((id) => {
      const source = model.flows[id]?.source ?? "";
      // a flow from the split straight to its join is a branch without anything in it
      return bodies[index]?.has(source) || (source === element.id && entries.includes(join ?? ""));
    }),
  );
  return { split: element.id, join, bodies, arrivals };
}

function reached(from: readonly string[], next: ReadonlyMap<string, string[]>, join: string | undefined): Set<string> {
  const found = new Set(from.filter((id) => id !== join));
  for (const id of found) for (const target of next.get(id) ?? []) if (target !== join) found.add(target);
  return found;
}

/** For each element those that every way to an end passes, itself among them. */
function postDominators(next: ReadonlyMap<string, string[]>): Map<string, ReadonlySet<string>> {
  const all = new Set(next.keys());
  const after = new Map<string, ReadonlySet<string>>(
    [...next].map(([id, targets]) => [id, targets.length === 0 ? new Set([id]) : all]),
  );
  for (let changed = true; changed;) {
    changed = false;
    for (const [id, targets] of [...next].reverse()) {
      const [first, ...others] = targets.map((target) => after.get(target) ?? all);
      if (!first) continue;
      const both = new Set([...first].filter((each) => others.every((set) => set.has(each))).concat(id));
      if (both.size === after.get(id)?.size) continue;
      after.set(id, both);
      changed = true;
    }
  }
  return after;
}

/** The first element that every way from one passes. */
function nearest(id: string, after: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  const others = [...(after.get(id) ?? [])].filter((each) => each !== id);
  return others.sort((one, other) => (after.get(other)?.size ?? 0) - (after.get(one)?.size ?? 0))[0];
}
