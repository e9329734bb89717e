import { queries } from "./tables.mjs";
import { Builder } from "../query.mjs";
import { instant } from "../values.mjs";

/** `managementService`. */
export function managementService(world) {
  const { jobs } = world;
  return {
    ...queries(world).management,
    executeJob: (id) => jobs.execute(id),
    moveTimerToExecutableJob: (id) => jobs.move(id),
    moveJobToDeadLetterJob: (id) => jobs.change(id, { kind: "incident" }),
    setJobRetries: (id, retries) => jobs.change(id, { retries }),
    setTimerJobRetries: (id, retries) => jobs.change(id, { retries }),
    setJobDuedate: (id, at) => jobs.change(id, { dueDate: new Date(instant(at)), duedate: new Date(instant(at)) }),
    setJobPriority: (id, priority) => jobs.change(id, { priority }),
    getJobExceptionStacktrace: (id) => jobs.find(id).exceptionMessage,
    deleteJob: (id) => jobs.remove(id),
    deleteTimerJob: (id) => jobs.remove(id),
  };
}

/** `historyService`. */
export function historyService(world) {
  const remove = (id) => {
    if (!world.isEnded(id)) throw new Error(`Instance ${id} still runs`);
    world.extra(id).deleted = true;
    const of = (row) => row.processInstanceId === id;
    const { history } = world;
    history.activities = history.activities.filter((row) => !of(row));
    history.details = history.details.filter((row) => !of(row));
    for (const rows of [history.tasks, history.variables]) for (const [key, row] of rows) if (of(row)) rows.delete(key);
  };
  return {
    ...queries(world).history,
    deleteHistoricProcessInstance: remove,
    deleteHistoricProcessInstances: (ids) => ids.forEach(remove),
    deleteHistoricTaskInstance: (id) => void world.history.tasks.delete(id),
  };
}

/** `repositoryService`. */
export function repositoryService(world) {
  const suspend = (test, suspended, withInstances) => {
    for (const row of world.definitions.values()) {
      if (!test(row)) continue;
      row.suspended = suspended;
      if (!withInstances) continue;
      for (const { id, definition } of world.active())
        if (definition.id === row.id) world.send(id, { type: suspended ? "suspend" : "activate" });
    }
  };
  const byId = (id) => (row) => row.id === id;
  const byKey = (key) => (row) => row.key === key;
  const drop = (id) => {
    for (const row of [...world.definitions.values()].filter(({ deploymentId }) => deploymentId === id)) {
      world.jobs.drop(row.id);
      world.definitions.delete(row.id);
    }
    world.deployments.delete(id);
  };
  const deployment = () =>
    new Builder(
      "deployment",
      new Set([
        "name",
        "category",
        "key",
        "tenantId",
        "addClasspathResource",
        "addString",
        "enableDuplicateFiltering",
        "source",
      ]),
      {
        deploy: (builder) => {
          const resources = builder.kept
            .filter(([name]) => name === "addClasspathResource" || name === "addString")
            .map(([, [name, xml]]) => (xml === undefined ? name : { name, xml }));
          return world.deploy(resources, {
            name: builder.one("name"),
            category: builder.one("category"),
            tenantId: builder.one("tenantId"),
            key: builder.one("key"),
          });
        },
      },
    );
  return {
    ...queries(world).repository,
    createDeployment: deployment,
    getProcessDefinition: (id) => world.definition(id),
    getDeploymentResourceNames: (id) => world.deployments.get(id)?.resources ?? [],
    deleteDeployment(id, cascade) {
      if (!world.deployments.has(id)) throw new Error(`No deployment ${id}`);
      const running = world.active().filter((instance) => world.definitionOf(instance)?.deploymentId === id);
      if (running.length > 0 && cascade !== true) throw new Error(`Deployment ${id} has running instances`);
      for (const instance of running)
        if (!world.isEnded(instance.id)) world.send(instance.id, { type: "cancel", reason: "deleted" });
      if (cascade === true)
        for (const instance of world.runner.instances.values())
          if (world.definitionOf(instance)?.deploymentId === id) world.extra(instance.id).deleted = true;
      drop(id);
    },
    suspendProcessDefinitionById: (id, withInstances) => suspend(byId(id), true, withInstances),
    suspendProcessDefinitionByKey: (key, withInstances) => suspend(byKey(key), true, withInstances),
    activateProcessDefinitionById: (id, withInstances) => suspend(byId(id), false, withInstances),
    activateProcessDefinitionByKey: (key, withInstances) => suspend(byKey(key), false, withInstances),
    isProcessDefinitionSuspended: (id) => world.definition(id).suspended,
    setProcessDefinitionCategory: (id, category) => void (world.definition(id).category = category),
    setDeploymentCategory: (id, category) => void (world.deployments.get(id).category = category),
  };
}

/** `identityService`. */
export function identityService(world) {
  const keep = (user) => void (world.user = user ?? null);
  return { setAuthenticatedUserId: keep, setAuthentication: keep, clearAuthentication: () => keep(null) };
}

/** `formService`, as far as it starts processes and completes tasks. */
export function formService(world, services) {
  const done = (id, values) => services.task.complete(id, values);
  return {
    submitTaskForm: done,
    submitTaskFormData: done,
    submitStartForm: (id, ...rest) => services.runtime.startProcessInstanceById(id, ...rest),
    submitStartFormData: (id, ...rest) => services.runtime.startProcessInstanceById(id, ...rest),
    getStartFormKey: (id) =>
      Object.values(world.definition(id).model.elements).find(
        ({ type, scope }) => type === "startEvent" && scope === "",
      )?.vendor?.formKey ?? null,
  };
}
