import type { ElementModel, ProcessModel } from "@jinshui/engine";

/** A flow between two shapes of the grid. */
export interface DrawnEdge {
  id: string;
  name?: string;
  source: string;
  target: string;
  /** The boundary event it leaves from; `source` is then the activity that this hangs on. */
  boundary?: string;
  /** It leads back to a step that comes before. */
  back: boolean;
}

/** What is drawn of a process: its shapes from left to right, and what leads from one to another. */
export interface DrawnGraph {
  nodes: ReadonlyMap<string, ElementModel>;
  edges: readonly DrawnEdge[];
  /** Boundary events by the activity they hang on. */
  boundary: ReadonlyMap<string, readonly ElementModel[]>;
  /** The column of each shape, 0 for the start. */
  columns: ReadonlyMap<string, number>;
  start: string;
}

const outOf = (graph: { edges: readonly DrawnEdge[] }, id: string): DrawnEdge[] =>
  graph.edges.filter(({ source }) => source === id);

/** Flows that leave a shape, the one that is usually taken first. */
export function leaving(graph: Pick<DrawnGraph, "edges" | "nodes">, id: string): DrawnEdge[] {
  const usual = graph.nodes.get(id)?.defaultFlow;
  return outOf(graph, id).sort((a, b) => Number(b.id === usual) - Number(a.id === usual));
}

/** Reads a process for drawing; nothing when it has sub-processes, which stand for diagrams of their own. */
export function drawnGraph(model: ProcessModel): DrawnGraph | undefined {
  const elements = Object.values(model.elements);
  const [start] = model.starts[""] ?? [];
  if (start === undefined || elements.some(({ scope }) => scope !== "")) return undefined;
  const nodes = new Map(elements.filter(({ type }) => type !== "boundaryEvent").map((node) => [node.id, node]));
  const boundary = new Map<string, ElementModel[]>();
  for (const event of elements)
    if (event.attachedTo !== undefined)
      boundary.set(event.attachedTo, [...(boundary.get(event.attachedTo) ?? []), event]);
  const edges: DrawnEdge[] = Object.values(model.flows).map(({ id, name, source, target }) => {
    const host = model.elements[source]?.attachedTo;
    return {
      id,
      ...(name === undefined ? {} : { name }),
      source: host ?? source,
      target,
      ...(host === undefined ? {} : { boundary: source }),
      back: false,
    };
  });
  markBack({ nodes, edges }, start);
  return { nodes, edges, boundary, columns: columnsOf([...nodes.keys()], edges), start };
}

/** A flow to a shape that the way here has passed leads back. */
function markBack(graph: Pick<DrawnGraph, "nodes" | "edges">, start: string): void {
  const passed = new Set<string>();
  const done = new Set<string>();
  const visit = (id: string): void => {
    passed.add(id);
    for (const edge of leaving(graph, id)) {
      edge.back = passed.has(edge.target);
      if (!edge.back && !done.has(edge.target)) visit(edge.target);
    }
    passed.delete(id);
    done.add(id);
  };
  for (const id of [start, ...graph.nodes.keys()]) if (!done.has(id)) visit(id);
}

/** One column further than whatever leads to it. */
function columnsOf(ids: readonly string[], edges: readonly DrawnEdge[]): Map<string, number> {
  const columns = new Map<string, number>();
  const columnOf = (id: string): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    const before = edges.filter(({ target, back }) => target === id && !back);
    const column = Math.max(-1, ...before.map(({ source }) => columnOf(source))) + 1;
    columns.set(id, column);
    return column;
  };
  ids.forEach(columnOf);
  return columns;
}
