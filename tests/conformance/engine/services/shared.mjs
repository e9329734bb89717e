import { visible } from "@jinshui/engine";
import { executions } from "../rows.mjs";
import { isOfClass, Unsupported } from "../values.mjs";

/** Calls collected until one that ends them. */
export class Builder {
  constructor(name, take, ends) {
    this.name = name;
    this.take = take;
    this.ends = ends;
    this.is = {};
  }

  invoke(method, args) {
    if (method in this.ends) return this.ends[method](this.is, ...args) ?? null;
    const work = this.take[method];
    if (!work) throw new Unsupported(`${this.name}.${method}`);
    work(this.is, ...args);
    return this;
  }
}

export function execution(host, id) {
  if (id === null || id === undefined) throw new Error("the execution is null");
  const found = executions(host).find((row) => row.id === id);
  if (!found) throw new Error(`no execution ${id}`);
  return found;
}

const plain = (variables) => JSON.parse(JSON.stringify(variables ?? {}));

function cast(value, wanted) {
  if (value !== null && wanted?.class !== undefined && !isOfClass(value, wanted.class))
    throw new Error(`the value is no ${wanted.class}`);
  return value;
}

/** Values in a scope of a task, which lies inside that of its execution: no expression of the model sees them. */
function taskScope(host, { instance, token, task }) {
  return {
    set(variables) {
      task.locals = { ...task.locals, ...plain(variables) };
      host.record.variables.set(instance, token, plain(variables), new Date(host.now), { taskId: task.id });
    },
    remove(names) {
      task.locals = Object.fromEntries(Object.entries(task.locals).filter(([name]) => !names.includes(name)));
      host.record.variables.remove(instance, token, names, task.id);
    },
  };
}

const split = (names, takes) => [names.filter(takes), names.filter((name) => !takes(name))];

/**
 * Getting and setting variables of what `locate` finds by an id: `{ instance, token, vars, task }`, where `vars` are those of
 * its own scope.
 */
export function variableCalls(host, locate) {
  const all = (id) => {
    const { instance, token, vars } = locate(id);
    return { ...visible(instance.state, token), ...vars };
  };
  const own = (id) => locate(id).vars ?? {};
  const pick = (from, names) =>
    names ? Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]])) : from;
  const ofTask =
    ({ task }, local) =>
    (name) =>
      task !== undefined && (local || Object.hasOwn(task.locals, name));
  const named = (names) => {
    if (names.some((name) => name === null || name === undefined)) throw new Error("a name is null");
  };
  const set = (id, variables, local) => {
    const found = locate(id);
    const { instance, token } = found;
    const [mine, others] = split(Object.keys(variables ?? {}), ofTask(found, local));
    if (mine.length > 0) taskScope(host, found).set(pick(variables, mine));
    if (others.length === 0) return;
    host.send(instance, {
      type: "set-variables",
      variables: plain(pick(variables, others)),
      ...(token === undefined ? {} : { token, local }),
    });
  };
  const remove = (id, names, local) => {
    const found = locate(id);
    const { instance, token } = found;
    const [mine, others] = split(names, ofTask(found, local));
    if (mine.length > 0) taskScope(host, found).remove(mine);
    if (others.length === 0) return;
    host.send(instance, {
      type: "set-variables",
      variables: {},
      remove: others,
      ...(token === undefined ? {} : { token, local }),
    });
  };
  return {
    getVariable: (id, name, wanted) => {
      named([name]);
      return cast(all(id)[name] ?? null, wanted);
    },
    getVariables: (id, names) => pick({ ...all(id) }, names),
    getVariableTyped: (id, name) => (name in all(id) ? { rowKey: `${id}/${name}`, value: all(id)[name] } : null),
    getVariableLocalTyped: (id, name) => (name in own(id) ? { rowKey: `${id}/${name}`, value: own(id)[name] } : null),
    hasVariable: (id, name) => name in all(id),
    getVariableLocal: (id, name) => own(id)[name] ?? null,
    getVariablesLocal: (id, names) => pick({ ...own(id) }, names),
    hasVariableLocal: (id, name) => name in own(id),
    setVariable: (id, name, value) => {
      named([name]);
      set(id, { [name]: value }, false);
    },
    setVariables: (id, variables) => set(id, variables, false),
    setVariableLocal: (id, name, value) => {
      named([name]);
      set(id, { [name]: value }, true);
    },
    setVariablesLocal: (id, variables) => set(id, variables, true),
    removeVariable: (id, name) => remove(id, [name], false),
    removeVariables: (id, names) => remove(id, names, false),
    removeVariableLocal: (id, name) => remove(id, [name], true),
    removeVariablesLocal: (id, names) => remove(id, names, true),
  };
}

/** Variables of a call, as JSON. */
export const asVariables = plain;
