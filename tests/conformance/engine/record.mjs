import { parseUel, visible } from "@jinshui/engine";
import { typeOf } from "./activity-types.mjs";
import { Unsupported } from "./values.mjs";
import { VariableRows } from "./variable-rows.mjs";

const idOf = (instance, token) => `${instance}:${token}`;
const text = (value) => (value === null || value === undefined ? null : String(value));

/** What the engine itself does not keep: tasks, their people, visits of elements and variables, as history has them. */
export class Record {
  activities = [];
  tasks = new Map();
  details = new Map();
  #open = new Map();
  #hosts = new Map();
  #scopes = new Map();
  #next = 1;

  constructor(host) {
    this.host = host;
    this.variables = new VariableRows(host, (instance, token) => this.rowOf(instance, token)?.id);
  }

  /** A copy to go back to. */
  snapshot() {
    const copyOf = (map) => new Map([...map].map(([key, row]) => [key, { ...row }]));
    const activities = this.activities.map((row) => ({ ...row }));
    const open = new Map([...this.#open].map(([key, row]) => [key, activities[this.activities.indexOf(row)]]));
    return {
      activities,
      open,
      tasks: copyOf(this.tasks),
      variables: this.variables.snapshot(),
      details: copyOf(this.details),
    };
  }

  restore({ activities, open, tasks, variables, details }) {
    this.activities = activities;
    this.#open = open;
    Object.assign(this, { tasks, details });
    this.variables.restore(variables);
  }

  detail(instance) {
    if (!this.details.has(instance)) this.details.set(instance, {});
    return this.details.get(instance);
  }

  rowOf(instance, token) {
    return this.#open.get(idOf(instance, token));
  }

  take(instance, events, at) {
    for (const event of events) this[event.type]?.(instance, event, new Date(at));
    this.variables.count(instance, new Date(at));
  }

  "token-created"(instance, event, at) {
    this.#scopes.set(idOf(instance.id, event.token), event.scope);
    this.#flow(instance, event, at);
    this.#enter(instance, event, at, event.scope);
  }

  "token-moved"(instance, event, at) {
    this.#leave(instance, event.token, at);
    this.#flow(instance, event, at);
    this.#enter(instance, event, at, this.#scopes.get(idOf(instance.id, event.token)));
  }

  "element-left"(instance, event, at) {
    this.#leave(instance, event.token, at, event.cancelled);
  }

  "token-removed"(instance, event, at) {
    this.#leave(instance, event.token, at, true);
  }

  #flow(instance, { flow, token }, at) {
    if (flow === undefined) return;
    const model = instance.definition.model.flows[flow];
    const name = flow.startsWith("flow-without-id") ? `_flow_${model.source}__${model.target}` : flow;
    this.activities.push(
      this.#visit(instance, token, name, "sequenceFlow", model?.name, at, {
        endTime: at,
        durationInMillis: 0,
        isFlow: true,
      }),
    );
  }

  #visit(instance, token, element, type, name, at, more) {
    const id = `a${this.#next++}`;
    return {
      rowKey: id,
      id,
      activityInstanceId: id,
      activityId: element,
      activityType: type,
      activityName: name ?? null,
      processInstanceId: instance.id,
      processDefinitionId: instance.definition.id,
      processDefinitionKey: instance.definition.key,
      executionId: idOf(instance.id, token),
      token,
      startTime: at,
      endTime: null,
      durationInMillis: null,
      cancelled: false,
      deleteReason: null,
      taskId: null,
      assignee: null,
      calledProcessInstanceId: null,
      tenantId: this.host.noTenant,
      ...more,
    };
  }

  /** A sub-process that a terminate event has ended. */
  #terminatedInside(instance, token) {
    const last = this.activities.findLast(
      (row) =>
        row.processInstanceId === instance.id && !row.isFlow && this.#hosts.get(idOf(instance.id, row.scope)) === token,
    );
    const { events } = (last && instance.definition.model.elements[last.activityId]) ?? {};
    return events?.some(({ kind }) => kind === "terminate") ? `Terminate end event: ${last.activityId}` : null;
  }

  /** Flowable's history has boundary events from when their activity begins. */
  #watch(instance, row, model, at) {
    row.boundary = [];
    for (const id of model?.boundary ?? []) {
      const boundary = instance.definition.model.elements[id];
      if (boundary?.events?.some(({ kind }) => kind === "compensation")) continue;
      const more = { scope: row.scope, parentRow: row.parentRow };
      row.boundary.push(this.#visit(instance, row.token, id, "boundaryEvent", boundary?.name, at, more));
    }
    this.activities.push(...row.boundary);
  }

  #happened(instance, element, at) {
    const waits = ({ activityId, endTime, fired, processInstanceId }) =>
      activityId === element && !fired && processInstanceId === instance.id && (endTime === null || endTime >= at);
    return this.activities.findLast(waits);
  }

  #enter(instance, { token, element }, at, scope) {
    const model = instance.definition.model.elements[element];
    const watched =
      this.host.flowable && model?.type === "boundaryEvent" ? this.#happened(instance, element, at) : undefined;
    if (watched) {
      Object.assign(watched, { endTime: null, deleteReason: null, cancelled: false, fired: true, token });
      this.#open.set(idOf(instance.id, token), watched);
      return;
    }
    const host = this.#hosts.get(idOf(instance.id, scope)) ?? instance.state.scopes[scope]?.token;
    const parentRow = (host ? this.rowOf(instance.id, host)?.id : undefined) ?? instance.id;
    const type = typeOf(model, this.host.suite);
    const row = this.#visit(instance, token, element, type, model?.name, at, { scope, parentRow });
    this.activities.push(row);
    if (this.host.flowable) this.#watch(instance, row, model, at);
    this.#open.set(idOf(instance.id, token), row);
  }

  #leave(instance, token, at, cancelled) {
    const key = idOf(instance.id, token);
    const row = this.#open.get(key);
    if (!row) return undefined;
    row.endTime = at;
    row.durationInMillis = at - row.startTime;
    for (const one of row.boundary ?? []) {
      if (one.endTime === null && !one.fired)
        Object.assign(one, { endTime: at, durationInMillis: row.durationInMillis });
    }
    if (this.host.flowable && row.activityType === "subProcess")
      row.deleteReason = this.#terminatedInside(instance, token);
    if (cancelled) {
      row.cancelled = true;
      row.deleteReason = this.host.reason(instance);
    } else if (row.activityType.toLowerCase().endsWith("endevent"))
      this.detail(instance.id).endActivityId = row.activityId;
    this.#open.delete(key);
    return row;
  }

  "scope-opened"(instance, event) {
    this.#hosts.set(idOf(instance.id, event.scope), event.token);
    const row = this.rowOf(instance.id, event.token);
    if (row && event.loop) row.isBody = true;
    if (row && event.purpose) row.isCompensation = true;
  }

  "wait-added"(instance, { wait }, at) {
    if (wait.kind === "task") this.#createTask(instance, wait, at);
    const row = wait.kind === "async" && wait.phase === "before" ? this.rowOf(instance.id, wait.token) : undefined;
    if (row) row.pending = wait.id;
  }

  #createTask(instance, wait, at) {
    const element = instance.definition.model.elements[wait.element] ?? { vendor: {} };
    const vendor = element.vendor ?? {};
    const value = (name) => this.evaluate(vendor[name], instance, wait.token);
    const id = `t-${instance.id}-${wait.id}`;
    const due = value("dueDate");
    if (typeof due === "number" || (due !== null && !(this.host.dateOf(due) instanceof Date)))
      this.host.pending = new Error(`${due} is no date`);
    if (vendor.businessCalendarName !== undefined)
      this.host.pending = new Unsupported(`business calendar ${vendor.businessCalendarName}`);
    const owners = this.host.ownersOf(instance.definition, wait.element);
    this.tasks.set(id, {
      rowKey: id,
      id,
      wait: wait.id,
      token: wait.token,
      name: text(this.evaluate(element.name, instance, wait.token) ?? element.name),
      description: text(this.evaluate(element.documentation, instance, wait.token)),
      taskDefinitionKey: wait.element,
      processInstanceId: instance.id,
      executionId: this.host.executionOf(instance, wait.token),
      processDefinitionId: instance.definition.id,
      processDefinitionKey: instance.definition.key,
      assignee: text(value("assignee") ?? owners.assignee),
      owner: text(value("owner")),
      priority: Number(value("priority") ?? 50),
      dueDate: due === null || due === undefined ? null : this.host.dateOf(due),
      followUpDate: this.host.dateOf(value("followUpDate")),
      formKey: text(value("formKey")),
      category: text(value("category")),
      users: [...names(value("candidateUsers")), ...owners.users],
      groups: [...names(value("candidateGroups")), ...owners.groups],
      createTime: at,
      startTime: at,
      endTime: null,
      deleteReason: null,
      delegationState: null,
      parentTaskId: null,
      locals: {},
      tenantId: this.host.noTenant,
      claimTime: null,
    });
    const row = this.rowOf(instance.id, wait.token);
    if (row) Object.assign(row, { taskId: id, assignee: this.tasks.get(id).assignee });
    const idVariable = value("taskIdVariableName");
    if (idVariable)
      this.host.afterwards.push(() =>
        this.host.send(instance.id, { type: "set-variables", variables: { [idVariable]: id }, token: wait.token }),
      );
  }

  "wait-removed"(instance, { wait }, at) {
    for (const row of this.#open.values())
      if (row.processInstanceId === instance.id && row.pending === wait && this.host.continuing)
        Object.assign(row, { pending: undefined, startTime: at });
    const task = this.tasks.get(`t-${instance.id}-${wait}`);
    if (!task || task.endTime) return;
    task.endTime = at;
    task.durationInMillis = at - task.startTime;
    const completed = this.host.completing === task.id;
    if (completed) task.deleteReason = this.host.flowable ? null : "completed";
    else task.deleteReason = this.host.reason(instance);
  }

  "variables-set"(instance, { variables, token }, at) {
    this.variables.set(instance, token, variables, at);
  }

  "instance-started"(instance, event, at) {
    const call = this.host.parentOf(instance)?.state.waits[instance.parent.call];
    const caller = call && this.rowOf(instance.parent.instance, call.token);
    if (caller) caller.called = instance.id;
    this["variables-set"](instance, event, at);
  }

  "variables-removed"(instance, { names, token }) {
    this.variables.remove(instance, token, names);
  }

  "instance-cancelled"(instance, { reason }) {
    const detail = this.detail(instance.id);
    detail.deleteReason = reason === "" ? null : reason;
    detail.interrupter = this.#interrupter(instance);
  }

  /** The start of the event sub-process that ended the call of an instance. */
  #interrupter(instance) {
    const caller = this.host.parentOf(instance);
    if (!caller) return undefined;
    const { elements } = caller.definition.model;
    const last = this.activities.findLast((row) => row.processInstanceId === caller.id && !row.isFlow);
    const inside = this.activities.filter(
      ({ processInstanceId, activityId, startTime }) =>
        processInstanceId === caller.id &&
        startTime >= last.startTime &&
        elements[activityId]?.type === "startEvent" &&
        elements[elements[activityId].scope]?.type === "eventSubProcess",
    );
    return inside.at(-1)?.activityId;
  }

  evaluate(source, instance, token) {
    if (source === undefined || !/[$#]\{/.test(source)) return source ?? null;
    const known = { ...instance.state.variables, ...visible(instance.state, token) };
    try {
      return parseUel(source, { missing: "null" }).evaluate({
        get: (name) => known[name],
        has: (name) => name in known,
        functions: this.host.functions,
        execution: { id: instance.id, processInstanceId: instance.id, businessKey: instance.businessKey ?? null },
      });
    } catch (error) {
      this.host.pending ??= error; // as it does a transaction of the vendors, it undoes this one
      return null;
    }
  }
}

function names(value) {
  if (Array.isArray(value)) return value.map(String);
  if (value === null || value === undefined || value === "") return [];
  return String(value)
    .split(",")
    .map((part) => part.trim());
}
