import { waitsOf } from "@jinshui/engine";
import { Query } from "../query.mjs";
import { executions, instanceRow } from "../rows.mjs";
import { activityFilters, activityRows } from "./history.mjs";
import { changes } from "./modification.mjs";
import { asVariables, Builder, execution, variableCalls } from "./shared.mjs";
import { same } from "../values.mjs";
import { variableRows } from "./variable-instances.mjs";
import { activityTree } from "./tree.mjs";
import {
  executionFilters,
  instanceFilters,
  startSubscriptions,
  subscriptions,
  instanceVariables,
  variableFilters,
  subscriptionFilters,
} from "./runtime-queries.mjs";

function startCalls(host) {
  const definition = (reference, byId) => {
    const versions = byId ? undefined : host.runner.definitions.get(reference);
    const found = byId
      ? [...host.runner.definitions.values()].flat().find(({ id }) => id === reference)
      : versions?.at(-1);
    if (!found) throw new Error(`no definition ${reference}`);
    if (host.suspendedDefinitions.has(found.id)) throw new Error("the definition is suspended");
    return found;
  };
  const start = (found, { businessKey, variables: given, startEvent, detail = {} }) => {
    const starts = Object.values(found.model.elements).filter((one) => one.type === "startEvent" && one.scope === "");
    const plain = starts.filter(({ events }) => events === undefined || events[0]?.kind === "timer");
    if (!host.flowable && startEvent === undefined && plain.length === 0 && starts.length > 1)
      throw new Error("no start event is the one of a plain start");
    const first = starts.find(({ id }) => id === (startEvent ?? found.model.starts[""]?.[0]));
    const initiator = first?.vendor?.initiator;
    const id = host.runner.start(found.id, {
      variables: asVariables({ ...given, ...(initiator === undefined ? {} : { [initiator]: host.user }) }),
      ...(businessKey === undefined || businessKey === null ? {} : { businessKey }),
      ...(startEvent === undefined ? {} : { startEvent }),
    });
    Object.assign(host.record.detail(id), { startUser: host.user, ...detail });
    return instanceRow(host, host.instance(id));
  };
  const options = (args) => ({
    businessKey: typeof args[0] === "string" ? args[0] : undefined,
    detail: { caseInstanceId: typeof args[1] === "string" ? args[1] : null },
    variables: args.findLast((one) => typeof one === "object" && one !== null),
  });
  const byMessage = (name, args) => {
    const found = startSubscriptions(host).find(
      ({ eventType, eventName }) => eventType === "message" && eventName === name,
    );
    if (found) return start(definition(found.definition.id, true), { ...options(args), startEvent: found.activityId });
    throw new Error(`no process begins with message ${name}`);
  };
  return { definition, start, options, byMessage };
}

export function runtimeService(host) {
  const { definition, start, options, byMessage } = startCalls(host);
  const locate = (id) => {
    const row = execution(host, id);
    return {
      instance: row.instance,
      token: row.token,
      vars: row.isInstance ? row.vars : ((row.token && row.instance.state.tokens[row.token]?.vars) ?? {}),
    };
  };
  const tables = {
    executions: executionFilters(host),
    instances: instanceFilters(host),
    subscriptions: subscriptionFilters(),
    variables: variableFilters(),
    activities: activityFilters(),
  };
  const instanceRows = () => executions(host).filter((row) => row.isInstance);
  const builder = () =>
    new Builder(
      "processInstanceBuilder",
      {
        processDefinitionKey: (is, key) => (is.definition = () => definition(key, false)),
        processDefinitionId: (is, id) => (is.definition = () => definition(id, true)),
        messageName: (is, name) => (is.message = name),
        businessKey: (is, value) => (is.businessKey = value),
        businessStatus: (is, value) => ((is.detail ??= {}).businessStatus = value),
        name: (is, value) => ((is.detail ??= {}).name = value),
        tenantId: (is, value) => (is.tenant = value),
        fallbackToDefaultTenant: (is) => (is.fallback = true),
        processDefinitionTenantId: (is, value) => (is.tenant = value),
        processDefinitionWithoutTenantId: () => undefined,
        caseInstanceId: (is, value) => ((is.detail ??= {}).caseInstanceId = value),
        startEventId: (is, id) => (is.startEvent = id),
        variable: (is, name, value) => ((is.variables ??= {})[name] = value),
        variables: (is, values) => Object.assign((is.variables ??= {}), values),
        transientVariable: (is, name, value) => ((is.transient ??= {})[name] = value),
        transientVariables: (is, values) => Object.assign((is.transient ??= {}), values),
        setVariable: (is, name, value) => ((is.variables ??= {})[name] = value),
        setVariables: (is, values) => Object.assign((is.variables ??= {}), values),
      },
      {
        start: (is) => host.transaction(() => begin(is)),
        execute: (is) => host.transaction(() => begin(is)),
      },
    );
  const begin = (is) => {
    if (is.message !== undefined) return byMessage(is.message, [is.businessKey, is.variables].filter(Boolean));
    if (!is.definition) throw new Error("no definition is named");
    if (is.tenant && !is.fallback) throw new Error(`no definition of tenant ${is.tenant}`); // none is deployed for one
    const row = start(is.definition(), { ...is, variables: { ...is.variables, ...is.transient } });
    const names = Object.keys(is.transient ?? {});
    if (names.length > 0 && host.isRunning(row.id))
      host.send(row.id, { type: "set-variables", variables: {}, remove: names });
    for (const name of names) delete row.processVariables[name];
    return row;
  };
  const updater = (id) => {
    const detail = host.record.detail(host.active(id).id);
    const keep = (name) => (is, value) => (is[name] = value);
    return new Builder(
      "processInstanceUpdateBuilder",
      {
        businessKey: keep("businessKey"),
        businessStatus: keep("businessStatus"),
        name: keep("name"),
        dueDate: keep("dueDate"),
      },
      { update: (is) => void Object.assign(detail, is) },
    );
  };
  const trigger = (id, ...rest) => {
    const row = execution(host, id);
    const given = asVariables(rest.findLast((one) => typeof one === "object" && one !== null));
    const wait = row.waits.find(({ kind }) => ["message", "signal", "job", "task", "condition"].includes(kind));
    if (!wait) throw new Error(`nothing waits in ${id}`);
    const command = {
      message: { type: "message", wait: wait.id },
      signal: { type: "signal", wait: wait.id },
      job: { type: "complete-job", job: wait.id },
      task: { type: "complete-task", task: wait.id },
    }[wait.kind];
    if (wait.kind === "condition") return void host.send(row.instance, { type: "evaluate-conditions" });
    host.send(row.instance, { ...command, variables: given });
  };
  const received = (kind) => (name, id, given) => {
    const row = execution(host, id);
    const wait = row.waits.find((one) => one.kind === kind && one.name === name);
    if (!wait) throw new Error(`${id} does not wait for ${kind} ${name}`);
    host.send(row.instance, { type: kind, wait: wait.id, variables: asVariables(given) });
  };
  const signalled = (name, ...rest) => {
    if (typeof rest[0] === "string") return received("signal")(name, ...rest);
    const given = asVariables(rest[0]);
    for (const one of [...host.runner.instances.values()]) {
      if (one.state.status !== "active" || one.state.suspended) continue;
      if (waitsOf(one.state).some((wait) => wait.kind === "signal" && wait.name === name))
        host.send(one, { type: "signal", name, variables: given });
    }
    for (const { definition: latest, eventType, eventName, activityId } of startSubscriptions(host))
      if (eventType === "signal" && eventName === name && !host.suspendedDefinitions.has(latest.id))
        host.runner.start(latest.id, { startEvent: activityId, variables: given });
  };
  const correlate = (name, businessKey, keys, given, more = {}) => {
    const every = (wanted, values) => Object.entries(wanted ?? {}).every(([key, value]) => same(values[key], value));
    const fits = (wait, instance) =>
      instance.state.status === "active" &&
      !instance.state.suspended &&
      (more.instance ?? instance.id) === instance.id &&
      (businessKey ?? instance.businessKey ?? null) === (instance.businessKey ?? null) &&
      every(keys, instance.state.variables) &&
      every(more.local, ownScope(instance, wait));
    const found = host.runner
      .waiting({ kind: "message" })
      .filter((wait) => (name === null || wait.name === name) && fits(wait, host.instance(wait.instance)));
    if (found.length > 1 && !more.all) throw new Error(`${found.length} instances wait for ${name}`);
    const results = found.map((wait) => {
      const instance = host.instance(wait.instance);
      const id = wait.token === undefined ? instance.id : host.executionOf(instance, wait.token);
      const row = { rowKey: `e-${id}`, id, processInstanceId: instance.id };
      return { rowKey: `c-${id}`, resultType: "execution", execution: row, processInstance: null };
    });
    for (const wait of found)
      host.send(wait.instance, { type: "message", wait: wait.id, variables: asVariables(given) });
    if (found.length > 0) return results;
    if (more.all) return [];
    if (name === null || more.instance !== undefined || more.local) throw new Error(`nothing waits for ${name}`);
    return [started(name, businessKey, { ...keys, ...given })];
  };
  const started = (name, businessKey, given) => {
    const row = byMessage(name, [...(businessKey ? [businessKey] : []), given]);
    return { rowKey: `c-${row.id}`, resultType: "processdefinition", execution: null, processInstance: row };
  };
  /** Variables of the scope in which something waits. */
  const ownScope = (instance, { token }) => {
    const { tokens, scopes, variables } = instance.state;
    const found = tokens[token];
    const around = found && scopes[found.scope]?.token;
    return { ...(around ? tokens[around]?.vars : variables), ...found?.vars };
  };
  const correlation = (name) =>
    new Builder(
      "messageCorrelation",
      {
        processInstanceId: (is, id) => (is.instance = id),
        processInstanceBusinessKey: (is, key) => (is.businessKey = key),
        processInstanceVariableEquals: (is, key, value) => ((is.keys ??= {})[key] = value),
        processInstanceVariablesEqual: (is, values) => Object.assign((is.keys ??= {}), values),
        localVariableEquals: (is, key, value) => ((is.local ??= {})[key] = value),
        localVariablesEqual: (is, values) => Object.assign((is.local ??= {}), values),
        setVariable: (is, key, value) => ((is.variables ??= {})[key] = value),
        setVariables: (is, values) => Object.assign((is.variables ??= {}), values),
        withoutTenantId: () => undefined,
        startMessageOnly: (is) => (is.startOnly = true),
      },
      {
        correlate: (is) => void correlated(name, is, false),
        correlateWithResult: (is) => correlated(name, is, false)[0],
        correlateAll: (is) => void correlated(name, is, true),
        correlateAllWithResult: (is) => correlated(name, is, true),
        correlateStartMessage: (is) => correlated(name, { ...is, startOnly: true }, false)[0].processInstance,
      },
    );
  const correlated = (name, is, all) =>
    host.transaction(() =>
      is.startOnly
        ? [started(name, is.businessKey, { ...is.variables })]
        : correlate(name, is.businessKey, is.keys, is.variables, { instance: is.instance, local: is.local, all }),
    );
  const suspend = (test, type) => {
    const found = [...host.runner.instances.values()].filter((one) => one.state.status === "active" && test(one));
    if (found.length === 0 && test.one) throw new Error("no such instance");
    for (const one of found) {
      if (host.flowable && test.one && (one.state.suspended === true) === (type === "suspend"))
        throw new Error(`already: ${type}`);
      host.send(one, { type });
    }
  };
  const byId = (id) => Object.assign((one) => one.id === id, { one: true });
  const remove = (id, reason) => {
    const target = host.flowable ? host.active(id) : highest(host.active(id));
    host.deleting = reason ?? "";
    host.record.detail(target.id).deleted = true;
    try {
      const parent = host.parentOf(target);
      host.send(target, { type: "cancel", reason: reason ?? "" });
      const call = parent?.state.waits[target.parent.call];
      if (call && host.flowable) host.send(parent, { type: "complete-call", call: call.id, variables: {} });
      else if (call) host.send(parent, { type: "modify", instructions: [{ type: "cancel", token: call.token }] });
    } finally {
      host.deleting = undefined;
    }
  };
  /** Camunda deletes callers too when nothing else is active in them. */
  const highest = (instance) => {
    const parent = host.parentOf(instance);
    const leaves = parent ? Object.values(parent.state.tokens).filter(({ inner }) => inner === undefined) : [];
    return parent && leaves.length === 1 ? highest(parent) : instance;
  };
  const adHoc = (id) => {
    const row = execution(host, id);
    const wait = waitsOf(row.instance.state).find((one) => one.kind === "adhoc" && one.token === row.token);
    if (!wait) throw new Error(`${id} is no ad-hoc sub-process`);
    return { row, wait };
  };
  return {
    ...variableCalls(host, locate),
    startProcessInstanceByKey: (key, ...args) => start(definition(key, false), options(args)),
    startProcessInstanceById: (id, ...args) => start(definition(id, true), options(args)),
    startProcessInstanceByMessage: (name, ...args) => byMessage(name, args),
    createProcessInstanceBuilder: builder,
    createProcessInstanceByKey: (key) => builder().invoke("processDefinitionKey", [key]),
    createProcessInstanceById: (id) => builder().invoke("processDefinitionId", [id]),
    createProcessInstanceUpdateBuilder: updater,
    updateBusinessKey: (id, businessKey) => void Object.assign(host.record.detail(host.active(id).id), { businessKey }),
    updateBusinessStatus: (id, businessStatus) =>
      void Object.assign(host.record.detail(host.active(id).id), { businessStatus }),
    setProcessInstanceName: (id, name) => void Object.assign(host.record.detail(host.active(id).id), { name }),
    createProcessInstanceQuery: () => new Query("processInstanceQuery", instanceRows, tables.instances),
    createExecutionQuery: () => new Query("executionQuery", () => executions(host), tables.executions),
    createEventSubscriptionQuery: () =>
      new Query(
        "eventSubscriptionQuery",
        () => [...startSubscriptions(host), ...subscriptions(host)],
        tables.subscriptions,
      ),
    createVariableInstanceQuery: () =>
      new Query("variableInstanceQuery", () => instanceVariables(host), tables.variables),
    createActivityInstanceQuery: () =>
      new Query(
        "activityInstanceQuery",
        () => activityRows(host).filter((row) => host.isRunning(row.processInstanceId)),
        tables.activities,
      ),
    trigger,
    signal: trigger,
    messageEventReceived: received("message"),
    signalEventReceived: signalled,
    correlateMessage: (name, ...rest) => {
      const key = typeof rest[0] === "string" ? rest[0] : undefined;
      const [keys, given] = rest.filter((one) => typeof one === "object" && one !== null);
      return void correlate(name, key, keys, given);
    },
    createMessageCorrelation: correlation,
    createSignalEvent: (name) =>
      new Builder(
        "signalEvent",
        {
          executionId: (is, id) => (is.id = id),
          setVariables: (is, given) => (is.given = given),
          withoutTenantId: () => undefined,
        },
        { send: (is) => host.transaction(() => signalled(name, ...(is.id ? [is.id] : []), is.given)) },
      ),
    evaluateConditionalEvents: (id, given) => {
      const { instance } = execution(host, id);
      if (given) host.send(instance, { type: "set-variables", variables: asVariables(given) });
      host.send(instance, { type: "evaluate-conditions" });
    },
    deleteProcessInstance: remove,
    deleteProcessInstances: (ids, reason) => ids.forEach((id) => remove(id, reason)),
    suspendProcessInstanceById: (id) => suspend(byId(id), "suspend"),
    activateProcessInstanceById: (id) => suspend(byId(id), "activate"),
    suspendProcessInstanceByProcessDefinitionId: (id) => suspend(({ definition: one }) => one.id === id, "suspend"),
    activateProcessInstanceByProcessDefinitionId: (id) => suspend(({ definition: one }) => one.id === id, "activate"),
    suspendProcessInstanceByProcessDefinitionKey: (key) => suspend(({ definition: one }) => one.key === key, "suspend"),
    activateProcessInstanceByProcessDefinitionKey: (key) =>
      suspend(({ definition: one }) => one.key === key, "activate"),
    getActiveActivityIds: (id) => {
      const { instance, isInstance, token } = execution(host, id);
      return Object.values(instance.state.tokens)
        .filter((one) => (isInstance ? one.inner === undefined : one.id === token))
        .map(({ element }) => element);
    },
    getActivityInstance: (id) => activityTree(host, host.active(id)),
    executeActivityInAdhocSubProcess: (id, element) => {
      const { row, wait } = adHoc(id);
      host.send(row.instance, { type: "activate-ad-hoc", wait: wait.id, elements: [element] });
    },
    completeAdhocSubProcess: (id) => {
      const { row, wait } = adHoc(id);
      host.send(row.instance, { type: "complete-ad-hoc", wait: wait.id });
    },
    getEnabledActivitiesFromAdhocSubProcess: (id) => {
      const { row, wait } = adHoc(id);
      const { model } = row.instance.definition;
      const scope = Object.values(row.instance.state.scopes).find((one) => one.token === row.token);
      if (model.elements[wait.element].adHoc?.sequential && scope?.live > 0) return [];
      return Object.values(model.elements)
        .filter((one) => one.scope === wait.element && one.incoming.length === 0 && !one.attachedTo)
        .map((one) => ({ rowKey: one.id, id: one.id, name: one.name ?? null }));
    },
    ...changes(host),
    ...variableRows(host),
  };
}
