import { Budget } from "./budget.js";
import { buildNet } from "./soundness-net.js";
import { explore } from "./soundness-explore.js";
import type { GraphNode, ProcessGraph } from "./soundness-graph.js";
import { reduce } from "./soundness-reduce.js";
import { branches, loopsWithoutWait, neverReached, noWayOut } from "./soundness-structure.js";

/** Every code a soundness problem can have. */
export const SOUNDNESS_CODES = [
  "unreachable",
  "no-way-out",
  "stuck-join",
  "doubled-work",
  "endless",
  "loop-without-wait",
  "branch-without-condition",
  "no-default-branch",
  "soundness-undecided",
] as const;
export type SoundnessCode = (typeof SOUNDNESS_CODES)[number];

/** Something in the shape of a process that will go wrong (`error`) or may (`warning`). */
export interface SoundnessProblem {
  severity: "error" | "warning";
  code: SoundnessCode;
  /** Absent when it concerns the whole process or sub-process. */
  element?: string;
  params?: Record<string, string>;
}

/** Whether every run comes to an end, and does each piece of work as often as drawn. */
export interface Soundness {
  verdict: "sound" | "unsound" | "undecided";
  problems: SoundnessProblem[];
}

/** Enough for every state that is looked at, unless states or choices are very large. */
const MAX_STEPS = 10_000_000;

const UNSOUND = new Set<SoundnessCode>(["no-way-out", "stuck-join", "doubled-work", "endless"]);

/**
 * Looks for faults of shape: joins that wait for ever, work that is done twice, loops that never rest. Conditions are not
 * evaluated: every branch counts as possible. Each scope is judged by itself, after reduction, over at most 20,000 states.
 *
 * @param budget - Steps that may be taken; a scope for which there are too few left is undecided.
 */
export function checkSoundness(graph: ProcessGraph, budget: Budget = new Budget(MAX_STEPS)): Soundness {
  const problems: SoundnessProblem[] = [];
  const scopes = new Map<string, GraphNode[]>();
  for (const node of Object.values(graph.nodes)) {
    if (isDetached(node)) continue;
    const members = scopes.get(node.scope);
    if (members) members.push(node);
    else scopes.set(node.scope, [node]);
  }
  for (const [scope, members] of scopes) {
    if (/adHoc/i.test(graph.nodes[scope]?.type ?? "")) continue;
    const trapped = noWayOut(members, graph);
    problems.push(...neverReached(members, graph), ...trapped);
    if (members.some((node) => /link/i.test(node.type))) problems.push(undecided(scope));
    else
      problems.push(
        ...play(scope, members, graph, budget).filter(({ code }) => code !== "endless" || trapped.length === 0),
      );
  }
  problems.push(...loopsWithoutWait(graph), ...branches(graph));
  const unsound = problems.some(({ code }) => UNSOUND.has(code));
  const open = problems.some(({ code }) => code === "soundness-undecided");
  return { verdict: unsound ? "unsound" : open ? "undecided" : "sound", problems };
}

function play(scope: string, members: GraphNode[], graph: ProcessGraph, budget: Budget): SoundnessProblem[] {
  const net = buildNet(members, graph);
  if (net.initial.length === 0) return [];
  reduce(net, budget);
  const { stuck, doubled, endless, complete } = explore(net, budget);
  return [
    ...[...stuck].map((element) => ({ severity: "error" as const, code: "stuck-join" as const, element })),
    ...[...doubled].map((element) => ({ severity: "warning" as const, code: "doubled-work" as const, element })),
    ...(endless ? [{ severity: "error" as const, code: "endless" as const, ...at(scope) }] : []),
    ...(complete ? [] : [undecided(scope)]),
  ];
}

function undecided(scope: string): SoundnessProblem {
  return { severity: "warning", code: "soundness-undecided", ...at(scope) };
}

function at(scope: string): { element?: string } {
  return scope === "" ? {} : { element: scope };
}

function isDetached(node: GraphNode): boolean {
  return node.detached === true || /eventSubProcess/i.test(node.type);
}
