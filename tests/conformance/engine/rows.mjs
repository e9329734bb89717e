const tokenId = (instance, token) => `${instance.id}:${token}`;

/** Camunda gives an execution of its own to what is a scope there. */
function isScope(instance, token) {
  const element = instance.definition.model.elements[token.element];
  if (!element) return false;
  const inLoop = element.loop !== undefined && instance.state.scopes[token.scope]?.loop !== undefined;
  if (token.inner !== undefined || (element.loop && !inLoop)) return true;
  const { type } = element;
  if (
    [
      "subProcess",
      "transaction",
      "eventSubProcess",
      "adHocSubProcess",
      "callActivity",
      "eventGateway",
      "catchEvent",
    ].includes(type)
  )
    return true;
  if (type === "receiveTask" && element.events?.some(({ name }) => name !== undefined)) return true;
  if ((element.inputs?.length ?? 0) + (element.outputs?.length ?? 0) > 0) return true;
  return (
    !inLoop &&
    (element.boundary ?? []).some((id) =>
      instance.definition.model.elements[id]?.events?.some(({ kind }) => kind !== "compensation"),
    )
  );
}

/** Id of the execution of a token. */
export function executionOf(host, instance, token) {
  if (token === undefined) return instance.id;
  const found = instance.state.tokens[token];
  if (!found) return instance.id;
  if (host.flowable || isScope(instance, found)) return tokenId(instance, token);
  if (siblings(instance, found.scope) > 1) return tokenId(instance, token);
  return scopeExecution(instance, found.scope);
}

function siblings(instance, scope) {
  return Object.values(instance.state.tokens).filter((token) => token.scope === scope).length;
}

function scopeExecution(instance, scope) {
  const found = instance.state.scopes[scope];
  if (!found || found.token === "" || found.token === undefined) return instance.id;
  return tokenId(instance, found.token);
}

/** Every execution, also those of the instances. */
export function executions(host) {
  return [...host.runner.instances.values()]
    .filter(({ state }) => state.status === "active")
    .flatMap((instance) => [instanceRow(host, instance), ...children(host, instance)]);
}

/** The row of an instance. */
export function instanceRow(host, instance) {
  const { id, definition, state } = instance;
  const parent = host.parentOf(instance);
  const call = parent?.state.waits[instance.parent.call];
  const detail = host.record.detail(id);
  const lone = host.flowable ? [] : Object.values(state.tokens).filter(({ scope }) => scope === "0");
  return {
    rowKey: `p-${id}`,
    id,
    processInstanceId: id,
    executionId: id,
    rootProcessInstanceId: host.rootOf(instance).id,
    processDefinitionId: definition.id,
    processDefinitionKey: definition.key,
    processDefinitionName: definition.model.name ?? null,
    processDefinitionVersion: definition.version,
    deploymentId: definition.deployment,
    businessKey: detail.businessKey ?? instance.businessKey ?? null,
    businessStatus: detail.businessStatus ?? null,
    name: detail.name ?? null,
    dueDate: detail.dueDate ?? null,
    tenantId: host.noTenant,
    caseInstanceId: detail.caseInstanceId ?? null,
    activityInstanceId:
      lone.length === 1 && !isScope(instance, lone[0]) ? (host.record.rowOf(id, lone[0].id)?.id ?? id) : id,
    parentId: null,
    superExecutionId: call ? executionOf(host, parent, call.token) : null,
    superProcessInstanceId: parent?.id ?? null,
    activityId: lone.length === 1 && !isScope(instance, lone[0]) ? lone[0].element : null,
    isInstance: true,
    ended: state.status !== "active",
    suspended: state.suspended === true,
    startTime: new Date(instance.startedAt),
    startActivityId: null,
    processVariables: { ...state.variables },
    waits: Object.values(state.waits).filter((wait) => ownWait(host, instance, wait) === id),
    instance,
    vars: { ...state.variables, ...(lone.length === 1 && !isScope(instance, lone[0]) ? lone[0].vars : {}) },
  };
}

function ownWait(host, instance, wait) {
  if (wait.token === undefined) return host.flowable ? undefined : scopeExecution(instance, wait.scope ?? "0");
  return executionOf(host, instance, wait.token);
}

function children(host, instance) {
  return host.flowable ? flowable(host, instance) : camunda(host, instance);
}

function row(host, instance, id, parentId, activityId, more) {
  return {
    rowKey: `e-${id}`,
    id,
    executionId: id,
    processInstanceId: instance.id,
    rootProcessInstanceId: host.rootOf(instance).id,
    processDefinitionId: instance.definition.id,
    processDefinitionKey: instance.definition.key,
    businessKey: null,
    parentId,
    activityId,
    superExecutionId: null,
    tenantId: host.noTenant,
    name: null,
    ended: false,
    isInstance: false,
    suspended: instance.state.suspended === true,
    waits: [],
    instance,
    vars: {},
    activityInstanceId: (more.token && host.record.rowOf(instance.id, more.lone ?? more.token)?.id) ?? null,
    ...more,
  };
}

/** The variable a wait listens to: a condition that is nothing but a change. */
export function listened(instance, wait) {
  if (wait.kind !== "condition") return undefined;
  const { elements, starts } = instance.definition.model;
  const events = elements[wait.element]?.events ?? elements[starts[wait.element]?.[0]]?.events ?? [];
  return events.find(({ condition, variables }) => condition === undefined && variables)?.variables[0];
}

const EVENTS = new Set(["timer", "message", "signal"]);

function flowable(host, instance) {
  const { tokens, waits } = instance.state;
  const { elements } = instance.definition.model;
  const rows = [];
  for (const token of Object.values(tokens)) {
    const id = tokenId(instance, token.id);
    const parent = scopeExecution(instance, token.scope);
    const own = (token.waits ?? []).map((wait) => waits[wait]).filter(Boolean);
    if (elements[token.element]?.type === "eventGateway") {
      own.forEach((wait) =>
        rows.push(row(host, instance, `${id}:${wait.id}`, parent, wait.element, { waits: [wait], token: token.id })),
      );
      continue;
    }
    const mine = own.filter(({ element }) => element === token.element);
    const loopBody = token.inner !== undefined && instance.state.scopes[token.inner]?.loop !== undefined;
    const inactive = loopBody || own.some(({ kind }) => kind === "join");
    const more = { waits: mine, token: token.id, vars: token.vars ?? {}, inactive };
    rows.push(row(host, instance, id, parent, token.element, more));
    if (elements[token.element]?.loop && !loopBody) continue;
    for (const boundary of elements[token.element]?.boundary ?? []) {
      const events = elements[boundary]?.events ?? [];
      if (events.some(({ kind }) => kind === "compensation")) continue;
      const held = own.filter(({ element }) => element === boundary);
      rows.push(row(host, instance, `${id}:${boundary}`, id, boundary, { waits: held, token: token.id }));
    }
  }
  for (const wait of Object.values(waits)) {
    if (wait.token !== undefined || !(EVENTS.has(wait.kind) || listened(instance, wait))) continue;
    const start = instance.definition.model.starts[wait.element]?.[0] ?? wait.element;
    const parent = scopeExecution(instance, wait.scope ?? "0");
    rows.push(row(host, instance, `${instance.id}:${wait.id}`, parent, start, { waits: [wait] }));
  }
  for (const [scope, start] of firedTimers(host, instance))
    rows.push(row(host, instance, `${instance.id}:${scope}:${start}`, scopeExecution(instance, scope), start, {}));
  return rows;
}

/** Flowable keeps the execution of a timer that has started an event sub-process, until the flow around it is over. */
function firedTimers(host, instance) {
  const { tokens, waits, scopes } = instance.state;
  const { elements, eventSubProcesses, starts } = instance.definition.model;
  return Object.values(scopes)
    .filter(({ loop, purpose }) => loop === undefined && purpose === undefined)
    .flatMap(({ id, element }) =>
      (eventSubProcesses[element] ?? []).flatMap((sub) => {
        const start = elements[starts[sub]?.[0]];
        const fired = host.record.activities.some(
          (visit) => visit.processInstanceId === instance.id && visit.activityId === sub && visit.scope === id,
        );
        const waiting = Object.values(waits).some((wait) => wait.scope === id && wait.element === start?.id);
        const flowing = Object.values(tokens).some(
          (token) => token.scope === id && elements[token.element]?.type !== "eventSubProcess",
        );
        if (start?.events?.[0]?.kind !== "timer" || !fired || waiting) return [];
        return start.nonInterrupting && !flowing ? [] : [[id, start.id]];
      }),
    );
}

function camunda(host, instance) {
  const { tokens, waits } = instance.state;
  const rows = [];
  for (const token of Object.values(tokens)) {
    const concurrent = siblings(instance, token.scope) > 1;
    const scope = isScope(instance, token);
    if (!concurrent && !scope) continue;
    const id = tokenId(instance, token.id);
    let parent = scopeExecution(instance, token.scope);
    if (concurrent && scope) {
      rows.push(row(host, instance, `${id}:c`, parent, null, {}));
      parent = `${id}:c`;
    }
    const inner = Object.values(tokens).filter((other) => other.scope === token.inner);
    const lone = inner.length === 1 && !isScope(instance, inner[0]) ? inner[0] : undefined;
    const own = Object.values(waits).filter((wait) => ownWait(host, instance, wait) === id);
    const element = token.inner === undefined ? token.element : (lone?.element ?? null);
    rows.push(
      row(host, instance, id, parent, element, {
        waits: own,
        token: token.id,
        lone: lone?.id,
        vars: { ...token.vars, ...lone?.vars },
      }),
    );
  }
  return rows;
}
