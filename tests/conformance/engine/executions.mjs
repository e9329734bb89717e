import { startPoints, visible } from "@jinshui/engine";
import { typeName } from "./recorder.mjs";

const SCOPES = new Set(["subProcess", "transaction", "adHocSubProcess", "eventSubProcess"]);
const LISTENING = new Set(["message", "signal", "timer", "condition"]);

/** Rows of process instances that run. */
export function instanceRow(world, instance) {
  const { state, parent } = instance;
  const extra = world.extra(instance.id);
  const definition = world.definitionOf(instance);
  const caller = parent && world.runner.instances.get(parent.instance);
  const own = instance.id;
  return {
    id: own,
    processInstanceId: own,
    rootProcessInstanceId: rootOf(world, instance).id,
    executionId: own,
    processDefinitionId: definition.id,
    processDefinitionKey: definition.key,
    processDefinitionName: definition.name,
    processDefinitionVersion: definition.version,
    deploymentId: definition.deploymentId,
    businessKey: instance.businessKey ?? null,
    businessStatus: extra.businessStatus,
    name: extra.name,
    localizedName: extra.name,
    description: null,
    dueDate: extra.dueDate,
    startTime: new Date(instance.startedAt),
    startUserId: extra.startUserId,
    suspended: state.suspended === true,
    ended: state.status !== "active",
    isEnded: state.status !== "active",
    active: !state.suspended,
    superProcessInstanceId: caller?.id ?? null,
    superExecutionId: caller ? executionOfCall(caller, parent.call) : null,
    parentProcessInstanceId: caller?.id ?? null,
    parentId: null,
    activityId: null,
    caseInstanceId: extra.caseInstanceId ?? null,
    callbackId: null,
    tenantId: world.flowable ? "" : null,
    processVariables: new Map(Object.entries(state.variables)),
    values: state.variables,
    processValues: state.variables,
    isProcess: true,
  };
}

function executionOfCall(caller, call) {
  const wait = caller.state.waits[call];
  return wait ? `${caller.id}.${wait.token}` : null;
}

/** The instance at the top of a chain of calls. */
function rootOf(world, instance) {
  const caller = instance.parent && world.runner.instances.get(instance.parent.instance);
  return caller ? rootOf(world, caller) : instance;
}

/** Executions as the vendor shows them: the instance itself, and one for every place where control is. */
export function executionRows(world) {
  return world.active().flatMap((instance) => {
    const root = instanceRow(world, instance);
    return [root, ...(world.flowable ? flowable(world, instance, root) : camunda(instance, root))];
  });
}

function row(instance, root, token, activity, parent) {
  const { state } = instance;
  return {
    ...root,
    id: `${instance.id}.${token.id}`,
    executionId: `${instance.id}.${token.id}`,
    activityId: activity,
    name: null,
    businessKey: null,
    businessStatus: null,
    superProcessInstanceId: null,
    superExecutionId: null,
    processInstanceId: instance.id,
    parentId: parent,
    values: { ...(token.vars ?? {}) },
    localValues: token.vars ?? {},
    processValues: state.variables,
    subscriptions: (token.waits ?? []).map((id) => state.waits[id]).filter(Boolean),
    isProcess: false,
    token: token.id,
  };
}

function parentOf(instance, token) {
  const scope = instance.state.scopes[token.scope];
  return scope?.token ? `${instance.id}.${scope.token}` : instance.id;
}

function flowable(world, instance, root) {
  const { state, definition } = instance;
  const rows = [];
  for (const token of Object.values(state.tokens)) {
    const parent = parentOf(instance, token);
    const element = definition.model.elements[token.element];
    const waits = (token.waits ?? []).map((id) => state.waits[id]).filter(Boolean);
    const behind = waits.filter((wait) => wait.element !== token.element && LISTENING.has(wait.kind));
    const gate = element?.type === "eventGateway";
    if (!gate)
      rows.push({
        ...row(instance, root, token, token.element, parent),
        subscriptions: waits.filter((wait) => wait.element === token.element),
      });
    for (const wait of behind) rows.push(listening(instance, root, wait, parent));
    if (!gate)
      for (const id of element?.boundary ?? []) {
        const kind = definition.model.elements[id]?.events?.[0]?.kind;
        const inLoop = element.loop && state.scopes[token.scope]?.element === token.element;
        if (["error", "escalation", "compensation", "cancel"].includes(kind) && !inLoop)
          rows.push(listening(instance, root, { id: `b${token.id}${id}`, element: id, kind }, parent));
      }
  }
  for (const scope of Object.values(state.scopes))
    for (const id of scope.waits ?? []) {
      const wait = state.waits[id];
      if (wait && wait.kind !== "condition")
        rows.push(listening(instance, root, wait, scope.token ? `${instance.id}.${scope.token}` : instance.id));
    }
  return rows;
}

function listening(instance, root, wait, parent) {
  return {
    ...row(instance, root, { id: `w.${wait.id}` }, wait.element, parent),
    subscriptions: [wait],
    wait: wait.id,
  };
}

function camunda(instance, root) {
  const { state, definition } = instance;
  const byScope = new Map();
  for (const token of Object.values(state.tokens)) {
    const list = byScope.get(token.scope) ?? [];
    byScope.set(token.scope, [...list, token]);
  }
  for (const scope of Object.values(state.scopes))
    for (const id of scope.waits ?? [])
      if (scope.token === "" && state.waits[id]) (root.subscriptions ??= []).push(state.waits[id]);
  const rows = [];
  for (const [, tokens] of byScope)
    for (const token of tokens) {
      const element = definition.model.elements[token.element];
      const isScope =
        token.inner !== undefined ||
        (element?.boundary?.length ?? 0) > 0 ||
        SCOPES.has(element?.type) ||
        element?.inputs !== undefined;
      const own = row(instance, root, token, token.element, parentOf(instance, token));
      if (tokens.length > 1 && isScope) rows.push({ ...own, id: `${own.id}.c`, activityId: null, subscriptions: [] });
      if (tokens.length > 1 || isScope) rows.push(own);
      else {
        const above = rows.find(({ id }) => id === own.parentId) ?? root;
        above.activityId = token.element;
        above.subscriptions = [...(above.subscriptions ?? []), ...own.subscriptions];
        above.token ??= token.id;
      }
      const host = rows.find(({ id }) => id === own.id);
      const scope = token.inner === undefined ? undefined : state.scopes[token.inner];
      if (host && scope) {
        if (scope.waits)
          host.subscriptions = [...host.subscriptions, ...scope.waits.map((id) => state.waits[id]).filter(Boolean)];
        host.activityId = token.element;
      }
    }
  return rows;
}

/** Waits that a message, signal or condition ends, and starts of processes that one begins. */
export function subscriptionRows(world) {
  const kinds = { message: "message", signal: "signal", condition: "conditional" };
  const rows = world.active().flatMap((instance) =>
    Object.values(instance.state.waits)
      .filter(({ kind }) => kinds[kind])
      .map((wait) => ({
        id: `${instance.id}.w.${wait.id}`,
        eventType: kinds[wait.kind],
        eventName: wait.name ?? null,
        activityId: wait.element,
        executionId:
          world.flowable && wait.element !== instance.state.tokens[wait.token]?.element
            ? `${instance.id}.w.${wait.id}`
            : wait.token === undefined
              ? instance.id
              : `${instance.id}.${wait.token}`,
        processInstanceId: instance.id,
        processDefinitionId: instance.definition.id,
        created: new Date(instance.startedAt),
        configuration: null,
        tenantId: world.flowable ? "" : null,
      })),
  );
  if (!world.flowable) rows.push(...compensations(world));
  const starts = world.definitionRows().filter(({ latest }) => latest);
  for (const { id, model } of starts)
    for (const { element: start, event } of startPoints(model))
      if (event.kind === "message" || event.kind === "signal")
        rows.push({
          id: `s.${id}.${start}`,
          eventType: event.kind,
          eventName: world.text(undefined, undefined, event.name),
          activityId: start,
          executionId: null,
          processInstanceId: null,
          processDefinitionId: id,
          configuration: id,
          created: world.date(),
          tenantId: world.flowable ? "" : null,
        });
  return rows;
}

function compensations(world) {
  return world.active().flatMap((instance) =>
    Object.values(instance.state.scopes).flatMap((scope) =>
      (scope.done ?? []).map((record, index) => ({
        id: `${instance.id}.done.${scope.id}.${index}`,
        eventType: "compensate",
        eventName: null,
        activityId: instance.definition.model.elements[record.element]?.compensation ?? record.element,
        executionId: scope.token ? `${instance.id}.${scope.token}` : instance.id,
        processInstanceId: instance.id,
        processDefinitionId: instance.definition.id,
        configuration: null,
        created: world.date(),
        tenantId: null,
      })),
    ),
  );
}

/** Variables of everything that runs. */
export function variableRows(world) {
  return world.active().flatMap((instance) => {
    const one = (values, owner, task) =>
      Object.entries(values ?? {}).map(([name, value]) => ({
        id: `${owner} ${name}`,
        name,
        variableName: name,
        value,
        textValue: typeof value === "string" ? value : null,
        typeName: value === null ? "null" : typeof value === "number" ? "integer" : typeof value,
        processInstanceId: instance.id,
        executionId: owner,
        activityInstanceId: owner,
        processDefinitionId: instance.definition.id,
        taskId: task ?? null,
        scopeId: null,
        tenantId: null,
        values: { [name]: value },
      }));
    return [
      ...one(instance.state.variables, instance.id),
      ...Object.values(instance.state.tokens).flatMap((token) => one(token.vars, `${instance.id}.${token.id}`)),
    ];
  });
}

class ActivityNode {
  constructor(parts) {
    Object.assign(this, parts);
  }
  getActivityInstances(activity) {
    return descendants(this).filter(({ activityId }) => activityId === activity);
  }
}

function descendants(node) {
  return node.childActivityInstances.flatMap((child) => [child, ...descendants(child)]);
}

/** The tree of what is active in an instance. */
export function activityTree(world, id) {
  const instance = world.runner.instances.get(id);
  if (!instance || instance.state.status !== "active") return null;
  const { state, definition } = instance;
  const node = (parts) =>
    new ActivityNode({
      processInstanceId: id,
      processDefinitionId: definition.id,
      childActivityInstances: [],
      childTransitionInstances: [],
      incidentIds: [],
      executionIds: [],
      ...parts,
    });
  const root = node({
    id,
    activityId: definition.id,
    activityType: "processDefinition",
    activityName: definition.model.name ?? null,
    parentActivityInstanceId: null,
    executionIds: [id],
  });
  const nodes = new Map();
  for (const token of Object.values(state.tokens)) {
    const element = definition.model.elements[token.element];
    const body = element?.loop && state.scopes[token.scope]?.element !== token.element;
    const made = node({
      id: `${id}.${token.id}`,
      activityId: body ? `${token.element}#multiInstanceBody` : token.element,
      activityName: element?.name ?? null,
      name: element?.name ?? null,
      activityType: body ? "multiInstanceBody" : typeName(element, world.vendor),
      executionIds: [`${id}.${token.id}`],
    });
    const asynchronous = (token.waits ?? []).some((wait) => state.waits[wait]?.kind === "async");
    nodes.set(token.id, { made, token, asynchronous });
  }
  for (const { made, token, asynchronous } of nodes.values()) {
    const parent = nodes.get(state.scopes[token.scope]?.token)?.made ?? root;
    made.parentActivityInstanceId = parent.id;
    (asynchronous ? parent.childTransitionInstances : parent.childActivityInstances).push(made);
  }
  return root;
}

/** What a token sees. */
export function valuesAt(instance, token) {
  return visible(instance.state, token);
}
