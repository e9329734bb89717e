import type { Route, Turn } from "./routes.js";

/** A part of a line that runs in a gap: between two rows (`y` is half) or two columns (`x` is half). */
interface Run {
  gap: string;
  from: number;
  to: number;
  /** Lines with an end in common may lie on one another. */
  ends: readonly string[];
  turns: Turn[];
}

/** Which of the lines of its gap each turn lies on, and how many lines each gap has. */
export interface Tracks {
  trackOf(turn: Turn, axis: "x" | "y"): number;
  /** `axis` and the gap's place, such as `x 1.5`. */
  count(gap: string): number;
}

const isGap = (value: number): boolean => !Number.isInteger(value);

/** Gives lines that would lie on one another in a gap lines of their own beside each other. */
export function assignTracks(routes: readonly Route[]): Tracks {
  const runs = routes.flatMap(runsOf);
  const tracks = new Map<Turn, { x?: number; y?: number }>();
  const counts = new Map<string, number>();
  const byGap = new Map<string, Run[]>();
  for (const run of runs) byGap.set(run.gap, [...(byGap.get(run.gap) ?? []), run]);
  for (const [gap, all] of byGap) {
    const taken: Run[][] = [];
    for (const run of all.sort((one, other) => one.to - one.from - (other.to - other.from))) {
      const free = taken.findIndex((others) => others.every((other) => !collide(run, other)));
      const track = free < 0 ? taken.length : free;
      (taken[track] ??= []).push(run);
      for (const turn of run.turns) tracks.set(turn, { ...tracks.get(turn), [gap.startsWith("x") ? "x" : "y"]: track });
    }
    counts.set(gap, taken.length);
  }
  return {
    trackOf: (turn, axis) => tracks.get(turn)?.[axis] ?? 0,
    count: (gap) => counts.get(gap) ?? 0,
  };
}

function collide(one: Run, other: Run): boolean {
  return one.from <= other.to && other.from <= one.to && !one.ends.some((end) => other.ends.includes(end));
}

/** The parts of a line that run in gaps. */
function runsOf({ edge, turns }: Route): Run[] {
  const ends = [`from ${edge.source}`, `to ${edge.target}`];
  return turns.flatMap((turn, index) => {
    const next = turns[index + 1];
    if (!next) return [];
    if (isGap(turn.x) && turn.x === next.x) return [run(`x ${turn.x}`, turn.y, next.y, ends, [turn, next])];
    if (isGap(turn.y) && turn.y === next.y) return [run(`y ${turn.y}`, turn.x, next.x, ends, [turn, next])];
    return [];
  });
}

function run(gap: string, a: number, b: number, ends: readonly string[], turns: Turn[]): Run {
  return { gap, from: Math.min(a, b), to: Math.max(a, b), ends, turns };
}
