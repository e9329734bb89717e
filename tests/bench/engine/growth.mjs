import { advance, decide, waitsOf } from "@jinshui/engine";
import { cpuMs } from "../harness.mjs";
import { entered, NOW, processOf } from "./ours.mjs";
import { fileOf, SHAPES } from "./shapes.mjs";

/**
 * What a step costs among few and among many tokens.
 * @typedef {object} Growth
 * @property {string} shape
 * @property {number[]} ns For each of the sizes.
 * @property {number} times Of the most tokens against the fewest.
 * @property {boolean} limited
 */

export const SIZES = [10, 100, 1_000, 10_000];
const OPTIONS = { stepLimit: 1_000_000 };
const START = { type: "start", variables: {} };

/**
 * @typedef {object} GrowthEffort
 * @property {number} budgetMs Time that is measured for each shape and size, at least.
 * @property {number} steps At most in one instance.
 *
 * @param {GrowthEffort} effort
 * @returns {Promise<Growth[]>}
 */
export async function measureGrowth(effort) {
  const rows = [];
  for (const shape of SHAPES) {
    const processes = [];
    for (const tokens of SIZES) processes.push(await processOf({ id: shape.name, xml: fileOf(shape, tokens) }));
    for (const process of processes.slice(0, 2)) stepNs(shape, process, 10, effort); // compiles
    const ns = processes.map((process, at) => stepNs(shape, process, SIZES[at], effort));
    rows.push({ shape: shape.name, ns, times: ns.at(-1) / ns[0], limited: !shape.grows });
  }
  return rows;
}

/** A round is shorter than the processor's clock can tell: as many as that takes are one. */
const SHORTEST_MS = 0.5;

/** The best of rounds, each with a new instance, whose start is not measured; slow shapes get fewer rounds. */
function stepNs(shape, process, tokens, { budgetMs, steps }) {
  const rounds = [];
  let measuredMs = 0;
  const startedMs = performance.now();
  const patient = () => performance.now() - startedMs < 10 * budgetMs;
  while (rounds.length === 0 || ((measuredMs < budgetMs || rounds.length < 5) && patient())) {
    const sum = { total: 0, steps: 0 };
    while (sum.total < SHORTEST_MS) {
      const ms = roundMs(shape, process, tokens, steps);
      sum.total += ms.total;
      sum.steps += ms.steps;
    }
    measuredMs += sum.total;
    rounds.push((sum.total * 1e6) / sum.steps);
  }
  return Math.min(...rounds);
}

function roundMs(shape, process, tokens, most) {
  const step = shape.pure ? decide : advance;
  const before = cpuMs();
  let { state, events } = step(process, undefined, START, NOW, OPTIONS);
  if (shape.step === "start") return { total: cpuMs() - before, steps: tokens };

  const commands = commandsOf(shape, state, events, tokens, most);
  const started = cpuMs();
  for (const command of commands) {
    ({ state, events } = step(process, state, command(events), NOW, OPTIONS));
  }
  const total = cpuMs() - started;
  if (state.status !== "active" && shape.step !== "once") throw new Error(`${shape.name}: ${state.status}`);
  return { total, steps: shape.step === "once" ? tokens : commands.length };
}

/** Commands as functions of the events before; half of the tokens stay, so that their number is about the same throughout. */
function commandsOf(shape, state, events, tokens, most) {
  const steps = Math.min(tokens / 2, most);
  const waits = waitsOf(state);
  const tasks = waits.filter(({ kind }) => kind === "task");
  if (tasks.length < tokens)
    throw new Error(`${shape.name}: ${tasks.length} of ${tokens} tokens, ${entered(events)} steps`);
  const [first] = waits.filter(({ kind }) => kind === "message");
  const message = (wait) => ({ type: "message", ...wait, variables: {} });
  switch (shape.step) {
    case "task":
      return tasks
        .filter(({ element }) => element !== "other")
        .slice(0, steps)
        .map(({ id }) => () => ({ type: "complete-task", task: id, variables: {} }));
    case "once":
      return [() => message({ wait: first.id })];
    case "named":
      return Array.from({ length: steps }, () => () => message({ name: "m" }));
    default:
      return Array.from({ length: steps }, (_, at) => (seen) => message({ wait: at === 0 ? first.id : added(seen) }));
  }
}

/** The message wait that the step before has added. */
function added(events) {
  return events.findLast((event) => event.type === "wait-added" && event.wait.kind === "message").wait.id;
}
