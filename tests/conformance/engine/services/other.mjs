import { date, eq, none, number, Query, some, tenant, text } from "../query.mjs";

function definitionRows(host) {
  return [...host.runner.definitions.values()].flatMap((versions) =>
    versions.map((definition) => ({
      rowKey: `q-${definition.id}`,
      id: definition.id,
      key: definition.key,
      name: definition.model.name ?? null,
      version: definition.version,
      latest: definition === versions.at(-1),
      resourceName: definition.resource,
      deploymentId: definition.deployment,
      description: definition.model.documentation ?? null,
      category: host.namespaceOf(definition),
      tenantId: host.noTenant,
      suspended: host.suspendedDefinitions.has(definition.id),
      versionTag: definition.model.vendor?.versionTag ?? null,
      definition,
    })),
  );
}

const messageStart =
  (name) =>
  ({ definition }) =>
    Object.values(definition.model.elements).some(
      (one) =>
        one.type === "startEvent" &&
        one.scope === "" &&
        one.events?.some((event) => event.kind === "message" && event.name === name),
    );

const DEFINITIONS = {
  ...text("processDefinitionId", "id"),
  processDefinitionIds: (ids) => (row) => [...ids].includes(row.id),
  ...text("processDefinitionKey", "key"),
  ...text("processDefinitionName", "name"),
  ...text("processDefinitionResourceName", "resourceName"),
  ...text("processDefinitionCategory", "category"),
  ...text("deploymentId", "deploymentId"),
  ...number(
    "processDefinitionVersion",
    "version",
    ["processDefinitionVersionGreaterThanOrEquals"],
    ["processDefinitionVersionLowerThanOrEquals"],
  ),
  processDefinitionVersionGreaterThan: (version) => (row) => row.version > version,
  processDefinitionVersionLowerThan: (version) => (row) => row.version < version,
  ...text("versionTag", "versionTag"),
  latestVersion: () => (row) => row.latest,
  active: () => (row) => !row.suspended,
  suspended: () => (row) => row.suspended,
  messageEventSubscriptionName: (name) => (row) => row.latest && messageStart(name)(row),
  ...tenant("tenantId"),
  ...tenant("processDefinitionTenantId"),
  $orders: {
    ProcessDefinitionKey: "key",
    ProcessDefinitionId: "id",
    ProcessDefinitionVersion: "version",
    ProcessDefinitionName: "name",
    DeploymentId: "deploymentId",
    ProcessDefinitionCategory: "category",
    TenantId: "tenantId",
  },
};

export function repositoryService(host) {
  const remove = (id, cascade = false) => {
    const deployment = host.deployments.find((one) => one.id === id);
    if (!deployment) throw new Error(`no deployment ${id}`);
    const running = [...host.runner.instances.values()].filter(
      ({ definition, state }) => state.status === "active" && deployment.definitions.includes(definition),
    );
    if (running.length > 0 && !cascade) throw new Error("instances of it still run");
    for (const instance of host.runner.instances.values()) {
      if (!deployment.definitions.includes(instance.definition)) continue;
      if (instance.state.status === "active") host.send(instance, { type: "cancel", reason: "deployment deleted" });
      host.gone.add(instance.id);
    }
    for (const [key, versions] of host.runner.definitions) {
      const rest = versions.filter((one) => !deployment.definitions.includes(one));
      if (rest.length > 0) host.runner.definitions.set(key, rest);
      else host.runner.definitions.delete(key);
    }
    host.jobs.forget(deployment.definitions);
    host.deployments = host.deployments.filter((one) => one !== deployment);
  };
  const suspend = (test, on, instances) => {
    const found = definitionRows(host).filter(test);
    if (found.length === 0) throw new Error("no such definition");
    for (const { id } of found) {
      if (host.flowable && host.suspendedDefinitions.has(id) === on) throw new Error("already so");
      if (on) host.suspendedDefinitions.add(id);
      else host.suspendedDefinitions.delete(id);
      if (!instances) continue;
      for (const one of host.runner.instances.values())
        if (one.definition.id === id && one.state.status === "active")
          host.send(one, { type: on ? "suspend" : "activate" });
    }
  };
  const definition = (id) => {
    const found = definitionRows(host).find((row) => row.id === id);
    if (!found) throw new Error(`no definition ${id}`);
    return found;
  };
  return {
    createProcessDefinitionQuery: () => new Query("processDefinitionQuery", () => definitionRows(host), DEFINITIONS),
    createDeploymentQuery: () =>
      new Query("deploymentQuery", () => host.deployments, {
        ...text("deploymentId", "id"),
        ...text("deploymentName", "name"),
        ...date("deployment", "deploymentTime"),
        processDefinitionKey: (key) => (row) => row.definitions.some((one) => one.key === key),
        $orders: {
          DeploymentId: "id",
          DeploymentTime: "deploymentTime",
          DeploymenTime: "deploymentTime",
          DeploymentName: "name",
        },
      }),
    deleteDeployment: remove,
    deleteDeploymentCascade: (id) => remove(id, true),
    getProcessDefinition: definition,
    suspendProcessDefinitionById: (id, instances) => suspend((row) => row.id === id, true, instances),
    suspendProcessDefinitionByKey: (key, instances) => suspend((row) => row.key === key, true, instances),
    activateProcessDefinitionById: (id, instances) => suspend((row) => row.id === id, false, instances),
    activateProcessDefinitionByKey: (key, instances) => suspend((row) => row.key === key, false, instances),
    isProcessDefinitionSuspended: (id) => host.suspendedDefinitions.has(id),
    getDeploymentResourceNames: (id) =>
      host.deployments.find((one) => one.id === id)?.definitions.map(({ resource }) => resource) ?? [],
  };
}

export function managementService(host) {
  const { jobs } = host;
  const table = {
    ...text("jobId", "id"),
    ...text("jobDefinitionId", "jobDefinitionId"),
    ...text("processInstanceId", "processInstanceId"),
    ...text("executionId", "executionId"),
    ...text("processDefinitionId", "processDefinitionId"),
    ...text("processDefinitionKey", "processDefinitionKey"),
    ...text("activityId", "activityId"),
    ...text("elementId", "elementId"),
    ...text("elementName", "elementName"),
    ...text("handlerType", "handlerType"),
    handlerTypes: (types) => (row) => [...types].includes(row.handlerType),
    rootProcessInstanceId: eq("rootProcessInstanceId"),
    withRetriesLeft: () => (row) => row.retries > 0,
    noRetriesLeft: () => (row) => row.retries <= 0,
    executable: () => (row) =>
      row.retries > 0 && !row.suspended && (row.dueDate === null || row.dueDate <= new Date(host.now)),
    timers: () => (row) => row.timer,
    messages: () => (row) => !row.timer,
    active: () => (row) => !row.suspended,
    suspended: () => (row) => row.suspended,
    jobIds: (ids) => (row) => [...ids].includes(row.id),
    ...number("priority", "priority", ["priorityHigherThanOrEquals"], ["priorityLowerThanOrEquals"]),
    ...text("category", "category"),
    withException: some("exceptionMessage"),
    exceptionMessage: eq("exceptionMessage"),
    ...date("duedate", "dueDate"),
    duedateHigherThan: date("x", "dueDate").xAfter,
    duedateLowerThan: date("x", "dueDate").xBefore,
    ...tenant("tenantId"),
    ...tenant("jobTenantId"),
    withoutProcessInstanceId: none("processInstanceId"),
    $orders: {
      JobDuedate: "dueDate",
      JobId: "id",
      JobRetries: "retries",
      ProcessInstanceId: "processInstanceId",
      ProcessDefinitionId: "processDefinitionId",
      ProcessDefinitionKey: "processDefinitionKey",
      ExecutionId: "executionId",
      JobCreateTime: "createTime",
      JobPriority: "priority",
    },
  };
  const query = (name, takes) => () => new Query(name, () => jobs.rows().filter(takes), table);
  const split = host.flowable;
  const dead = (row) => split && row.retries <= 0;
  const waits = (row) => split && !dead(row) && row.timer && !jobs.moved.has(row.id);
  const retry = (id, retries) => void jobs.retries.set(jobs.find(id).id, retries);
  const move = (id) => {
    const row = jobs.find(id);
    jobs.moved.add(id);
    return row;
  };
  return {
    createJobQuery: query("jobQuery", (row) => !waits(row) && !dead(row) && (!split || !row.suspended)),
    createTimerJobQuery: query("timerJobQuery", (row) => waits(row) && !row.suspended),
    createSuspendedJobQuery: query("suspendedJobQuery", (row) => row.suspended),
    createDeadLetterJobQuery: query("deadLetterJobQuery", dead),
    executeJob: (id) => jobs.execute(id),
    moveTimerToExecutableJob: move,
    setJobRetries: retry,
    setTimerJobRetries: retry,
    getJobExceptionStacktrace: (id) => jobs.errors.get(id) ?? null,
    moveJobToDeadLetterJob: (id) => retry(id, 0),
    moveDeadLetterJobToExecutableJob: retry,
  };
}

export function formService(host) {
  return {
    submitTaskFormData: (id, values) => host.services.task.complete(id, values),
    submitTaskForm: (id, values) => host.services.task.complete(id, values),
    submitStartFormData: (id, ...rest) => host.services.runtime.startProcessInstanceById(id, ...rest),
    submitStartForm: (id, ...rest) => host.services.runtime.startProcessInstanceById(id, ...rest),
  };
}

export function identityService(host) {
  return {
    setAuthenticatedUserId: (id) => void (host.user = id),
    setAuthentication: (id) => void (host.user = id),
    clearAuthentication: () => void (host.user = null),
    newUser: (id) => ({ rowKey: `user-${id}`, id, firstName: null, lastName: null, email: null, password: null }),
    newGroup: (id) => ({ rowKey: `group-${id}`, id, name: null, type: null }),
    saveUser: () => undefined,
    saveGroup: () => undefined,
    createMembership: (user, group) => void host.groups.set(user, [...(host.groups.get(user) ?? []), group]),
    deleteMembership: (user, group) =>
      void host.groups.set(
        user,
        (host.groups.get(user) ?? []).filter((one) => one !== group),
      ),
    deleteUser: (id) => void host.groups.delete(id),
    deleteGroup: (id) => {
      for (const [user, groups] of host.groups)
        host.groups.set(
          user,
          groups.filter((one) => one !== id),
        );
    },
  };
}
