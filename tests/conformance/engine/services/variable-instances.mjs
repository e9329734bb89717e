import { instanceVariables } from "./runtime-queries.mjs";
import { execution } from "./shared.mjs";

/** Variables of an execution as rows, with or without those around it. */
export function variableRows(host) {
  const rowsOf = (id, names, local) => {
    const { instance, token } = execution(host, id);
    const around = new Set([id]);
    if (!local)
      for (let at = instance.state.tokens[token]; at;) {
        const outer = instance.state.scopes[at.scope]?.token;
        around.add(outer ? `${instance.id}:${outer}` : instance.id);
        at = instance.state.tokens[outer];
      }
    const found = instanceVariables(host).filter((row) => around.has(row.executionId) && row.taskId === null);
    const wanted = found.filter(({ name }) => names === undefined || names.includes(name));
    return Object.fromEntries(
      [...around]
        .reverse()
        .flatMap((holder) => wanted.filter((row) => row.executionId === holder).map((row) => [row.name, row])),
    );
  };
  return {
    getVariableInstance: (id, name) => rowsOf(id, [name], false)[name] ?? null,
    getVariableInstanceLocal: (id, name) => rowsOf(id, [name], true)[name] ?? null,
    getVariableInstances: (id, names) => rowsOf(id, names, false),
    getVariableInstancesLocal: (id, names) => rowsOf(id, names, true),
  };
}
