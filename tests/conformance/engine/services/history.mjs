import { among, businessKey, date, eq, none, notAmong, Query, some, tenant, text, variables } from "../query.mjs";
import { historicTaskFilters } from "./historic-task.mjs";

function instanceRows(host) {
  return [...host.runner.instances.values()]
    .filter(({ id }) => !host.gone.has(id))
    .map((instance) => {
      const { id, definition, state, startedAt, endedAt } = instance;
      const detail = host.record.detail(id);
      const mine = host.record.activities.filter((row) => row.processInstanceId === id && !row.isFlow);
      const end = endedAt === undefined ? null : new Date(endedAt);
      const cancelled = state.status === "cancelled";
      const externally = host.flowable ? detail.deleteReason : (instance.reason ?? detail.deleteReason);
      const names = { completed: "COMPLETED", cancelled: "EXTERNALLY_TERMINATED", failed: "INTERNALLY_TERMINATED" };
      return {
        rowKey: `h-${id}`,
        id,
        processInstanceId: id,
        rootProcessInstanceId: host.rootOf(instance).id,
        superProcessInstanceId: instance.parent?.instance ?? null,
        processDefinitionId: definition.id,
        processDefinitionKey: definition.key,
        processDefinitionName: definition.model.name ?? null,
        processDefinitionVersion: definition.version,
        deploymentId: definition.deployment,
        businessKey: detail.businessKey ?? instance.businessKey ?? null,
        businessStatus: detail.businessStatus ?? null,
        name: detail.name ?? null,
        dueDate: detail.dueDate ?? null,
        caseInstanceId: detail.caseInstanceId ?? null,
        startTime: new Date(startedAt),
        endTime: end,
        durationInMillis: end ? end - new Date(startedAt) : null,
        deleteReason: cancelled
          ? (externally ?? (host.flowable ? "process instance deleted" : null))
          : terminated(host, instance),
        endActivityId: endOf(host, { cancelled, end, detail, mine }),
        startActivityId: mine[0]?.activityId ?? null,
        startUserId: detail.startUser ?? null,
        state: host.flowable
          ? state.status === "active"
            ? "running"
            : state.status
          : state.suspended
            ? "SUSPENDED"
            : (names[state.status] ?? "ACTIVE"),
        processVariables: { ...state.variables },
        tenantId: host.noTenant,
        instance,
      };
    });
}

/** Flowable names the last element also for what was ended elsewhere: where the caller was interrupted, or its own. */
function endOf(host, { cancelled, end, detail, mine }) {
  if (end === null || detail.deleted) return null;
  const last = host.flowable ? (detail.interrupter ?? mine.at(-1)?.activityId ?? null) : null;
  return cancelled ? last : (detail.endActivityId ?? last);
}

function terminated(host, instance) {
  if (!host.flowable || instance.state.status !== "completed") return null;
  const element = host.terminating(instance);
  return element === undefined ? null : `Terminate end event: ${element}`;
}

function instanceFilters(host) {
  const active = (row, ids) =>
    host.record.activities.some(
      (one) => one.processInstanceId === row.id && one.endTime === null && ids.flat().includes(one.activityId),
    );
  const executed = (row, ids) =>
    host.record.activities.some(
      (one) => one.processInstanceId === row.id && one.endTime !== null && ids.flat().includes(one.activityId),
    );
  const visits = (row) => host.record.activities.filter((one) => one.processInstanceId === row.id && !one.isFlow);
  const values = (row) =>
    host.record.variables
      .all()
      .filter((one) => one.processInstanceId === row.id && (!host.flowable || one.token === undefined))
      .map(({ name, value }) => [name, value]);
  return {
    ...text("processInstanceId", "id"),
    processInstanceIds: among("id"),
    ...text("processInstanceBusinessKey", "businessKey"),
    ...text("processInstanceBusinessStatus", "businessStatus"),
    ...text("processInstanceName", "name"),
    ...text("processDefinitionId", "processDefinitionId"),
    ...text("processDefinitionKey", "processDefinitionKey"),
    processDefinitionKeyNotIn: notAmong("processDefinitionKey"),
    processInstanceBusinessKey: businessKey,
    ...text("processDefinitionName", "processDefinitionName"),
    processDefinitionVersion: eq("processDefinitionVersion"),
    ...text("deploymentId", "deploymentId"),
    superProcessInstanceId: eq("superProcessInstanceId"),
    subProcessInstanceId: (id) => (row) => host.runner.instances.get(id)?.parent?.instance === row.id,
    rootProcessInstances: none("superProcessInstanceId"),
    rootProcessInstanceId: eq("rootProcessInstanceId"),
    excludeSubprocesses: (yes) => (row) => !yes || row.superProcessInstanceId === null,
    unfinished: none("endTime"),
    deleted: () => (row) => row.deleteReason !== null,
    notDeleted: () => (row) => row.deleteReason === null,
    completed: () => (row) => row.state === "COMPLETED",
    active: () => (row) => row.state === "ACTIVE",
    suspended: () => (row) => row.state === "SUSPENDED",
    externallyTerminated: () => (row) => row.state === "EXTERNALLY_TERMINATED",
    internallyTerminated: () => (row) => row.state === "INTERNALLY_TERMINATED",
    startedBy: eq("startUserId"),
    ...date("started", "startTime"),
    ...date("finished", "endTime"),
    finishedOn: date("x", "endTime").x,
    finished: some("endTime"),
    activeActivityIdIn:
      (...ids) =>
      (row) =>
        active(row, ids),
    activityIdIn:
      (...ids) =>
      (row) =>
        active(row, ids),
    executedActivityBefore: (at) => (row) => visits(row).some((one) => one.endTime !== null && one.endTime <= at),
    executedActivityAfter: (at) => (row) => visits(row).some((one) => one.endTime !== null && one.endTime >= at),
    executedActivityIdIn:
      (...ids) =>
      (row) =>
        executed(row, ids),
    caseInstanceId: eq("caseInstanceId"),
    ...tenant("tenantId"),
    ...tenant("processInstanceTenantId"),
    includeProcessVariables: true,
    matchVariableNamesIgnoreCase: true,
    matchVariableValuesIgnoreCase: true,
    ...variables("variable", values),
    $orders: {
      ProcessInstanceId: "id",
      ProcessInstanceBusinessKey: "businessKey",
      ProcessInstanceStartTime: "startTime",
      ProcessInstanceEndTime: "endTime",
      ProcessInstanceDuration: "durationInMillis",
      ProcessDefinitionId: "processDefinitionId",
      ProcessDefinitionKey: "processDefinitionKey",
      ProcessDefinitionName: "processDefinitionName",
      ProcessDefinitionVersion: "processDefinitionVersion",
      TenantId: "tenantId",
    },
  };
}

/** Visits of elements, each vendor's way. */
export function activityRows(host) {
  return host.record.activities
    .filter((row) => !host.gone.has(row.processInstanceId) && row.pending === undefined)
    .filter((row) => (host.flowable ? !row.isBody : !row.isFlow))
    .map((row) => {
      const task = row.taskId ? host.record.tasks.get(row.taskId) : undefined;
      return {
        ...row,
        ...(row.isBody ? { activityId: `${row.activityId}#multiInstanceBody`, activityType: "multiInstanceBody" } : {}),
        calledProcessInstanceId: row.called ?? null,
        assignee: task?.assignee ?? null,
        parentActivityInstanceId: row.parentRow ?? null,
        canceled: row.cancelled,
        completeScope: !row.cancelled && row.endTime !== null && row.activityType.endsWith("EndEvent"),
      };
    });
}

export function activityFilters() {
  return {
    ...text("activityInstanceId", "id"),
    ...text("activityId", "activityId"),
    ...text("activityName", "activityName"),
    ...text("activityType", "activityType"),
    ...text("processInstanceId", "processInstanceId"),
    ...text("processDefinitionId", "processDefinitionId"),
    ...text("executionId", "executionId"),
    taskAssignee: eq("assignee"),
    finished: some("endTime"),
    unfinished: none("endTime"),
    canceled: () => (row) => row.cancelled,
    completeScope: () => (row) => row.completeScope,
    deleteReason: eq("deleteReason"),
    ...date("started", "startTime"),
    startedBefore: date("x", "startTime").xBefore,
    finishedBefore: date("x", "endTime").xBefore,
    finishedAfter: date("x", "endTime").xAfter,
    ...tenant("tenantId"),
    ...tenant("activityTenantId"),
    $orders: {
      HistoricActivityInstanceStartTime: "startTime",
      HistoricActivityInstanceEndTime: "endTime",
      HistoricActivityInstanceId: "id",
      HistoricActivityInstanceDuration: "durationInMillis",
      ActivityInstanceDuration: "durationInMillis",
      ActivityId: "activityId",
      ActivityName: "activityName",
      ActivityType: "activityType",
      ProcessInstanceId: "processInstanceId",
      ProcessDefinitionId: "processDefinitionId",
      ExecutionId: "executionId",
      TenantId: "tenantId",
      ActivityInstanceStartTime: "startTime",
      ActivityInstanceEndTime: "endTime",
      ActivityInstanceId: "id",
    },
  };
}

function variableFilters() {
  return {
    ...text("variableId", "id"),
    ...text("id", "id"),
    ...text("variableName", "name"),
    ...text("processInstanceId", "processInstanceId"),
    ...text("processDefinitionId", "processDefinitionId"),
    ...text("processDefinitionKey", "processDefinitionKey"),
    ...text("executionId", "executionId"),
    ...text("taskId", "taskId"),
    ...text("activityInstanceId", "activityInstanceId"),
    ...variables("variable", (row) => [[row.name, row.value]]),
    variableTypeIn: among("typeName"),
    excludeTaskVariables: none("taskId"),
    variableNameIn: among("name"),
    activityInstanceIdIn: among("activityInstanceId"),
    executionIds: among("executionId"),
    taskIds: among("taskId"),
    excludeLocalVariables: () => (row) => row.token === undefined && row.taskId === null,
    ...tenant("tenantId"),
    variableTypeLike: text("variableType", "typeName").variableTypeLike,
    disableBinaryFetching: true,
    disableCustomObjectDeserialization: true,
    $orders: { VariableName: "name", ProcessInstanceId: "processInstanceId" },
  };
}

/** What a task in history could see, and what it had of its own. */
function historicVariables(host, task) {
  const rows = host.record.variables.all().filter((row) => row.processInstanceId === task.processInstanceId);
  const values = (takes) => Object.fromEntries(rows.filter(takes).map(({ name, value }) => [name, value]));
  const processVariables = values(({ token, taskId }) => token === undefined && taskId === null);
  const taskLocalVariables = values(({ taskId }) => taskId === task.id);
  return { processVariables, taskLocalVariables, visibleVariables: { ...processVariables, ...taskLocalVariables } };
}

export function historyService(host) {
  const instances = instanceFilters(host);
  const activities = activityFilters();
  const values = variableFilters();
  const tasks = historicTaskFilters(host);
  const taskRows = () =>
    [...host.record.tasks.values()]
      .filter((row) => !host.gone.has(row.processInstanceId))
      .map((row) => ({ ...row, ...historicVariables(host, row) }));
  return {
    createHistoricProcessInstanceQuery: () =>
      new Query("historicProcessInstanceQuery", () => instanceRows(host), instances),
    createHistoricActivityInstanceQuery: () =>
      new Query("historicActivityInstanceQuery", () => activityRows(host), activities),
    createHistoricTaskInstanceQuery: () => new Query("historicTaskInstanceQuery", taskRows, tasks),
    createHistoricVariableInstanceQuery: () =>
      new Query(
        "historicVariableInstanceQuery",
        () => host.record.variables.all().filter((row) => !host.gone.has(row.processInstanceId)),
        values,
      ),
    deleteHistoricProcessInstance: (id) => {
      const { state } = host.instance(id);
      if (state.status === "active") throw new Error("the instance still runs");
      host.gone.add(id);
    },
    deleteHistoricTaskInstance: (id) => host.record.tasks.delete(id),
  };
}
