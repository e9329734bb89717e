import { startPoints } from "@jinshui/engine";
import { Builder } from "../query.mjs";
import { instanceRow } from "../executions.mjs";
import { plain, same } from "../values.mjs";

/** Calls that tell running processes that something happened. */
export function events(world) {
  const rowOf = (id) => instanceRow(world, world.runner.instances.get(id));
  const wait = (execution, kind, name) => {
    const { instance, token, wait: own } = world.at(execution);
    const fits = (found) => found.kind === kind && (name == null || found.name === name);
    const waits = Object.values(instance.state.waits).filter(fits);
    const found = own
      ? waits.find(({ id }) => id === own)
      : (waits.find((one) => one.token === token || !token) ?? undefined);
    if (!found) throw new Error(`Execution ${execution} does not wait for ${kind} ${name}`);
    return { instance, found };
  };
  const startByMessage = (name, rest) => {
    const variables = plain(rest.find((value) => value instanceof Map) ?? {});
    const businessKey = rest.find((value) => typeof value === "string");
    for (const row of world.definitionRows().filter(({ latest }) => latest))
      for (const { element, event } of startPoints(row.model))
        if (event.kind === "message" && event.name === name)
          return rowOf(world.start(row.id, { variables, businessKey, startEvent: element }));
    throw new Error(`No process starts with message ${name}`);
  };
  const trigger = (execution, variables) => {
    const { instance, token, wait: own } = world.at(execution);
    const values = plain(variables ?? {});
    if (own !== undefined) {
      const { kind } = instance.state.waits[own];
      if (kind === "condition") return conditions(instance.id, variables);
      if (kind !== "message" && kind !== "signal") throw new Error(`Execution ${execution} can't be triggered`);
      return world.send(instance.id, { type: kind, wait: own, variables: values });
    }
    const waits = Object.values(instance.state.waits).filter((found) => (token ? found.token === token : found.token));
    const found = waits.find(
      ({ kind, element, token: at }) =>
        ["message", "job", "task", "signal"].includes(kind) && element === instance.state.tokens[at]?.element,
    );
    if (!found) throw new Error(`Execution ${execution} does not wait to be triggered`);
    const { id, kind } = found;
    if (kind === "job") world.send(instance.id, { type: "complete-job", job: id, variables: values });
    else if (kind === "task") world.send(instance.id, { type: "complete-task", task: id, variables: values });
    else world.send(instance.id, { type: kind, wait: id, variables: values });
  };
  const signal = (name, variables) => {
    const waits = (state) => Object.values(state.waits).some((one) => one.kind === "signal" && one.name === name);
    for (const { id, state } of world.active())
      if (state.status === "active" && !state.suspended && waits(state))
        world.send(id, { type: "signal", name, variables });
    for (const row of world.definitionRows().filter(({ latest, suspended }) => latest && !suspended))
      for (const { element, event } of startPoints(row.model))
        if (event.kind === "signal" && world.text(undefined, undefined, event.name) === name)
          world.start(row.id, { variables, startEvent: element });
  };
  const correlation = (name) => {
    const calls = new Set(
      "processInstanceId processInstanceBusinessKey processInstanceVariableEquals processInstanceVariablesEqual localVariableEquals localVariablesEqual setVariable setVariables setVariableLocal setVariablesLocal setVariablesToTriggeredScope processDefinitionId tenantId withoutTenantId startMessageOnly".split(
        " ",
      ),
    );
    const find = (builder) => {
      const variables = builder.pairs("processInstanceVariableEquals", "processInstanceVariablesEqual");
      const local = builder.pairs("localVariableEquals", "localVariablesEqual");
      return world.active().flatMap((instance) => {
        const id = builder.one("processInstanceId");
        const key = builder.one("processInstanceBusinessKey");
        if ((id && id !== instance.id) || (key && key !== instance.businessKey) || instance.state.suspended) return [];
        const holds = (wanted, values) => Object.entries(wanted).every(([one, value]) => same(values[one], value));
        if (!holds(variables, instance.state.variables)) return [];
        return Object.values(instance.state.waits)
          .filter((one) => one.kind === "message" && (name == null || one.name === name))
          .filter((one) => holds(local, instance.state.tokens[one.token]?.vars ?? {}))
          .map((found) => ({ instance, found }));
      });
    };
    const values = (builder) =>
      builder.pairs(
        "setVariable",
        "setVariables",
        "setVariableLocal",
        "setVariablesLocal",
        "setVariablesToTriggeredScope",
      );
    const deliver = ({ instance, found }, builder) => {
      world.send(instance.id, { type: "message", wait: found.id, variables: values(builder) });
      return {
        resultType: "Execution",
        execution: { id: `${instance.id}.${found.token ?? ""}`, processInstanceId: instance.id },
        processInstance: null,
      };
    };
    const start = (builder) => {
      const row = startByMessage(name, [
        builder.one("processInstanceBusinessKey"),
        new Map(Object.entries(values(builder))),
      ]);
      return row;
    };
    const one = (builder) => {
      const found = find(builder);
      if (found.length > 1) throw new Error(`Message ${name} fits ${found.length} executions`);
      if (found[0]) return deliver(found[0], builder);
      return { resultType: "ProcessDefinition", processInstance: start(builder), execution: null };
    };
    const all = (builder) => {
      const found = find(builder);
      const results = found.map((item) => deliver(item, builder));
      try {
        if (!builder.one("processInstanceId"))
          results.push({ resultType: "ProcessDefinition", processInstance: start(builder), execution: null });
      } catch (error) {
        if (!String(error.message).startsWith("No process starts")) throw error;
      }
      return results;
    };
    const ends = {
      correlate: (builder) => void one(builder),
      correlateWithResult: one,
      correlateAll: (builder) => void all(builder),
      correlateAllWithResult: all,
      correlateStartMessage: start,
      correlateExclusively: (builder) => void one(builder),
    };
    return new Builder("messageCorrelation", calls, ends);
  };
  const signalBuilder = (name) =>
    new Builder("signalEvent", new Set(["executionId", "setVariables", "tenantId", "withoutTenantId"]), {
      send(builder) {
        const execution = builder.one("executionId");
        if (execution) return service.signalEventReceived(name, execution, builder.one("setVariables"));
        return signal(name, builder.pairs("setVariables"));
      },
    });
  const conditions = (id, variables) => {
    const { instance } = world.at(id);
    if (variables && Object.keys(plain(variables)).length > 0)
      world.send(instance.id, { type: "set-variables", variables: plain(variables) });
    if (!world.isEnded(instance.id)) world.send(instance.id, { type: "evaluate-conditions" });
  };
  const service = {
    startProcessInstanceByMessage: (name, ...rest) => startByMessage(name, rest),
    startProcessInstanceByMessageAndTenantId: (name, ...rest) => startByMessage(name, rest.slice(0, -1)),
    messageEventReceived(name, execution, variables) {
      const { instance, found } = wait(execution, "message", name);
      world.send(instance.id, { type: "message", wait: found.id, variables: plain(variables ?? {}) });
    },
    messageEventReceivedAsync: (name, execution) => service.messageEventReceived(name, execution),
    signalEventReceived(name, ...rest) {
      const execution = rest.find((value) => typeof value === "string");
      const values = plain(rest.find((value) => value instanceof Map) ?? {});
      if (!execution) return signal(name, values);
      const { instance, found } = wait(execution, "signal", name);
      return world.send(instance.id, { type: "signal", wait: found.id, variables: values });
    },
    signalEventReceivedAsync: (name) => signal(name, {}),
    createSignalEvent: signalBuilder,
    trigger,
    triggerAsync: trigger,
    signal: (execution, ...rest) =>
      trigger(
        execution,
        rest.find((value) => value instanceof Map),
      ),
    correlateMessage(name, ...rest) {
      const builder = correlation(name);
      const [keys, values] = rest.filter((value) => value instanceof Map);
      const key = rest.find((value) => typeof value === "string");
      if (key !== undefined) builder.invoke("processInstanceBusinessKey", [key]);
      if (keys) builder.invoke("processInstanceVariablesEqual", [keys]);
      if (values) builder.invoke("setVariables", [values]);
      return builder.invoke("correlate", []);
    },
    createMessageCorrelation: correlation,
    evaluateConditionalEvents: conditions,
  };
  return service;
}
