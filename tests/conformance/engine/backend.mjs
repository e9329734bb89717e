import { readFile } from "node:fs/promises";
import { join } from "node:path";
import vm from "node:vm";
import { MemoryRunner } from "@jinshui/engine";

/**
 * What the services need of an engine: a runner whose clock stands still, and every decision's events as they come.
 *
 * @typedef {object} Backend
 * @property {MemoryRunner} runner
 * @property {(instance: object, events: object[], at: string) => void} observe Set by the world.
 */

/** Runs a script of a model with its variables as names. */
function javascript(script, access) {
  const written = new Map();
  const execution = {
    ...access.execution,
    getVariable: (name) => access.variables[name] ?? null,
    getVariables: () => access.variables,
    getVariableLocal: (name) => access.variables[name] ?? null,
    hasVariable: (name) => name in access.variables,
    setVariable: (name, value) => put(name, value, access.set),
    setVariableLocal: (name, value) => put(name, value, access.setLocal),
    setTransientVariable: (name, value) => put(name, value, access.set),
    getProcessInstanceId: () => access.execution.processInstanceId,
    getId: () => access.execution.id,
    getCurrentActivityId: () => access.execution.currentActivityId,
  };
  function put(name, value, set) {
    access.variables[name] = value;
    written.set(name, value);
    set(name, JSON.parse(JSON.stringify(value ?? null)));
  }
  try {
    const context = vm.createContext({ ...access.variables, execution, print: () => {}, console: { log() {} } });
    const value = vm.runInContext(script, context, { timeout: 1_000 });
    return { value: value === undefined ? null : JSON.parse(JSON.stringify(value)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

// what Groovy writes as JavaScript does: comparisons, arithmetic, assignments
const SCRIPTS = { javascript, ecmascript: javascript, js: javascript, groovy: javascript };

/** The engine's own runner, made observable. */
export function memoryBackend({ now, folder, vendor, decisions }) {
  const runner = new MemoryRunner({
    now,
    async: true,
    scripts: SCRIPTS,
    scriptLanguages: Object.keys(SCRIPTS),
    ...(vendor === "flowable" ? { conditions: "on-demand" } : {}),
    ...(decisions ? { decisions } : {}),
  });
  const backend = { runner, observe() {} };
  const keep = runner.instances.set.bind(runner.instances);
  runner.instances.set = (id, instance) => {
    const add = instance.history.add.bind(instance.history);
    instance.history.add = (events, at) => {
      add(events, at);
      backend.observe(instance, events, at);
    };
    return keep(id, instance);
  };
  backend.read = (file) => readFile(join(folder, "models", file), "utf8");
  return backend;
}
