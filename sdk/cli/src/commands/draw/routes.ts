import type { DrawnEdge } from "./drawn-graph.js";
import type { Grid } from "./grid.js";

export type Side = "left" | "right" | "top" | "bottom";

/**
 * Where a line turns, before there are pixels: `x` in columns, `y` in rows; halves are the gaps between them. A point on a gap has the
 * `gap` line it runs on, of which several lie beside each other.
 */
export interface Turn {
  x: number;
  y: number;
}

/** The way of a flow: out of one side of its source, over its turns, into one side of its target. */
export interface Route {
  edge: DrawnEdge;
  from: Side;
  to: Side;
  turns: readonly Turn[];
}

const ROUND = /Gateway$/;

/** Finds a way for every flow that crosses no shape but its own ends. */
export function findRoutes(grid: Grid): Route[] {
  const { graph } = grid;
  const exits = new Set<string>();
  const entries = new Set<string>();
  const round = (id: string): boolean => ROUND.test(graph.nodes.get(id)?.type ?? "");
  const open = (taken: Set<string>, id: string, side: Side): boolean => !taken.has(`${id} ${side}`);
  const routes: Route[] = [];
  const add = (edge: DrawnEdge, from: Side, to: Side, turns: Turn[]): void => {
    if (edge.boundary === undefined) exits.add(`${edge.source} ${from}`);
    entries.add(`${edge.target} ${to}`);
    routes.push({ edge, from, to, turns });
  };

  /** Straight on, or with one change of rows. */
  const direct = (edge: DrawnEdge): boolean => {
    const { source, target } = edge;
    const [a, b] = [grid.column(source), grid.column(target)];
    const [r, s] = [grid.row(source), grid.row(target)];
    if (edge.back || edge.boundary !== undefined) return false;
    if (r === s) {
      if (!grid.free(r, a + 1, b - 1, target)) return false;
      grid.keep(r, a + 1, b - 1, target);
      add(edge, "right", "left", []);
      return true;
    }
    const [out, into]: [Side, Side] = s > r ? ["bottom", "top"] : ["top", "bottom"];
    const inTarget = grid.free(s, a + 1, b - 1, target);
    const inSource = grid.free(r, a + 1, b - 1, target);
    if (
      round(source) &&
      inTarget &&
      open(exits, source, out) &&
      open(entries, source, out) &&
      grid.freeDown(a, r, s, target)
    ) {
      grid.keep(s, a, b - 1, target);
      for (let row = Math.min(r, s) + 1; row < Math.max(r, s); row += 1) grid.keep(row, a, a, target);
      add(edge, out, "left", [{ x: a, y: s }]);
    } else if (round(target) && inSource && open(exits, target, into) && grid.freeDown(b, s, r, target)) {
      grid.keep(r, a + 1, b, target);
      for (let row = Math.min(r, s) + 1; row < Math.max(r, s); row += 1) grid.keep(row, b, b, target);
      add(edge, "right", into, [{ x: b, y: r }]);
    } else if (inTarget) {
      grid.keep(s, a + 1, b - 1, target);
      const x = a + 0.5;
      add(edge, "right", "left", [
        { x, y: r },
        { x, y: s },
      ]);
    } else if (inSource) {
      grid.keep(r, a + 1, b - 1, target);
      const x = b - 0.5;
      add(edge, "right", "left", [
        { x, y: r },
        { x, y: s },
      ]);
    } else return false;
    return true;
  };

  /** Through the gaps between rows, where no shape stands. */
  const around = (edge: DrawnEdge): void => {
    const { source, target } = edge;
    const [a, b] = [grid.column(source), grid.column(target)];
    const [r, s] = [grid.row(source), grid.row(target)];
    const wanted: Side[] = s < r ? ["top", "bottom"] : ["bottom", "top"];
    const free = wanted.find((side) => open(exits, source, side) && open(entries, source, side));
    const from: Side = edge.boundary === undefined ? (free ?? "right") : "bottom";
    const down = from === "bottom" || (from === "right" && s >= r);
    const gap = r + (down ? 0.5 : -0.5);
    const into: Side = gap > s ? "bottom" : "top";
    const nearest = gap > s ? Math.ceil(gap - 1) : Math.floor(gap + 1);
    const reach = open(exits, target, into) && (nearest === s || grid.freeDown(b, s, nearest, target));
    const turns: Turn[] = from === "right" ? [{ x: a + 0.5, y: r }, { x: a + 0.5, y: gap }] : [{ x: a, y: gap }]; // prettier-ignore
    if (reach) add(edge, from, into, [...turns, { x: b, y: gap }]);
    else add(edge, from, "left", [...turns, { x: b - 0.5, y: gap }, { x: b - 0.5, y: s }]);
  };

  // what goes on in its row comes first, then what changes rows, then what leads back
  const changes = ({ source, target }: DrawnEdge): number => Math.abs(grid.row(source) - grid.row(target));
  const left = [...graph.edges].sort((one, other) => changes(one) - changes(other)).filter((edge) => !direct(edge));
  for (const edge of left) around(edge);
  return routes;
}
