import { Engine } from "bpmn-engine";

const services = { above: (left, right) => left > Number(right) };

/**
 * Runs a model in bpmn-engine: read once, then each call carries one instance from start to end.
 * @param {import("./models.mjs").BenchModel} model in the dialect `bpmn-engine`
 */
export async function bpmnEngine({ id, xml, variables, tasks }) {
  const [definition] = await new Engine({ source: xml }).getDefinitions();
  const sourceContext = definition.context.definitionContext;
  return async () => {
    const engine = new Engine({ sourceContext, services, variables });
    let ended = false;
    engine.once("end", () => (ended = true));
    const execution = await engine.execute();
    let done = 0;
    const waiting = () => execution.getPostponed().find((element) => element.type === "bpmn:UserTask");
    for (let task = waiting(); task && !ended; task = waiting()) {
      done += 1;
      task.signal();
    }
    if (!ended || done !== tasks) throw new Error(`${id}: ${done} of ${tasks} tasks, ended: ${ended}`);
  };
}
