import { decide, parseModel, waitsOf } from "@jinshui/engine";

const NOW = "2026-01-05T01:00:00.000Z";

/**
 * Runs a model in our engine, the same way; work without an application counts as done at once.
 * @param {import("./models.mjs").BenchModel} model in the dialect `feel`
 */
export async function ours({ id, xml, variables, tasks }) {
  const { processes, problems } = await parseModel(xml);
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) throw new Error(`${id}: ${JSON.stringify(errors)}`);
  const [process] = processes;
  return () => {
    let { state } = decide(process, undefined, { type: "start", variables }, NOW);
    let done = 0;
    for (;;) {
      const wait = waitsOf(state).find(({ kind }) => kind === "task");
      if (!wait) break;
      done += 1;
      ({ state } = decide(process, state, { type: "complete-task", task: wait.id, variables: {} }, NOW));
    }
    if (state.status !== "completed" || done !== tasks) throw new Error(`${id}: ${done} of ${tasks}, ${state.status}`);
  };
}
