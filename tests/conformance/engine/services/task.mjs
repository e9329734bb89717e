import { visible } from "@jinshui/engine";
import { Unsupported } from "../values.mjs";
import {
  after,
  among,
  before,
  businessKey,
  date,
  eq,
  eqIgnoreCase,
  likeIgnoreCase,
  none,
  number,
  Query,
  some,
  tenant,
  text,
  variables,
} from "../query.mjs";
import { asVariables, variableCalls } from "./shared.mjs";

/** Tasks that are open, as a query gives them. */
function taskRows(host) {
  return [...host.record.tasks.values()]
    .filter((task) => task.endTime === null && !task.deleted)
    .map((task) => {
      const instance = host.runner.instances.get(task.processInstanceId);
      const state = instance?.state;
      return {
        ...task,
        executionId: instance ? host.executionOf(instance, task.token) : task.executionId,
        suspended: state?.suspended === true,
        processVariables: { ...state?.variables },
        taskLocalVariables: { ...task.locals },
        visibleVariables: state ? { ...visible(state, task.token), ...task.locals } : {},
        businessKey: instance?.businessKey ?? null,
        processDefinitionName: instance?.definition.model.name ?? null,
        delegationState: task.delegationState,
      };
    });
}

const candidate = (test) => (row) => row.assignee === null && test(row);

export function taskFilters(host) {
  const mayClaim = (row, user) =>
    row.users.includes(user) || row.groups.some((group) => host.groups.get(user)?.includes(group));
  return {
    ...text("taskId", "id"),
    ...text("taskName", "name"),
    ...(host.flowable ? {} : { taskName: eqIgnoreCase("name"), taskNameLike: likeIgnoreCase("name") }),
    ...text("taskDescription", "description"),
    ...text("taskDefinitionKey", "taskDefinitionKey"),
    ...text("taskAssignee", "assignee"),
    ...text("taskOwner", "owner"),
    ...text("taskCategory", "category"),
    ...text("processInstanceId", "processInstanceId"),
    ...text("executionId", "executionId"),
    ...text("processInstanceBusinessKey", "businessKey"),
    ...text("processDefinitionId", "processDefinitionId"),
    ...text("processDefinitionKey", "processDefinitionKey"),
    ...text("processDefinitionName", "processDefinitionName"),
    ...text("taskFormKey", "formKey"),
    processInstanceBusinessKey: businessKey,
    processInstanceIdWithChildren: (id) => (row) => host.rootOf(host.instance(row.processInstanceId)).id === id,
    rootProcessInstanceId: (id) => (row) => host.rootOf(host.instance(row.processInstanceId)).id === id,
    ...text("taskParentTaskId", "parentTaskId"),
    taskInvolvedGroup: (group) => (row) => row.groups.includes(group),
    withoutFollowUpDate: none("followUpDate"),
    followUpBeforeOrNotExistent: (at) => (row) => row.followUpDate === null || row.followUpDate < at,
    ...date("taskFollowUp", "followUpDate"),
    ...date("taskCreated", "createTime"),
    ...date("taskDue", "dueDate"),
    ...date("due", "dueDate"),
    ...date("followUp", "followUpDate"),
    taskCreatedOn: date("x", "createTime").x,
    taskDueDate: date("x", "dueDate").x,
    dueDate: date("x", "dueDate").x,
    dueBefore: before("dueDate"),
    dueAfter: after("dueDate"),
    withoutDueDate: none("dueDate"),
    withoutTaskDueDate: none("dueDate"),
    taskUnassigned: none("assignee"),
    taskUnnassigned: none("assignee"),
    taskAssigned: some("assignee"),
    taskAssigneeIn: among("assignee"),
    ...number(
      "taskPriority",
      "priority",
      ["taskMinPriority", "taskPriorityHigherThanOrEquals"],
      ["taskMaxPriority", "taskPriorityLowerThanOrEquals"],
    ),
    taskDelegationState: eq("delegationState"),
    taskCandidateUser: (user) => candidate((row) => mayClaim(row, user)),
    taskCandidateGroup: (group) => candidate((row) => row.groups.includes(group)),
    taskCandidateGroupIn: (...groups) => candidate((row) => groups.flat().some((group) => row.groups.includes(group))),
    taskCandidateOrAssigned: (user) => (row) => row.assignee === user || (row.assignee === null && mayClaim(row, user)),
    taskInvolvedUser: (user) => (row) => [row.assignee, row.owner, ...row.users].includes(user),
    withCandidateGroups: () => (row) => row.groups.length > 0,
    withoutCandidateGroups: () => (row) => row.groups.length === 0,
    withCandidateUsers: () => (row) => row.users.length > 0,
    withoutCandidateUsers: () => (row) => row.users.length === 0,
    suspended: () => (row) => row.suspended,
    active: () => (row) => !row.suspended,
    activityInstanceIdIn:
      (...ids) =>
      (row) =>
        ids.flat().includes(host.record.rowOf(row.processInstanceId, row.token)?.id),
    includeAssignedTasks: true,
    includeProcessVariables: true,
    includeTaskLocalVariables: true,
    initializeFormKeys: true,
    excludeSubtasks: () => (row) => row.parentTaskId === null,
    ...tenant("tenantId"),
    ...tenant("taskTenantId"),
    matchVariableNamesIgnoreCase: true,
    matchVariableValuesIgnoreCase: true,
    ...variables("processVariable", (row) => row.processVariables),
    ...variables("taskVariable", (row) => row.taskLocalVariables),
    ...variables("variable", (row) => row.visibleVariables),
    $orders: {
      TaskName: "name",
      TaskId: "id",
      TaskPriority: "priority",
      TaskCreateTime: "createTime",
      TaskAssignee: "assignee",
      TaskDescription: "description",
      TaskDefinitionKey: "taskDefinitionKey",
      TaskDueDate: "dueDate",
      DueDate: "dueDate",
      TaskNameCaseInsensitive: "name",
      TaskOwner: "owner",
      FollowUpDate: "followUpDate",
      ProcessInstanceId: "processInstanceId",
      ExecutionId: "executionId",
      ProcessDefinitionId: "processDefinitionId",
      TenantId: "tenantId",
    },
  };
}

export function taskService(host) {
  const find = (id) => {
    if (id === null || id === undefined) throw new Error("the task id is null");
    const task = host.record.tasks.get(id);
    if (!task || task.endTime !== null) throw new Error(`no task ${id}`);
    return task;
  };
  const filters = taskFilters(host);
  const locate = (id) => {
    const task = find(id);
    return { instance: host.instance(task.processInstanceId), token: task.token, vars: task.locals, task };
  };
  const calls = variableCalls(host, locate);
  const update = (id, change) => {
    const task = find(id);
    if (host.runner.instances.get(task.processInstanceId)?.state.suspended) throw new Error("the task is suspended");
    Object.assign(task, change);
    const row = task.token && host.record.rowOf(task.processInstanceId, task.token);
    if (row && "assignee" in change) row.assignee = change.assignee;
  };
  /** The third argument says that the variables are local, or gives others that are forgotten at once. */
  const complete = (id, given = {}, local = false) => {
    const task = find(id);
    if (task.delegationState === "pending") throw new Error("the task is delegated");
    const instance = host.instance(task.processInstanceId);
    const transient = typeof local === "object" && local !== null ? local : {};
    if (local === true) calls.setVariablesLocal(id, given);
    host.completing = id;
    try {
      const variables = local === true ? {} : asVariables({ ...given, ...transient });
      host.send(instance, { type: "complete-task", task: task.wait, variables });
    } finally {
      host.completing = undefined;
    }
    const names = Object.keys(transient);
    if (names.length > 0)
      host.afterwards.push(() => {
        if (host.isRunning(instance.id)) host.send(instance, { type: "set-variables", variables: {}, remove: names });
      });
  };
  const people = (key, add) => (id, name) => {
    const task = find(id);
    if (name === null || name === undefined) throw new Error(`no ${key} are named`);
    task[key] = add ? [...new Set([...task[key], name])] : task[key].filter((one) => one !== name);
  };
  const linked = (id, type, key, name, add) => {
    if (type === "candidate") people(key, add)(id, name);
    else if (type === "assignee" || type === "owner") update(id, { [type]: add ? name : null });
    else throw new Unsupported(`identity link ${type}`);
  };
  const links = (id) => {
    const { assignee, owner, users, groups } = find(id);
    const link = (type, userId, groupId) => ({
      rowKey: `${id}-${type}-${userId}-${groupId}`,
      type,
      userId,
      groupId,
      taskId: id,
    });
    return [
      ...(assignee ? [link("assignee", assignee, null)] : []),
      ...(owner ? [link("owner", owner, null)] : []),
      ...users.map((user) => link("candidate", user, null)),
      ...groups.map((group) => link("candidate", null, group)),
    ];
  };
  return {
    ...calls,
    createTaskQuery: () => new Query("taskQuery", () => taskRows(host), filters),
    complete,
    completeTask: complete,
    completeWithVariablesInReturn: (id, given) => {
      const { processInstanceId } = find(id);
      complete(id, given ?? {});
      return { ...host.instance(processInstanceId).state.variables };
    },
    resolveTask: (id, variables) => {
      update(id, { delegationState: "resolved", assignee: find(id).owner });
      if (variables)
        host.send(find(id).processInstanceId, { type: "set-variables", variables: asVariables(variables) });
    },
    delegateTask: (id, user) =>
      update(id, { delegationState: "pending", owner: find(id).owner ?? find(id).assignee, assignee: user }),
    claim: (id, user) => {
      const { assignee } = find(id);
      if (user !== null && assignee !== null && assignee !== user)
        throw new Error(`the task is claimed by ${assignee}`);
      update(id, { assignee: user, claimTime: new Date(host.now) });
    },
    unclaim: (id) => update(id, { assignee: null, claimTime: null }),
    setAssignee: (id, assignee) => update(id, { assignee }),
    setOwner: (id, owner) => update(id, { owner }),
    setPriority: (id, priority) => update(id, { priority }),
    setDueDate: (id, dueDate) => update(id, { dueDate }),
    setName: (id, name) => update(id, { name }),
    setDescription: (id, description) => update(id, { description }),
    addUserIdentityLink: (id, user, type) => linked(id, type, "users", user, true),
    addGroupIdentityLink: (id, group, type) => linked(id, type, "groups", group, true),
    deleteUserIdentityLink: (id, user, type) => linked(id, type, "users", user, false),
    deleteGroupIdentityLink: (id, group, type) => linked(id, type, "groups", group, false),
    addCandidateUser: people("users", true),
    addCandidateGroup: people("groups", true),
    deleteCandidateUser: people("users", false),
    deleteCandidateGroup: people("groups", false),
    getIdentityLinksForTask: links,
    saveTask: (task) => {
      const { name, description, priority, dueDate, owner, assignee } = task;
      update(task.id, { name, description, priority, dueDate, owner, assignee });
    },
    handleBpmnError: (id, code, message, variables) => {
      const task = find(id);
      host.send(task.processInstanceId, {
        type: "throw",
        wait: task.wait,
        kind: "error",
        code,
        ...(typeof message === "string" ? { message } : {}),
        variables: asVariables(variables ?? (typeof message === "object" ? message : {})),
      });
    },
    handleEscalation: (id, code, variables) => {
      const task = find(id);
      host.send(task.processInstanceId, {
        type: "throw",
        wait: task.wait,
        kind: "escalation",
        code,
        variables: asVariables(variables),
      });
    },
  };
}
