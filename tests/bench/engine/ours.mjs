import { decide, MemoryRunner, parseModel, waitsOf } from "@jinshui/engine";

export const NOW = "2026-01-05T01:00:00.000Z";
const ENTERED = new Set(["token-created", "token-moved"]);

/** How many elements tokens have come to. */
export function entered(events) {
  return events.filter(({ type }) => ENTERED.has(type)).length;
}

/** The largest models of the growth table are more than a site would read. */
const PARTS = 200_000;

export async function processOf({ id, xml }) {
  const { processes, problems } = await parseModel(xml, { limits: { parts: PARTS } });
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) throw new Error(`${id}: ${JSON.stringify(errors)}`);
  return processes[0];
}

/**
 * Our engine; work without an application counts as done at once.
 * @param {import("./models.mjs").BenchModel} model in the dialect `feel`
 * @returns {Promise<import("./contenders.mjs").Contender>}
 */
export async function ours(model) {
  const { id, variables, tasks, written } = model;
  const process = await processOf(model);
  const run = (seen) => {
    let { state, events } = decide(process, undefined, { type: "start", variables }, NOW);
    let done = 0;
    for (;;) {
      seen?.(events);
      if (written) JSON.stringify(state);
      const wait = waitsOf(state).find(({ kind }) => kind === "task");
      if (!wait) break;
      done += 1;
      ({ state, events } = decide(process, state, { type: "complete-task", task: wait.id, variables: {} }, NOW));
    }
    if (state.status !== "completed" || done !== tasks) throw new Error(`${id}: ${done} of ${tasks}, ${state.status}`);
  };
  return {
    run: () => run(),
    elements() {
      let count = 0;
      run((events) => (count += entered(events)));
      return count;
    },
    hold: () => decide(process, undefined, { type: "start", variables: { ...variables } }, NOW).state,
    written: (state) => JSON.stringify(state),
  };
}

/**
 * The runner that keeps instances and their history in memory; only for what waiting instances take.
 * @param {import("./models.mjs").BenchModel} model in the dialect `feel`
 */
export async function oursInRunner({ xml, variables }) {
  const runner = new MemoryRunner({ now: NOW });
  await runner.deploy(xml);
  const [, key] = /<process id="([^"]*)"/.exec(xml);
  return {
    hold: () => runner.instance(runner.start(key, { variables: { ...variables } })),
    written: ({ state }) => JSON.stringify(state),
  };
}
