import { EventEmitter } from "node:events";
import { Engine } from "bpmn-engine";

const services = { above: (left, right) => left > Number(right) };

/**
 * The npm package bpmn-engine: the model is read once, then each instance is an engine of its own.
 * @param {import("./models.mjs").BenchModel} model in the dialect `bpmn-engine`
 * @returns {Promise<import("./contenders.mjs").Contender>}
 */
export async function bpmnEngine({ id, xml, variables, tasks, written }) {
  const [definition] = await new Engine({ source: xml }).getDefinitions();
  const sourceContext = definition.context.definitionContext;
  const start = async (listener) => {
    const engine = new Engine({ sourceContext, services, variables: { ...variables } });
    const instance = { ended: false };
    engine.once("end", () => (instance.ended = true));
    instance.execution = await engine.execute(listener ? { listener } : {});
    return instance;
  };
  const run = async (listener) => {
    const instance = await start(listener);
    const { execution } = instance;
    let done = 0;
    for (;;) {
      if (written) JSON.stringify(execution.getState());
      const task = execution.getPostponed().find((element) => element.type === "bpmn:UserTask");
      if (!task || instance.ended) break;
      done += 1;
      task.signal();
    }
    if (!instance.ended || done !== tasks) throw new Error(`${id}: ${done} of ${tasks}, ended: ${instance.ended}`);
  };
  return {
    run: () => run(),
    async elements() {
      const listener = new EventEmitter();
      let count = 0;
      listener.on("activity.enter", () => (count += 1));
      await run(listener);
      return count;
    },
    hold: () => start(),
    written: ({ execution }) => JSON.stringify(execution.getState()),
  };
}
