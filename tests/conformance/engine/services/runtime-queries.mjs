import { startPoints, waitsOf } from "@jinshui/engine";
import { among, businessKey, date, eq, none, tenant, text, variables } from "../query.mjs";
import { executions, listened } from "../rows.mjs";

const waitsWith = (kind, name) => (row) =>
  row.waits.some((wait) => wait.kind === kind && (name === undefined || wait.name === name));

export function executionFilters({ flowable, record }) {
  const instanceKey = ({ instance }) => record.detail(instance.id).businessKey ?? instance.businessKey ?? null;
  const own = (row) => row.vars ?? {};
  const instanceOf = (row) => row.instance.state.variables;
  return {
    ...text("processInstanceId", "processInstanceId"),
    ...text("executionId", "id"),
    ...text("processDefinitionId", "processDefinitionId"),
    ...text("processDefinitionKey", "processDefinitionKey"),
    ...text("activityId", "activityId"),
    // Flowable asks for executions that are active there, which those of loops as a whole and at joins are not
    activityId: (id) => (row) => row.activityId === id && row.inactive !== true,
    processInstanceBusinessKey: (key, withChildren) => (row) =>
      (row.isInstance || withChildren === true || !flowable) && instanceKey(row) === key,
    rootProcessInstanceId: eq("rootProcessInstanceId"),
    parentId: eq("parentId"),
    onlyChildExecutions: () => (row) => row.parentId !== null,
    onlyProcessInstanceExecutions: () => (row) => row.isInstance,
    onlySubProcessExecutions: () => (row) => row.superExecutionId !== null,
    messageEventSubscriptionName: (name) => waitsWith("message", name),
    messageEventSubscription: () => waitsWith("message"),
    signalEventSubscriptionName: (name) => waitsWith("signal", name),
    signalEventSubscription: (name) => waitsWith("signal", name),
    active: () => (row) => !row.suspended,
    suspended: () => (row) => row.suspended,
    ...tenant("executionTenantId"),
    ...tenant("tenantId"),
    ...variables("processVariable", instanceOf),
    ...variables("variable", own),
    $orders: {
      ProcessInstanceId: "processInstanceId",
      ProcessDefinitionKey: "processDefinitionKey",
      ProcessDefinitionId: "processDefinitionId",
      TenantId: "tenantId",
    },
  };
}

export function instanceFilters(host) {
  const live = (id) => host.runner.instances.get(id)?.parent?.instance;
  const vars = (row) => row.processVariables;
  return {
    ...text("processInstanceId", "id"),
    processInstanceIds: among("id"),
    ...text("processInstanceBusinessKey", "businessKey"),
    ...text("processInstanceBusinessStatus", "businessStatus"),
    ...text("processInstanceName", "name"),
    ...text("processDefinitionKey", "processDefinitionKey"),
    ...text("processDefinitionId", "processDefinitionId"),
    ...text("processDefinitionName", "processDefinitionName"),
    ...text("deploymentId", "deploymentId"),
    processDefinitionVersion: eq("processDefinitionVersion"),
    processInstanceBusinessKey: businessKey,
    startedBy: (user) => (row) => host.record.detail(row.id).startUser === user,
    superProcessInstanceId: eq("superProcessInstanceId"),
    subProcessInstanceId: (id) => (row) => live(id) === row.id,
    rootProcessInstances: none("superProcessInstanceId"),
    leafProcessInstances: () => (row) =>
      ![...host.runner.instances.values()].some(
        ({ parent, state }) => state.status === "active" && parent?.instance === row.id,
      ),
    rootProcessInstanceId: eq("rootProcessInstanceId"),
    excludeSubprocesses: (yes) => (row) => !yes || row.superProcessInstanceId === null,
    active: () => (row) => !row.suspended,
    suspended: () => (row) => row.suspended,
    activityIdIn:
      (...ids) =>
      (row) =>
        Object.values(row.instance.state.tokens).some(({ element }) => ids.flat().includes(element)),
    activeActivityId: (id) => (row) => Object.values(row.instance.state.tokens).some(({ element }) => id === element),
    withIncident: () => (row) => waitsOf(row.instance.state).some(({ kind }) => kind === "incident"),
    caseInstanceId: eq("caseInstanceId"),
    ...tenant("tenantId"),
    ...tenant("processInstanceTenantId"),
    includeProcessVariables: true,
    matchVariableNamesIgnoreCase: true,
    matchVariableValuesIgnoreCase: true,
    ...date("started", "startTime"),
    ...variables("variable", vars),
    $orders: {
      ProcessInstanceId: "id",
      TenantId: "tenantId",
      BusinessKey: "businessKey",
      ProcessDefinitionKey: "processDefinitionKey",
      ProcessDefinitionId: "processDefinitionId",
      StartTime: "startTime",
    },
  };
}

/** What new instances of the newest versions begin with. */
export function startSubscriptions(host) {
  const nothing = { id: "", state: { variables: {}, tokens: {}, scopes: {} } };
  return [...host.runner.definitions.values()].flatMap((versions) => {
    const definition = versions.at(-1);
    return startPoints(definition.model)
      .filter(({ event }) => event.kind === "message" || event.kind === "signal")
      .map(({ event, element }) => {
        const id = `s-${definition.id}-${element}-${event.kind}`;
        return {
          rowKey: id,
          id,
          eventType: event.kind,
          eventName: host.record.evaluate(event.name, nothing),
          activityId: element,
          executionId: null,
          processInstanceId: null,
          processDefinitionId: definition.id,
          created: new Date(host.now),
          tenantId: host.noTenant,
          definition,
        };
      });
  });
}

const TYPES = { message: "message", signal: "signal", condition: "conditional" };

/** Compensation subscriptions are what a scope has done that can be undone. */
export function subscriptions(host) {
  return [...host.runner.instances.values()]
    .filter(({ state }) => state.status === "active")
    .flatMap((instance) => {
      const base = {
        processInstanceId: instance.id,
        processDefinitionId: instance.definition.id,
        created: new Date(host.now),
        tenantId: host.noTenant,
      };
      const waits = waitsOf(instance.state)
        .filter(
          ({ kind, name, element }) =>
            TYPES[kind] && (name !== undefined || instance.definition.model.elements[element]?.events),
        )
        .filter((wait) => !host.flowable || wait.kind !== "condition" || listened(instance, wait) !== undefined)
        .map((wait) => {
          const id = `s-${instance.id}-${wait.id}`;
          const row = executions(host).find(
            (one) => one.instance === instance && one.waits.some((other) => other.id === wait.id),
          );
          const element = instance.definition.model.elements[wait.element];
          const start =
            element?.type === "eventSubProcess" ? instance.definition.model.starts[wait.element]?.[0] : undefined;
          return {
            ...base,
            rowKey: id,
            id,
            eventType: listened(instance, wait) === undefined ? TYPES[wait.kind] : "variable",
            eventName: wait.name ?? listened(instance, wait) ?? null,
            activityId: start ?? wait.element,
            executionId: row?.id ?? instance.id,
          };
        });
      const undo = Object.values(instance.state.scopes).flatMap((scope) =>
        (scope.done ?? []).map((one, at) => {
          const id = `c-${instance.id}-${scope.id}-${at}`;
          const handler = instance.definition.model.elements[one.element]?.compensation ?? one.element;
          return {
            ...base,
            rowKey: id,
            id,
            eventType: "compensate",
            eventName: null,
            activityId: handler,
            executionId: `${instance.id}:${id}`,
          };
        }),
      );
      return [...waits, ...undo];
    });
}

export function instanceVariables(host) {
  return host.record.variables
    .all()
    .filter((row) => {
      const { state } = host.runner.instances.get(row.processInstanceId) ?? {};
      if (state?.status !== "active") return false;
      if (row.taskId !== null) return host.record.tasks.get(row.taskId)?.endTime === null;
      if (row.loop !== undefined) return state.scopes[row.loop] !== undefined;
      return row.token === undefined ? row.name in state.variables : row.name in (state.tokens[row.token]?.vars ?? {});
    })
    .map((row) => ({
      ...row,
      executionId:
        row.token === undefined
          ? row.processInstanceId
          : host.executionOf(host.runner.instances.get(row.processInstanceId), row.token),
    }));
}

export const variableFilters = () => ({
  ...text("variableName", "name"),
  ...text("processInstanceId", "processInstanceId"),
  ...text("executionId", "executionId"),
  ...text("taskId", "taskId"),
  ...text("activityInstanceId", "activityInstanceId"),
  ...text("variableId", "id"),
  executionIds: among("executionId"),
  disableBinaryFetching: true,
  disableCustomObjectDeserialization: true,
  excludeLocalVariables: () => (row) => row.token === undefined && row.taskId === null,
  excludeTaskVariables: none("taskId"),
  ...variables("variable", (row) => [[row.name, row.value]]),
  variableNameLike: text("variableName", "name").variableNameLike,
  variableScopeIdIn: among("activityInstanceId"),
  activityInstanceIdIn: among("activityInstanceId"),
  ...tenant("tenantId"),
  $orders: { VariableName: "name", VariableType: "typeName", ActivityInstanceId: "activityInstanceId" },
});

export const subscriptionFilters = () => ({
  ...text("eventSubscriptionId", "id"),
  ...text("id", "id"),
  ...text("eventType", "eventType"),
  ...text("eventName", "eventName"),
  ...text("activityId", "activityId"),
  ...text("executionId", "executionId"),
  ...text("processInstanceId", "processInstanceId"),
  ...text("processDefinitionId", "processDefinitionId"),
  ...tenant("tenantId"),
  $orders: { Created: "created", CreateDate: "created", Id: "id", ExecutionId: "executionId" },
});
