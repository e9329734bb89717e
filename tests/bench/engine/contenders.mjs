import { models } from "./models.mjs";

/**
 * One engine with one model.
 * @typedef {object} Contender
 * @property {() => unknown} run Carries an instance from start to end; fails when it does not end or misses a task.
 * @property {() => number | Promise<number>} elements Runs one and counts how many elements the engine says it entered.
 * @property {() => unknown} hold Starts one and gives what has to be kept while it waits.
 * @property {(kept: unknown) => string} written Its state as JSON.
 */

/** Each is loaded when it is asked for, so that a process holds no other. */
const CONTENDERS = {
  ours: { dialect: "feel", prepare: async (model) => (await import("./ours.mjs")).ours(model) },
  /** Only for what waiting instances take. */
  runner: { dialect: "feel", prepare: async (model) => (await import("./ours.mjs")).oursInRunner(model) },
  "bpmn-engine": {
    dialect: "bpmn-engine",
    prepare: async (model) => (await import("./bpmn-engine.mjs")).bpmnEngine(model),
  },
  "bpmn-server": {
    dialect: "bpmn-server",
    prepare: async (model) => (await import("./bpmn-server.mjs")).bpmnServer(model),
  },
};

/** @param {keyof typeof CONTENDERS} name */
export function contender(name, modelId) {
  const { dialect, prepare } = CONTENDERS[name];
  return prepare(models(dialect).find(({ id }) => id === modelId));
}
