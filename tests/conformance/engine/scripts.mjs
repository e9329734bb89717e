import { createContext, runInContext } from "node:vm";

export const SCRIPT_LANGUAGES = ["javascript", "js", "ecmascript", "groovy", "juel", "feel"];

/** Few Groovy scripts are more than assignments and calls: those read as JavaScript after this. */
function groovy(script) {
  return script
    .replace(/^\s*import\s.*$/gm, "")
    .replace(/\bdef\s+(?=\w+\s*=)/g, "var ")
    .replace(/\bprintln\b\s*\(?[^\n;]*\)?/g, "")
    .replace(/\$\{(\w+)\}/g, "${$1}")
    .replace(/\bout:?println[^\n;]*/g, "");
}

function run(script, access) {
  const set = (name, value) => {
    access.variables[name] = value;
    access.set(name, plain(value));
  };
  const execution = {
    ...access.execution,
    getVariable: (name) => access.variables[name] ?? null,
    hasVariable: (name) => name in access.variables,
    getVariables: () => ({ ...access.variables }),
    setVariable: set,
    setVariableLocal: (name, value) => {
      access.variables[name] = value;
      access.setLocal(name, plain(value));
    },
    removeVariable: (name) => access.set(name, undefined),
    getProcessInstanceId: () => access.execution.processInstanceId,
    getId: () => access.execution.id,
    getCurrentActivityId: () => access.execution.currentActivityId,
    getProcessBusinessKey: () => access.execution.processBusinessKey,
  };
  const print = () => undefined;
  try {
    const context = createContext({ ...access.variables, execution, print, println: print });
    const value = runInContext(script, context, { timeout: 1000 });
    return { value: plain(value) };
  } catch (error) {
    return { error: String(error?.message ?? error) };
  }
}

function plain(value) {
  if (value === undefined || typeof value === "function") return null;
  return typeof value === "object" && value !== null ? JSON.parse(JSON.stringify(value)) : value;
}

const javascript = (script, access) => run(script, access);

export const scripts = {
  javascript,
  js: javascript,
  ecmascript: javascript,
  groovy: (script, access) => run(groovy(script), access),
};
