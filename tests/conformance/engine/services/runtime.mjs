import { Builder } from "../query.mjs";
import { activityTree, executionRows, instanceRow, valuesAt, variableRows } from "../executions.mjs";
import { plain, Unsupported } from "../values.mjs";
import { queries } from "./tables.mjs";
import { events } from "./events.mjs";
import { modification } from "./modification.mjs";

const START = new Set(
  "processDefinitionKey processDefinitionId messageName name businessKey businessStatus variable variables transientVariable transientVariables setVariable setVariables setVariablesLocal setVariableLocal tenantId processDefinitionTenantId processDefinitionWithoutTenantId fallbackToDefaultTenant overrideProcessDefinitionTenantId predefineProcessInstanceId caseInstanceId callbackId callbackType owner assignee startFormVariable startFormVariables ownerVariable".split(
    " ",
  ),
);

/** `runtimeService`. */
export function runtimeService(world) {
  const query = queries(world);
  const start = (definition, options) =>
    instanceRow(world, world.runner.instances.get(world.start(definition, options)));
  const begin = (definition, rest) => {
    const strings = rest.filter((value) => typeof value === "string");
    const variables = rest.find((value) => value instanceof Map);
    return start(definition, { variables, businessKey: strings[0], caseInstanceId: strings[1] });
  };
  const started = (builder) => {
    const definition = builder.one("processDefinitionId") ?? builder.one("processDefinitionKey");
    const transient = builder.pairs("transientVariable", "transientVariables");
    const variables = { ...builder.pairs("variable", "variables", "setVariable", "setVariables"), ...transient };
    const options = {
      variables,
      businessKey: builder.one("businessKey"),
      name: builder.one("name"),
      caseInstanceId: builder.one("caseInstanceId"),
      businessStatus: builder.one("businessStatus"),
    };
    const message = builder.one("messageName");
    if (message)
      return service.startProcessInstanceByMessage(message, options.businessKey, new Map(Object.entries(variables)));
    const row = start(definition, options);
    const instance = world.runner.instances.get(row.id);
    for (const name of Object.keys(transient)) {
      delete instance.state.variables[name];
      world.history.variables.delete(`${row.id}. ${name}`);
      row.processVariables.delete(name);
    }
    return row;
  };
  const builder = (calls, ends) => new Builder("processInstanceBuilder", calls, ends);
  const starter = (definition) => {
    const made = builder(new Set([...START, "startBeforeActivity", "startAfterActivity", "startTransition"]), {
      start: started,
      startAsync: started,
      create: started,
      execute: started,
      executeWithVariablesInReturn: started,
    });
    return definition ? made.invoke(definition[0], [definition[1]]) : made;
  };
  const set = (execution, variables, local) => {
    const { instance, token } = world.at(execution);
    world.send(instance.id, {
      type: "set-variables",
      variables: plain(variables),
      ...(token ? { token } : {}),
      ...(local ? { local: true } : {}),
    });
  };
  const read = (execution, local) => {
    const { instance, token } = world.at(execution);
    if (local) return token ? (instance.state.tokens[token].vars ?? {}) : instance.state.variables;
    return valuesAt(instance, token);
  };
  const remove = (execution, names) => {
    const { instance, token } = world.at(execution);
    world.send(instance.id, { type: "set-variables", variables: {}, remove: [...names], ...(token ? { token } : {}) });
  };
  const suspend = (type, instances) => {
    for (const instance of instances) {
      if ((instance.state.suspended === true) === (type === "suspend") && world.flowable)
        throw new Error(`Instance ${instance.id} can't be ${type}d`);
      world.send(instance.id, { type });
    }
  };
  const ofDefinition = (test) => world.active().filter(({ definition }) => test(definition));
  const service = {
    ...query.runtime,
    ...events(world),
    ...modification(world),
    startProcessInstanceByKey: (key, ...rest) => begin(key, rest),
    startProcessInstanceById: (id, ...rest) => begin(world.definition(id).id === id ? id : "", rest),
    startProcessInstanceByKeyAndTenantId: (key, ...rest) => begin(key, rest.slice(0, -1)),
    createProcessInstanceBuilder: () => starter(),
    createProcessInstanceByKey: (key) => instantiation(world, key, starter),
    createProcessInstanceById: (id) => instantiation(world, id, starter),
    createProcessInstanceUpdateBuilder: (id) => updater(world, id),
    deleteProcessInstance(id, reason) {
      const instance = world.instance(id);
      if (instance.state.status !== "active") throw new Error(`No process instance ${id}`);
      world.send(id, { type: "cancel", reason: reason ?? "" });
      instance.reason = reason ?? null;
      leaveCall(world, instance, (caller) => service.deleteProcessInstance(caller, reason));
    },
    deleteProcessInstances: (ids, reason) => ids.forEach((id) => service.deleteProcessInstance(id, reason)),
    deleteProcessInstanceIfExists: (id, reason) =>
      void (world.isEnded(id) || service.deleteProcessInstance(id, reason)),
    bulkDeleteProcessInstances: (ids, reason) => ids.forEach((id) => service.deleteProcessInstance(id, reason)),
    getVariable: (execution, name) => read(execution)[name] ?? null,
    getVariableLocal: (execution, name) => read(execution, true)[name] ?? null,
    hasVariable: (execution, name) => name in read(execution),
    hasVariableLocal: (execution, name) => name in read(execution, true),
    getVariables: (execution, names) => pick(read(execution), names),
    getVariablesLocal: (execution, names) => pick(read(execution, true), names),
    getVariableInstance: (execution, name) =>
      variableRows(world).find(
        (row) => row.name === name && (row.executionId === execution || row.processInstanceId === execution),
      ) ?? null,
    setVariable: (execution, name, value) => set(execution, { [name]: value === undefined ? null : value }),
    setVariableLocal: (execution, name, value) => set(execution, { [name]: value === undefined ? null : value }, true),
    setVariables: (execution, values) => set(execution, values),
    setVariablesLocal: (execution, values) => set(execution, values, true),
    removeVariable: (execution, name) => remove(execution, [name]),
    removeVariableLocal: (execution, name) => remove(execution, [name]),
    removeVariables: remove,
    removeVariablesLocal: remove,
    getActiveActivityIds: (id) => {
      const { instance, token } = world.at(id);
      const rows = executionRows(world).filter(
        (row) => row.processInstanceId === instance.id && row.activityId && (!token || row.id === id),
      );
      return rows.map((row) => row.activityId);
    },
    getActivityInstance: (id) => activityTree(world, id),
    suspendProcessInstanceById: (id) => suspend("suspend", [world.instance(id)]),
    activateProcessInstanceById: (id) => suspend("activate", [world.instance(id)]),
    suspendProcessInstanceByProcessDefinitionId: (id) =>
      ofDefinition((found) => found.id === id).forEach((found) => world.send(found.id, { type: "suspend" })),
    suspendProcessInstanceByProcessDefinitionKey: (key) =>
      ofDefinition((found) => found.key === key).forEach((found) => world.send(found.id, { type: "suspend" })),
    activateProcessInstanceByProcessDefinitionId: (id) =>
      ofDefinition((found) => found.id === id).forEach((found) => world.send(found.id, { type: "activate" })),
    activateProcessInstanceByProcessDefinitionKey: (key) =>
      ofDefinition((found) => found.key === key).forEach((found) => world.send(found.id, { type: "activate" })),
    setProcessInstanceName: (id, name) => void (world.extra(world.instance(id).id).name = name),
    updateBusinessKey: (id, key) => void (world.instance(id).businessKey = key),
    updateBusinessStatus: (id, status) => void (world.extra(world.instance(id).id).businessStatus = status),
  };
  return service;
}

/** The caller of a deleted instance goes on (Flowable), or loses what stood at the call (Camunda). */
function leaveCall(world, { parent }, remove) {
  const caller = parent && world.runner.instances.get(parent.instance);
  const wait = caller?.state.status === "active" ? caller.state.waits[parent.call] : undefined;
  if (!wait) return;
  if (world.flowable) world.send(caller.id, { type: "complete-call", call: parent.call, variables: {} });
  else if (Object.keys(caller.state.tokens).length === 1) remove(caller.id);
  else world.send(caller.id, { type: "modify", instructions: [{ type: "cancel", token: wait.token }] });
}

function pick(values, names) {
  const found = Object.entries(values);
  return new Map(names ? found.filter(([name]) => [...names].includes(name)) : found);
}

/** A start at other places than the start event is not to be had; the plain one is. */
function instantiation(world, key, starter) {
  const definition = world.definition(key);
  const made = starter(["processDefinitionId", definition.id]);
  const invoke = made.invoke.bind(made);
  made.invoke = (name, args) => {
    if (/^start(?:Before|After|Transition)/.test(name)) throw new Unsupported(`processInstantiationBuilder.${name}`);
    return invoke(name, args);
  };
  return made;
}

function updater(world, id) {
  const calls = new Set(["name", "businessKey", "businessStatus", "dueDate"]);
  return new Builder("processInstanceUpdateBuilder", calls, {
    update(builder) {
      const instance = world.instance(id);
      const given = (name) => builder.kept.some(([call]) => call === name);
      if (given("businessKey")) instance.businessKey = builder.one("businessKey") ?? undefined;
      for (const name of ["name", "businessStatus", "dueDate"])
        if (given(name)) world.extra(id)[name] = builder.one(name);
      return null;
    },
  });
}
