import { advance, decide, parseModel, waitsOf } from "@jinshui/engine";
import { Engine } from "bpmn-engine";
import { bpmnEngine } from "./engine/bpmn-engine.mjs";
import { models } from "./engine/models.mjs";
import { ours as oursOf } from "./engine/ours.mjs";
import { printRows, rate } from "./harness.mjs";

/**
 * The engine alone, without database and bus, against the npm package bpmn-engine: both read the same BPMN once, and then
 * carry instances from start to end, in memory.
 */
const TASKS = 10;
const NOW = "2026-01-05T01:00:00.000Z";

function sequence(task) {
  const steps = ["start", ...Array.from({ length: TASKS }, (_, index) => `task${index + 1}`), "end"];
  const nodes = steps.map(
    (id) => `<${id === "start" ? "startEvent" : id === "end" ? "endEvent" : task} id="${id}" name="${id}"/>`,
  );
  const flows = steps
    .slice(1)
    .map((id, index) => `<sequenceFlow id="flow${index}" sourceRef="${steps[index]}" targetRef="${id}"/>`);
  return (
    `<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">` +
    `<process id="p" isExecutable="true">${nodes.join("")}${flows.join("")}</process></definitions>`
  );
}

/** One instance from start to end; `keep` may read the state after every step, as a durable host would to write it down. */
async function ours(xml, keep) {
  const { processes, problems } = await parseModel(xml);
  if (problems.some((problem) => problem.severity === "error")) throw new Error(JSON.stringify(problems));
  const [model] = processes;
  return () => {
    let { state } = decide(model, undefined, { type: "start", variables: {} }, NOW);
    for (let done = 0; done < TASKS; done += 1) {
      keep(() => state);
      const [wait] = waitsOf(state);
      ({ state } = decide(model, state, { type: "complete-task", task: wait.id, variables: {} }, NOW));
    }
    keep(() => state);
    if (state.status !== "completed") throw new Error(`ended as ${state.status}`);
  };
}

async function peers(xml, keep) {
  const [definition] = await new Engine({ source: xml }).getDefinitions();
  const sourceContext = definition.context.definitionContext;
  return async () => {
    const engine = new Engine({ sourceContext });
    let ended = false;
    engine.once("end", () => (ended = true));
    const execution = await engine.execute();
    for (let done = 0; done < TASKS; done += 1) {
      keep(() => execution.getState());
      const [waiting] = execution.getPostponed();
      waiting.signal();
    }
    keep(() => execution.getState());
    if (!ended) throw new Error("did not end");
  };
}

/** Bytes of the state of an instance that waits in a user task, as JSON: ours and the peer's. */
async function waitingBytes(xml) {
  const { processes } = await parseModel(xml);
  const { state } = decide(processes[0], undefined, { type: "start", variables: {} }, NOW);
  const [definition] = await new Engine({ source: xml }).getDefinitions();
  const execution = await new Engine({ sourceContext: definition.context.definitionContext }).execute();
  const [value, against] = [state, execution.getState()].map((kept) => JSON.stringify(kept).length);
  return { name: "bytes of a waiting instance's state", value, unit: " B", against, ratio: value / against };
}

/** Nanoseconds for each of many tokens that wait side by side, so that growth with their number shows. */
async function perToken(tokens) {
  const loop = `<multiInstanceLoopCharacteristics><loopCardinality>${tokens}</loopCardinality></multiInstanceLoopCharacteristics>`;
  const { processes } = await parseModel(
    sequence("userTask").replace(/<userTask id="task1"[^>]*\/>/, `<userTask id="task1">${loop}</userTask>`),
  );
  let best = Infinity;
  for (let round = 0; round < Math.max(3, 2_000 / tokens); round += 1) {
    let { state } = advance(processes[0], undefined, { type: "start", variables: {} }, NOW);
    const waits = waitsOf(state);
    const started = performance.now();
    for (const { id } of waits)
      ({ state } = advance(processes[0], state, { type: "complete-task", task: id, variables: {} }, NOW));
    best = Math.min(best, ((performance.now() - started) * 1e6) / tokens);
  }
  return { name: `a completed task among ${tokens} tokens`, value: best, unit: " ns" };
}

const xml = sequence("userTask");
const forget = () => undefined;
const write = (read) => JSON.stringify(read());
const rows = [
  await rate(
    `instances of ${TASKS} user tasks, against bpmn-engine`,
    await ours(xml, forget),
    await peers(xml, forget),
  ),
  await rate("the same, state written as JSON after each step", await ours(xml, write), await peers(xml, write)),
];
const peerModels = new Map(models("bpmn-engine").map((model) => [model.id, model]));
for (const model of models())
  rows.push(await rate(model.name, await oursOf(model), await bpmnEngine(peerModels.get(model.id))));
rows.push(await waitingBytes(xml));
for (const tokens of [10, 100, 1_000, 10_000]) rows.push(await perToken(tokens));
printRows("engine", rows);
