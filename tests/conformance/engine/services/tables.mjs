import { startPoints, visible } from "@jinshui/engine";
import { executionRows, instanceRow, subscriptionRows, variableRows } from "../executions.mjs";
import {
  words,
  EXECUTION,
  TASK,
  TASK_NAMES,
  ACTIVITY,
  ACTIVITY_NAMES,
  INSTANCE_HISTORY,
  VARIABLE,
  JOB,
} from "./columns.mjs";
import { Query } from "../query.mjs";
import { same } from "../values.mjs";

const duration = (row) => (row.endTime ? row.endTime - row.startTime : null);
const candidate = (task, user, groups = []) =>
  task.users.includes(user) || groups.some((group) => task.groups.includes(group));

/** A task with what can only be told when it is asked for. */
export function taskRow(world, task) {
  const instance = world.runner.instances.get(task.processInstanceId);
  const token = task.executionId?.split(".")[1];
  const all = instance ? visible(instance.state, token) : {};
  const local = instance?.state.tokens[token]?.vars ?? {};
  const suspended = instance?.state.suspended === true && instance.state.status === "active";
  return {
    ...task,
    id: task.id,
    taskId: task.id,
    suspended,
    active: !suspended,
    suspensionState: suspended ? "suspended" : "active",
    processInstanceBusinessKey: instance?.businessKey ?? null,
    businessKey: instance?.businessKey ?? null,
    processDefinitionName: instance?.definition.model.name ?? null,
    values: { ...local, ...task.values },
    localValues: { ...local, ...task.values },
    processValues: instance?.state.variables ?? {},
    processVariables: new Map(Object.entries(all)),
    taskLocalVariables: new Map(Object.entries({ ...local, ...task.values })),
    durationInMillis: duration(task),
    duration: duration(task),
    setters: world,
    ...setters(task),
  };
}

function setters(task) {
  const made = {};
  for (const name of words(
    "Name Description Assignee Owner Priority DueDate FollowUpDate Category FormKey ParentTaskId TenantId DelegationState CaseInstanceId",
  ))
    made[`set${name}`] = function set(value) {
      const key = name[0].toLowerCase() + name.slice(1);
      this[key] = value;
      (this.changes ??= {})[key] = value;
    };
  made.delegate = function delegate(user) {
    this.setAssignee(user);
    if (task.owner == null && task.assignee) this.setOwner(task.assignee);
    this.setDelegationState("PENDING");
  };
  return made;
}

const taskFilters = {
  taskUnassigned: (row) => row.assignee == null,
  taskUnnassigned: (row) => row.assignee == null,
  taskAssigned: (row) => row.assignee != null,
  taskCandidateUser: (row, user) => row.assignee == null && candidate(row, user),
  taskCandidateGroup: (row, group) => row.assignee == null && row.groups.includes(group),
  taskCandidateGroupIn: (row, groups) => row.assignee == null && groups.some((group) => row.groups.includes(group)),
  taskCandidateOrAssigned: (row, user) => row.assignee === user || (row.assignee == null && candidate(row, user)),
  taskInvolvedUser: (row, user) => row.assignee === user || row.owner === user || candidate(row, user),
  withCandidateUsers: (row) => row.users.length > 0,
  withCandidateGroups: (row) => row.groups.length > 0,
  excludeSubtasks: (row) => row.parentTaskId == null,
  taskDelegationState: (row, state) => row.delegationState === state,
  taskMinPriority: (row, least) => row.priority >= least,
  taskMaxPriority: (row, most) => row.priority <= most,
  finished: (row) => row.endTime !== null,
  unfinished: (row) => row.endTime === null,
  processFinished: (row) => row.setters.isEnded(row.processInstanceId),
  processUnfinished: (row) => !row.setters.isEnded(row.processInstanceId),
  taskDeleteReason: (row, reason) => row.deleteReason === reason,
};

const executionFilters = {
  active: (row) => !row.suspended,
  suspended: (row) => row.suspended,
  onlyChildExecutions: (row) => !row.isProcess,
  onlyProcessInstanceExecutions: (row) => row.isProcess,
  onlySubProcessExecutions: (row) => !row.isProcess && row.isScope === true,
  messageEventSubscriptionName: (row, name) =>
    (row.subscriptions ?? []).some((wait) => wait.kind === "message" && wait.name === name),
  messageEventSubscription: (row) => (row.subscriptions ?? []).some(({ kind }) => kind === "message"),
  signalEventSubscriptionName: (row, name) =>
    (row.subscriptions ?? []).some((wait) => wait.kind === "signal" && wait.name === name),
  signalEventSubscription: (row, name) =>
    (row.subscriptions ?? []).some((wait) => wait.kind === "signal" && wait.name === name),
  excludeSubprocesses: (row) => row.superProcessInstanceId === null,
  rootProcessInstances: (row) => row.superProcessInstanceId === null,
  leafProcessInstances: (row) => !row.hasSub,
};

/** Queries of every service, by the name of the call that begins them. */
export function queries(world) {
  const query = (rows, properties, names, filters) => () => new Query({ rows, properties, names, filters });
  const subOf = (row, id) => world.runner.instances.get(id)?.parent?.instance === row.id;
  const instances = () => world.active().map((instance) => instanceRow(world, instance));
  const instanceNames = {
    processInstanceId: "id",
    processInstanceBusinessKey: "businessKey",
    processInstanceName: "name",
    processInstanceBusinessStatus: "businessStatus",
    processInstanceTenantId: "tenantId",
    processInstance: "id",
  };
  const activityIn = {
    subProcessInstanceId: subOf,
    processInstanceIds: (row, ids) => [...ids].includes(row.id),
    activityIdIn: (row, ...ids) =>
      executionRows(world).some((one) => one.processInstanceId === row.id && ids.flat().includes(one.activityId)),
  };
  const activities = () => world.history.activities.map((row) => activityRow(world, row));
  const finished = {
    finished: (row) => row.endTime !== null,
    unfinished: (row) => row.endTime === null,
    canceled: (row) => row.canceled,
    completeScope: (row) => row.activityType?.endsWith("EndEvent"),
  };
  const jobs = (kind) => () =>
    world.jobs
      .rows()
      .filter((row) => kind(row))
      .map((row) => ({ ...row, active: !row.suspended }));
  const jobFilters = {
    executable: (row) => row.executable && !row.suspended,
    timers: (row) => row.kind === "timer",
    messages: (row) => row.kind !== "timer",
    withException: (row) => row.exceptionMessage !== null,
    withRetriesLeft: (row) => row.retries > 0,
    noRetriesLeft: (row) => row.retries === 0,
    jobId: (row, id) => row.id === id,
    active: (row) => !row.suspended,
    suspended: (row) => row.suspended,
    duedateLowerThan: (row, at) => row.dueDate !== null && row.dueDate < at,
    duedateHigherThan: (row, at) => row.dueDate !== null && row.dueDate > at,
  };
  const real = (row) => row.kind !== "job" && row.kind !== "incident";
  const job = (kind) =>
    query(jobs(kind), JOB, { jobId: "id", jobDuedate: "dueDate", jobRetries: "retries" }, jobFilters);
  const flowableJob = (kind) => job(kind);
  const incidents = (rows) =>
    query(
      rows,
      words(
        "id incidentType incidentMessage activityId executionId processInstanceId processDefinitionId incidentTimestamp",
      ),
      { incidentId: "id" },
    );
  const definition = {
    latestVersion: (row) => row.latest,
    active: (row) => !row.suspended,
    suspended: (row) => row.suspended,
    messageEventSubscriptionName: (row, name) =>
      startPoints(row.model).some(({ event }) => event.kind === "message" && event.name === name),
  };
  const definitionNames = {
    processDefinitionId: "id",
    processDefinitionKey: "key",
    processDefinitionName: "name",
    processDefinitionVersion: "version",
    processDefinitionCategory: "category",
    processDefinitionResourceName: "resourceName",
    processDefinitionTenantId: "tenantId",
  };
  const valueFilters = {
    variableValueEquals: (row, ...args) =>
      args.length === 1 ? same(row.value, args[0]) : row.name === args[0] && same(row.value, args[1]),
    excludeTaskVariables: (row) => row.taskId === null,
    excludeLocalVariables: (row) => row.executionId === row.processInstanceId,
    excludeVariableInitialization: () => true,
  };
  const tasks = () => [...world.tasks.values()].map((task) => taskRow(world, task));
  const history = () =>
    [...world.runner.instances.values()]
      .filter(({ id }) => !world.extra(id).deleted)
      .map((instance) => historyRow(world, instance));
  return {
    runtime: {
      createProcessInstanceQuery: query(instances, EXECUTION, instanceNames, { ...executionFilters, ...activityIn }),
      createExecutionQuery: query(
        () => executionRows(world),
        EXECUTION,
        { executionId: "id", processInstanceBusinessKey: "businessKey", executionTenantId: "tenantId" },
        {
          ...executionFilters,
          processInstanceBusinessKey: (row, key) =>
            world.runner.instances.get(row.processInstanceId)?.businessKey === key &&
            (!world.flowable || row.isProcess),
        },
      ),
      createEventSubscriptionQuery: query(
        () => subscriptionRows(world),
        words(
          "id eventType eventName activityId executionId processInstanceId processDefinitionId configuration tenantId created",
        ),
        { eventSubscriptionId: "id" },
        { withoutProcessInstanceId: (row) => row.processInstanceId === null },
      ),
      createVariableInstanceQuery: query(
        () => variableRows(world),
        VARIABLE,
        { variableId: "id", executionIds: "executionId", taskIds: "taskId", variableScopeId: "executionId" },
        {
          ...valueFilters,
          executionIds: (row, ids) => [...ids].includes(row.executionId),
          variableScopeIdIn: (row, ...ids) => ids.flat().includes(row.executionId),
        },
      ),
      createActivityInstanceQuery: query(
        () => activities().filter((row) => !world.isEnded(row.processInstanceId)),
        ACTIVITY,
        ACTIVITY_NAMES,
        finished,
      ),
      createIncidentQuery: incidents(() =>
        world.runner.waiting({ kind: "incident" }).map((wait) => incidentRow(world, wait)),
      ),
    },
    task: { createTaskQuery: query(tasks, TASK, TASK_NAMES, taskFilters) },
    management: {
      createJobQuery: job(
        (row) =>
          real(row) && (!world.flowable || row.kind !== "timer" || row.moved) && (!world.flowable || !row.suspended),
      ),
      createTimerJobQuery: flowableJob((row) => row.kind === "timer" && !row.moved && !row.suspended),
      createSuspendedJobQuery: flowableJob((row) => real(row) && row.suspended),
      createDeadLetterJobQuery: flowableJob((row) => row.kind === "incident"),
      createExternalWorkerJobQuery: flowableJob(() => false),
      createJobDefinitionQuery: query(() => [], JOB, {}),
    },
    repository: {
      createProcessDefinitionQuery: query(
        () => world.definitionRows(),
        words(
          "id key name version category deploymentId tenantId resourceName versionTag latest suspended description",
        ),
        definitionNames,
        definition,
      ),
      createDeploymentQuery: query(
        () => [...world.deployments.values()],
        words("id name category key tenantId deploymentTime"),
        {
          deploymentId: "id",
          deploymentName: "name",
          deploymentCategory: "category",
          deploymentTenantId: "tenantId",
          deploymentKey: "key",
        },
        {
          processDefinitionKey: (row, key) =>
            world.definitionRows().some((one) => one.key === key && one.deploymentId === row.id),
        },
      ),
    },
    history: {
      createHistoricProcessInstanceQuery: query(
        history,
        INSTANCE_HISTORY,
        {
          ...instanceNames,
          startedBy: "startUserId",
          started: "startTime",
          finished: "endTime",
          processInstanceStartTime: "startTime",
          processInstanceEndTime: "endTime",
          processInstanceDuration: "durationInMillis",
        },
        {
          ...finished,
          ...activityIn,
          rootProcessInstances: (row) => row.superProcessInstanceId === null,
          excludeSubprocesses: () => true,
          deleted: (row) => row.deleteReason !== null,
          notDeleted: (row) => row.deleteReason === null,
          active: (row) => row.endTime === null,
          completed: (row) => row.state === "COMPLETED",
          internallyTerminated: (row) => row.state === "INTERNALLY_TERMINATED",
          externallyTerminated: (row) => row.state === "EXTERNALLY_TERMINATED",
          executedActivityIdIn: (row, ...ids) =>
            world.history.activities.some(
              (one) => one.processInstanceId === row.id && one.endTime && ids.flat().includes(one.activityId),
            ),
          activeActivityIdIn: (row, ...ids) =>
            world.history.activities.some(
              (one) => one.processInstanceId === row.id && !one.endTime && ids.flat().includes(one.activityId),
            ),
          processDefinitionKeyNotIn: (row, keys) => ![...keys].includes(row.processDefinitionKey),
        },
      ),
      createHistoricActivityInstanceQuery: query(activities, ACTIVITY, ACTIVITY_NAMES, finished),
      createHistoricTaskInstanceQuery: query(
        () => [...world.history.tasks.values()].map((task) => taskRow(world, task)),
        TASK,
        TASK_NAMES,
        taskFilters,
      ),
      createHistoricVariableInstanceQuery: query(
        () => [...world.history.variables.values()].map((row) => ({ ...row, values: { [row.name]: row.value } })),
        VARIABLE,
        { variableId: "id" },
        valueFilters,
      ),
      createHistoricDetailQuery: query(
        () => world.history.details,
        VARIABLE.concat("time", "revision"),
        {},
        { variableUpdates: () => true, formProperties: () => false, formFields: () => false },
      ),
      createHistoricIncidentQuery: incidents(() => world.history.incidents.map((wait) => incidentRow(world, wait))),
      createHistoricJobLogQuery: query(() => [], JOB, {}),
    },
  };
}

function incidentRow(world, wait) {
  const instance = world.runner.instances.get(wait.instance);
  return {
    id: `${wait.instance}.w.${wait.id}`,
    incidentType: "failedJob",
    incidentMessage: wait.message ?? null,
    activityId: wait.element,
    executionId: `${wait.instance}.${wait.token}`,
    processInstanceId: wait.instance,
    processDefinitionId: instance.definition.id,
    configuration: null,
    incidentTimestamp: world.date(),
  };
}

function activityRow(world, row) {
  const called = [...world.runner.instances.values()].find(
    ({ id, parent }) =>
      parent?.instance === row.processInstanceId &&
      row.activityType === "callActivity" &&
      world.history.callOf(id) === row.executionId,
  );
  return {
    ...row,
    calledProcessInstanceId: called?.id ?? null,
    durationInMillis: duration(row),
    assignee: row.assignee ?? null,
    taskId: row.taskId ?? null,
  };
}

function historyRow(world, instance) {
  const ended = instance.state.status !== "active";
  const rows = world.history.activities.filter(
    (row) => row.processInstanceId === instance.id && row.activityType !== "sequenceFlow",
  );
  const endTime = ended ? new Date(instance.endedAt) : null;
  const cancelled = instance.state.status === "cancelled";
  const { elements } = instance.definition.model;
  const last =
    rows.findLast(({ activityId, canceled }) => !canceled && elements[activityId]?.type === "endEvent") ?? rows.at(-1);
  return {
    ...instanceRow(world, instance),
    endTime,
    durationInMillis: ended ? endTime - new Date(instance.startedAt) : null,
    deleteReason: cancelled ? (instance.reason ?? null) : ended ? (world.history.ends.get(instance.id) ?? null) : null,
    startActivityId: rows[0]?.activityId ?? null,
    endActivityId: ended && !cancelled ? (last?.activityId ?? null) : null,
    state: ended
      ? cancelled
        ? "EXTERNALLY_TERMINATED"
        : "COMPLETED"
      : instance.state.suspended
        ? "SUSPENDED"
        : "ACTIVE",
  };
}
