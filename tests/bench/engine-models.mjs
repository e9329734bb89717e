import { bpmnEngine } from "./engine/bpmn-engine.mjs";
import { models } from "./engine/models.mjs";
import { ours } from "./engine/ours.mjs";
import { printRows, rate } from "./harness.mjs";

/** Instances of seven models from start to end, in memory, against the npm package bpmn-engine. */
const peers = new Map(models("bpmn-engine").map((model) => [model.id, model]));
const rows = [];
for (const model of models())
  rows.push(await rate(model.name, await ours(model), await bpmnEngine(peers.get(model.id))));
printRows("engine-models", rows);
