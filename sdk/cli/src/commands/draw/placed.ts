import type { ElementModel } from "@jinshui/engine";
import type { DrawnGraph } from "./drawn-graph.js";
import type { Grid } from "./grid.js";
import type { Route, Side, Turn } from "./routes.js";
import { assignTracks } from "./tracks.js";

export interface Point {
  x: number;
  y: number;
}

/** A rectangle in pixels; `x` and `y` are its upper left corner. */
export interface Box extends Point {
  width: number;
  height: number;
}

export interface Placed {
  shapes: ReadonlyMap<string, Box>;
  shapeLabels: ReadonlyMap<string, Box>;
  lines: ReadonlyMap<string, readonly Point[]>;
  lineLabels: ReadonlyMap<string, Box>;
}

const COLUMN = 100;
const ROW = 80;
const MARGIN = { x: 160, y: 80 };
const LINE_HEIGHT = 14;
/** A boundary event hangs on the lower edge of its activity, this far from the middle. */
const HANG = 28;

/** How long a text is on one line, in pixels of a 12 px font. */
function textWidth(text: string): number {
  return [...text].reduce((width, letter) => width + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 12 : 7), 0) + 4;
}

function sizeOf({ type }: ElementModel): { width: number; height: number } {
  if (type.endsWith("Gateway")) return { width: 50, height: 50 };
  if (type.endsWith("Event")) return { width: 36, height: 36 };
  return { width: COLUMN, height: ROW };
}

/** Gives everything its place in pixels. */
export function placeAll(graph: DrawnGraph, grid: Grid, routes: readonly Route[]): Placed {
  const tracks = assignTracks(routes);
  const columns = Math.max(...graph.columns.values());
  const { first, last } = grid.rows;
  const xs = middles(0, columns, COLUMN, MARGIN.x, (gap) =>
    Math.max(50, 26 + 12 * tracks.count(`x ${gap}`), labelRoom(gap, grid, routes)),
  );
  const ys = middles(first, last, ROW, MARGIN.y, (gap) => Math.max(40, 24 + 10 * tracks.count(`y ${gap}`)));
  const offset = (turn: Turn, axis: "x" | "y", step: number): number =>
    (tracks.trackOf(turn, axis) - (tracks.count(`${axis} ${turn[axis]}`) - 1) / 2) * step;

  const shapes = new Map<string, Box>();
  for (const [id, node] of graph.nodes) {
    shapes.set(id, around(xs(grid.column(id)), ys(grid.row(id)), sizeOf(node)));
    for (const event of graph.boundary.get(id) ?? [])
      shapes.set(event.id, around(xs(grid.column(id)) + HANG, ys(grid.row(id)) + ROW / 2, sizeOf(event)));
  }
  const box = (id: string): Box => shapes.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
  const lines = new Map<string, Point[]>();
  const lineLabels = new Map<string, Box>();
  for (const { edge, from, to, turns } of routes) {
    const begin = sideOf(box(edge.boundary ?? edge.source), from);
    const end = sideOf(box(edge.target), to);
    const points = turns.map((turn) => ({
      x: xs(turn.x) + (Number.isInteger(turn.x) ? 0 : offset(turn, "x", 12)),
      y: ys(turn.y) + (Number.isInteger(turn.y) ? 0 : offset(turn, "y", 10)),
    }));
    const [turn] = points;
    if (turn && (from === "bottom" || from === "top")) turn.x = begin.x;
    lines.set(edge.id, [begin, ...points, end]);
    if (edge.name !== undefined) lineLabels.set(edge.id, lineLabel(edge.name, from, [begin, ...points, end]));
  }
  return { shapes, shapeLabels: shapeLabels(graph, box), lines, lineLabels };
}

/** Middles of rows or columns by their number, and of the gaps between them by halves. */
function middles(
  first: number,
  last: number,
  size: number,
  margin: number,
  gapSize: (gap: number) => number,
): (place: number) => number {
  const found = new Map<number, number>();
  const before = gapSize(first - 0.5);
  found.set(first - 0.5, margin);
  let edge = margin + before / 2;
  for (let place = first; place <= last; place += 1) {
    found.set(place, edge + size / 2);
    const gap = gapSize(place + 0.5);
    found.set(place + 0.5, edge + size + gap / 2);
    edge += size + gap;
  }
  return (place) => Math.round(found.get(place) ?? margin);
}

/** How wide a gap between columns has to be for what is written on lines that begin before it. */
function labelRoom(gap: number, grid: Grid, routes: readonly Route[]): number {
  const needs = routes
    .filter(({ edge, from }) => edge.name !== undefined && from === "right" && grid.column(edge.source) === gap - 0.5)
    .map(({ edge, turns }) => textWidth(edge.name ?? "") + (turns.length === 0 ? -10 : 40));
  return Math.max(0, ...needs);
}

function around(x: number, y: number, { width, height }: { width: number; height: number }): Box {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

function sideOf({ x, y, width, height }: Box, side: Side): Point {
  if (side === "left") return { x, y: y + height / 2 };
  if (side === "right") return { x: x + width, y: y + height / 2 };
  return { x: x + width / 2, y: side === "top" ? y : y + height };
}

function lineLabel(name: string, from: Side, points: readonly Point[]): Box {
  const [begin, turn, next] = points as [Point, Point, Point | undefined];
  const size = { width: textWidth(name), height: LINE_HEIGHT };
  if (from === "right" && next === undefined) return { x: begin.x + 6, y: begin.y - 18, ...size };
  if (from === "right") return { x: turn.x + 6, y: next === undefined ? turn.y - 18 : next.y - 18, ...size };
  const goesOn = next !== undefined && next.y === turn.y && next.x > turn.x;
  return goesOn && Math.abs(turn.y - begin.y) > 60
    ? { x: turn.x + 8, y: turn.y - 18, ...size }
    : { x: begin.x + 6, y: from === "bottom" ? begin.y + 3 : begin.y - LINE_HEIGHT - 3, ...size };
}

/** Names of events stand below them, those of gateways at their upper left, clear of what leaves them. */
function shapeLabels(graph: DrawnGraph, box: (id: string) => Box): Map<string, Box> {
  const labels = new Map<string, Box>();
  const named = [...graph.nodes.values(), ...[...graph.boundary.values()].flat()];
  for (const { id, type, name } of named) {
    if (name === undefined || name === "" || !(type.endsWith("Gateway") || type.endsWith("Event"))) continue;
    const { x, y, width: own, height: tall } = box(id);
    const width = Math.min(textWidth(name), 96);
    const height = LINE_HEIGHT * Math.ceil(textWidth(name) / 96);
    if (type.endsWith("Gateway")) labels.set(id, { x: x + own / 2 - 6 - width, y: y + 2 - height, width, height });
    else labels.set(id, { x: x + own / 2 - width / 2, y: y + tall + 4, width, height });
  }
  return labels;
}
