import type { ProcessModel } from "@jinshui/engine";
import type { Box, Point } from "./placed.js";

/** What is wrong with a drawing: something that is not in it, shapes on one another, lines through shapes or along each other. */
export interface DrawingFault {
  kind: "not-drawn" | "shapes-overlap" | "line-through-shape" | "lines-overlap";
  element: string;
  other?: string;
}

const ATTRIBUTE = (name: string): RegExp => new RegExp(`\\b${name}="([^"]*)"`);
const read = (text: string, name: string): string => ATTRIBUTE(name).exec(text)?.[1] ?? "";

/** Looks at the drawing of a process as it stands in its file. */
export function drawingFaults(xml: string, model: ProcessModel): DrawingFault[] {
  const shapes = new Map(parts(xml, "BPMNShape").map((part) => [read(part, "bpmnElement"), boxOf(part)]));
  const lines = new Map(parts(xml, "BPMNEdge").map((part) => [read(part, "bpmnElement"), pointsOf(part)]));
  const faults: DrawingFault[] = [];
  for (const element of Object.keys(model.elements))
    if (!shapes.has(element)) faults.push({ kind: "not-drawn", element });
  for (const element of Object.keys(model.flows)) if (!lines.has(element)) faults.push({ kind: "not-drawn", element });
  const all = [...shapes];
  for (const [index, [element, box]] of all.entries())
    for (const [other, second] of all.slice(index + 1))
      if (!hangsOn(model, element, other) && overlap(box, second))
        faults.push({ kind: "shapes-overlap", element, other });
  const flows = [...lines].flatMap(([id, points]) => {
    const flow = model.flows[id];
    return flow ? [{ ...flow, points }] : [];
  });
  for (const [index, flow] of flows.entries()) {
    for (const [other, box] of all)
      if (other !== flow.source && other !== flow.target && !hangsOn(model, other, flow.source))
        if (segments(flow.points).some((segment) => crosses(segment, box)))
          faults.push({ kind: "line-through-shape", element: flow.id, other });
    for (const second of flows.slice(index + 1))
      if (flow.source !== second.source && flow.target !== second.target)
        if (segments(flow.points).some((one) => segments(second.points).some((two) => along(one, two))))
          faults.push({ kind: "lines-overlap", element: flow.id, other: second.id });
  }
  return faults;
}

function parts(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}\\b[\\s\\S]*?</(?:\\w+:)?${name}>`, "g"))].map(
    ([part]) => part,
  );
}

function boxOf(part: string): Box {
  const bounds = /<(?:\w+:)?Bounds\b[^<>]*>/.exec(part)?.[0] ?? "";
  const number = (name: string): number => Number(read(bounds, name));
  return { x: number("x"), y: number("y"), width: number("width"), height: number("height") };
}

function pointsOf(part: string): Point[] {
  return [...part.matchAll(/<(?:\w+:)?waypoint\b[^<>]*>/g)].map(([point]) => ({
    x: Number(read(point, "x")),
    y: Number(read(point, "y")),
  }));
}

function hangsOn({ elements }: ProcessModel, one: string, other: string): boolean {
  return elements[one]?.attachedTo === other || elements[other]?.attachedTo === one;
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

type Segment = readonly [Point, Point];

function segments(points: readonly Point[]): Segment[] {
  return points.slice(1).map((point, index) => [points[index] ?? point, point]);
}

/** Whether a level or upright line runs through a box; its edge does not count. */
function crosses([from, to]: Segment, { x, y, width, height }: Box): boolean {
  return overlap(
    {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(to.x - from.x),
      height: Math.abs(to.y - from.y),
    },
    { x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1 },
  );
}

/** Whether two lines lie on one another for more than a few pixels. */
function along([a, b]: Segment, [c, d]: Segment): boolean {
  const shared = (p: number, q: number, r: number, s: number): number =>
    Math.min(Math.max(p, q), Math.max(r, s)) - Math.max(Math.min(p, q), Math.min(r, s));
  if (a.x === b.x && c.x === d.x) return Math.abs(a.x - c.x) < 2 && shared(a.y, b.y, c.y, d.y) > 4;
  if (a.y === b.y && c.y === d.y) return Math.abs(a.y - c.y) < 2 && shared(a.x, b.x, c.x, d.x) > 4;
  return false;
}
