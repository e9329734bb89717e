import { queries, taskRow } from "./tables.mjs";
import { plain } from "../values.mjs";

/** `taskService`. */
export function taskService(world) {
  const find = (id) => {
    const task = world.tasks.get(id);
    if (!task) throw new Error(`No task ${id}`);
    return task;
  };
  const open = (id) => {
    const task = find(id);
    if (world.isSuspended(world.runner.instances.get(task.processInstanceId)))
      throw new Error(`Task ${id} is suspended`);
    return task;
  };
  const change = (id, parts) => void Object.assign(open(id), parts);
  const set = (id, variables, local) => {
    const task = find(id);
    if (!task.wait) return void Object.assign(task.values, plain(variables));
    const token = task.executionId.split(".")[1];
    return world.send(task.processInstanceId, {
      type: "set-variables",
      variables: plain(variables),
      token,
      ...(local ? { local: true } : {}),
    });
  };
  const read = (id, local) => {
    const row = taskRow(world, find(id));
    return local ? row.taskLocalVariables : new Map([...row.processVariables, ...row.taskLocalVariables]);
  };
  const list = (id, kind, value, add) => {
    const task = open(id);
    task[kind] = task[kind].filter((other) => other !== value);
    if (add) task[kind].push(value);
  };
  const complete = (id, variables) => {
    const task = open(id);
    if (task.delegationState === "PENDING") throw new Error(`Task ${id} is delegated`);
    if (!task.wait) {
      task.endTime = world.date();
      return void world.tasks.delete(id);
    }
    const odd = Object.keys(plain(variables ?? {})).find((name) => world.flowable && name.includes("${"));
    if (odd) throw new Error(`${odd} is no name of a variable`);
    world.completing = id;
    try {
      world.send(task.processInstanceId, { type: "complete-task", task: task.wait, variables: plain(variables ?? {}) });
    } finally {
      world.completing = undefined;
    }
    return undefined;
  };
  const links = (task) => [
    ...(task.assignee ? [{ type: "assignee", userId: task.assignee, groupId: null, taskId: task.id }] : []),
    ...(task.owner ? [{ type: "owner", userId: task.owner, groupId: null, taskId: task.id }] : []),
    ...task.users.map((userId) => ({ type: "candidate", userId, groupId: null, taskId: task.id })),
    ...task.groups.map((groupId) => ({ type: "candidate", userId: null, groupId, taskId: task.id })),
  ];
  return {
    ...queries(world).task,
    complete: (id, ...rest) =>
      complete(
        id,
        rest.find((value) => value instanceof Map),
      ),
    completeWithVariablesInReturn: (id, variables) => {
      const { processInstanceId } = find(id);
      complete(id, variables);
      return new Map(Object.entries(world.runner.variables(processInstanceId)));
    },
    claim(id, user) {
      const task = open(id);
      if (user != null && task.assignee != null && task.assignee !== user)
        throw new Error(`Task ${id} is claimed by ${task.assignee}`);
      Object.assign(task, { assignee: user, claimTime: world.date() });
    },
    unclaim: (id) => change(id, { assignee: null, claimTime: null }),
    setAssignee: (id, assignee) => change(id, { assignee }),
    setOwner: (id, owner) => change(id, { owner }),
    setPriority: (id, priority) => change(id, { priority }),
    setDueDate: (id, dueDate) => change(id, { dueDate }),
    setName: (id, name) => change(id, { name }),
    setDescription: (id, description) => change(id, { description }),
    delegateTask: (id, user) =>
      change(id, { owner: find(id).owner ?? find(id).assignee, assignee: user, delegationState: "PENDING" }),
    resolveTask(id, variables) {
      if (variables) set(id, variables);
      const task = find(id);
      change(id, { assignee: task.owner, delegationState: "RESOLVED" });
    },
    addCandidateUser: (id, user) => list(id, "users", user, true),
    addCandidateGroup: (id, group) => list(id, "groups", group, true),
    deleteCandidateUser: (id, user) => list(id, "users", user, false),
    deleteCandidateGroup: (id, group) => list(id, "groups", group, false),
    getIdentityLinksForTask: (id) => links(find(id)),
    getVariable: (id, name) => read(id).get(name) ?? null,
    getVariableLocal: (id, name) => read(id, true).get(name) ?? null,
    hasVariable: (id, name) => read(id).has(name),
    hasVariableLocal: (id, name) => read(id, true).has(name),
    getVariables: (id, names) => pick(read(id), names),
    getVariablesLocal: (id, names) => pick(read(id, true), names),
    setVariable: (id, name, value) => set(id, { [name]: value }),
    setVariableLocal: (id, name, value) => set(id, { [name]: value }, true),
    setVariables: (id, values) => set(id, values),
    setVariablesLocal: (id, values) => set(id, values, true),
    removeVariable: (id, name) => remove(world, find(id), [name]),
    removeVariableLocal: (id, name) => remove(world, find(id), [name]),
    removeVariables: (id, names) => remove(world, find(id), [...names]),
    newTask: (id) => fresh(world, id),
    saveTask(row) {
      if (world.tasks.has(row.id)) return void Object.assign(world.tasks.get(row.id), row.changes);
      const task = { ...fresh(world, row.id).base, ...row.changes };
      world.tasks.set(task.id, task);
      world.history.tasks.set(task.id, task);
      return undefined;
    },
    deleteTask(id) {
      const task = find(id);
      if (task.wait) throw new Error(`Task ${id} belongs to a process`);
      task.endTime = world.date();
      task.deleteReason = "deleted";
      world.tasks.delete(id);
    },
    getSubTasks: (id) =>
      [...world.tasks.values()].filter((task) => task.parentTaskId === id).map((task) => taskRow(world, task)),
    addComment(taskId, processInstanceId, message) {
      const comment = {
        id: `c${world.comments.length + 1}`,
        taskId,
        processInstanceId,
        message,
        fullMessage: message,
        time: world.date(),
        userId: world.user,
      };
      world.comments.push(comment);
      return comment;
    },
    getTaskComments: (id) => world.comments.filter(({ taskId }) => taskId === id),
    getProcessInstanceComments: (id) => world.comments.filter((one) => one.processInstanceId === id),
    handleBpmnError: (id, code, message, variables) => {
      const task = open(id);
      const values = [message, variables].find((value) => value instanceof Map);
      world.send(task.processInstanceId, {
        type: "throw",
        wait: task.wait,
        kind: "error",
        code,
        variables: plain(values ?? {}),
      });
    },
    handleEscalation: (id, code, variables) => {
      const task = open(id);
      world.send(task.processInstanceId, {
        type: "throw",
        wait: task.wait,
        kind: "escalation",
        code,
        variables: plain(variables ?? {}),
      });
    },
  };
}

function remove(world, task, names) {
  const token = task.executionId.split(".")[1];
  world.send(task.processInstanceId, { type: "set-variables", variables: {}, remove: names, token });
}

function pick(values, names) {
  return names ? new Map([...values].filter(([name]) => [...names].includes(name))) : values;
}

function fresh(world, given) {
  const id = given ?? `t${world.history.tasks.size + 1}`;
  const base = {
    id,
    name: null,
    description: null,
    assignee: null,
    owner: null,
    priority: 50,
    dueDate: null,
    followUpDate: null,
    category: null,
    formKey: null,
    createTime: world.date(),
    startTime: world.date(),
    endTime: null,
    deleteReason: null,
    delegationState: null,
    parentTaskId: null,
    processInstanceId: null,
    executionId: null,
    processDefinitionId: null,
    processDefinitionKey: null,
    taskDefinitionKey: null,
    caseInstanceId: null,
    tenantId: world.flowable ? "" : null,
    users: [],
    groups: [],
    values: {},
  };
  return Object.assign(taskRow(world, base), { base });
}
