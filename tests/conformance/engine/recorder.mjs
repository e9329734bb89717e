import { instant } from "./values.mjs";

const CAMUNDA_EVENTS = {
  startEvent: {
    "": "startEvent",
    timer: "startTimerEvent",
    message: "messageStartEvent",
    signal: "signalStartEvent",
    error: "errorStartEvent",
    escalation: "escalationStartEvent",
    conditional: "conditionalStartEvent",
    compensation: "compensationStartEvent",
  },
  endEvent: {
    "": "noneEndEvent",
    terminate: "terminateEndEvent",
    error: "errorEndEvent",
    message: "messageEndEvent",
    signal: "signalEndEvent",
    escalation: "escalationEndEvent",
    compensation: "compensationEndEvent",
    cancel: "cancelEndEvent",
  },
  catchEvent: {
    "": "intermediateCatchEvent",
    timer: "intermediateTimer",
    message: "intermediateMessageCatch",
    signal: "intermediateSignalCatch",
    conditional: "intermediateConditional",
    link: "intermediateLinkCatch",
  },
  throwEvent: {
    "": "intermediateNoneThrowEvent",
    message: "intermediateMessageThrowEvent",
    signal: "intermediateSignalThrow",
    escalation: "intermediateEscalationThrowEvent",
    compensation: "intermediateCompensationThrowEvent",
    link: "intermediateLinkThrow",
  },
  boundaryEvent: {
    "": "boundaryEvent",
    timer: "boundaryTimer",
    message: "boundaryMessage",
    signal: "boundarySignal",
    error: "boundaryError",
    escalation: "boundaryEscalation",
    conditional: "boundaryConditional",
    compensation: "compensationBoundaryCatch",
    cancel: "cancelBoundaryCatch",
  },
};
const FLOWABLE = {
  catchEvent: "intermediateCatchEvent",
  adHocSubProcess: "adhocSubProcess",
  complexGateway: "complexGateway",
};
const CAMUNDA = { eventGateway: "eventBasedGateway", eventSubProcess: "subProcess" };

/** Name of an element's type as the vendor says it. */
export function typeName(element, vendor) {
  if (!element) return null;
  if (vendor === "flowable") return FLOWABLE[element.type] ?? element.type;
  const events = CAMUNDA_EVENTS[element.type];
  return events ? (events[element.events?.[0]?.kind ?? ""] ?? events[""]) : (CAMUNDA[element.type] ?? element.type);
}

/** Builds what history services show, and the tasks, from the engine's events. */
export class Recorder {
  activities = [];
  variables = new Map();
  details = [];
  tasks = new Map();
  incidents = [];
  #open = new Map();
  #scopes = new Map();
  /** Why instances ended before their tokens did. */
  ends = new Map();
  #reason = "cancelled";
  #calls = new Map();
  #next = 1;

  constructor(world) {
    this.world = world;
  }

  take(instance, events, at) {
    const { elements } = instance.definition.model;
    const terminated = events.some(
      ({ type, element }) =>
        type === "element-left" && elements[element]?.events?.some(({ kind }) => kind === "terminate"),
    );
    this.#reason =
      terminated && this.world.flowable ? this.world.constant("DeleteReason.TERMINATE_END_EVENT") : "cancelled";
    if (terminated && this.world.flowable && instance.state.status !== "active")
      this.ends.set(instance.id, this.#reason);
    for (const event of events) this.#event(instance, event, new Date(at));
  }

  #event(instance, event, at) {
    const { id } = instance;
    switch (event.type) {
      case "instance-started":
        if (instance.parent) {
          const caller = this.world.runner.instances.get(instance.parent.instance);
          this.#calls.set(id, `${caller.id}.${caller.state.waits[instance.parent.call]?.token}`);
        }
        this.#values(instance, event, at);
        break;
      case "token-created":
      case "token-moved":
        if (event.scope) this.#scopes.set(`${id}.${event.token}`, event.scope);
        if (event.flow && this.world.flowable) this.#flow(instance, event, at);
        this.#enter(instance, event, at);
        break;
      case "element-left":
        this.#leave(`${id}.${event.token}`, at, event.cancelled === true);
        break;
      case "token-removed":
        this.#leave(`${id}.${event.token}`, at, true);
        break;
      case "wait-added":
        if (event.wait.kind === "task") this.#task(instance, event.wait, at);
        if (event.wait.kind === "incident") this.incidents.push({ instance: id, ...event.wait, at });
        break;
      case "wait-removed":
        this.#taskGone(`${id}.w.${event.wait}`, at);
        break;
      case "variables-set":
        this.#values(instance, event, at);
        break;
      case "variables-removed":
        for (const name of event.names) this.variables.delete(`${id}.${event.token ?? ""} ${name}`);
        break;
      default:
        break;
    }
  }

  /** The execution of the call that started an instance. */
  callOf(id) {
    return this.#calls.get(id);
  }

  #flow(instance, event, at) {
    const flow = instance.definition.model.flows[event.flow];
    this.#row(
      instance,
      event.token,
      { activityId: event.flow, activityName: flow?.name ?? null, activityType: "sequenceFlow" },
      at,
    ).endTime = at;
  }

  #enter(instance, { token, element }, at) {
    const key = `${instance.id}.${token}`;
    this.#leave(key, at, false);
    const found = instance.definition.model.elements[element];
    const scope = instance.state.scopes[this.#scopes.get(key)];
    const body = found?.loop && scope?.element !== element;
    if (body && this.world.flowable) return;
    const row = this.#row(
      instance,
      token,
      {
        activityId: body && found.loop.kind !== "standard" ? `${element}#multiInstanceBody` : element,
        activityName: found?.name ?? null,
        activityType: body ? "multiInstanceBody" : typeName(found, this.world.vendor),
      },
      at,
    );
    this.#open.set(key, row);
  }

  #row(instance, token, parts, at) {
    const row = {
      id: `a${this.#next}`,
      ...parts,
      executionId: `${instance.id}.${token}`,
      token,
      processInstanceId: instance.id,
      parentActivityInstanceId: this.#parent(instance, token),
      rootProcessInstanceId: instance.id,
      processDefinitionId: instance.definition.id,
      processDefinitionKey: instance.definition.key,
      startTime: at,
      endTime: null,
      canceled: false,
      deleteReason: null,
      tenantId: this.world.flowable ? "" : null,
      order: this.#next,
    };
    this.#next += 1;
    this.activities.push(row);
    return row;
  }

  /** The activity around: an open sub-process or loop, else the instance. */
  #parent(instance, token) {
    const scope = instance.state.scopes[this.#scopes.get(`${instance.id}.${token}`)];
    return (scope && this.#open.get(`${instance.id}.${scope.token}`)?.id) ?? instance.id;
  }

  #leave(key, at, cancelled) {
    const row = this.#open.get(key);
    if (!row) return;
    row.endTime = at;
    row.canceled = cancelled;
    if (cancelled) row.deleteReason = this.#reason;
    this.#open.delete(key);
  }

  #values(instance, event, at) {
    for (const [name, value] of Object.entries(event.variables)) {
      const key = `${instance.id}.${event.token ?? ""} ${name}`;
      const known = this.variables.get(key);
      const execution = event.token === undefined ? instance.id : `${instance.id}.${event.token}`;
      const row = known ?? {
        id: `v${this.#next++}`,
        variableName: name,
        name,
        processInstanceId: instance.id,
        executionId: execution,
        activityInstanceId: execution,
        processDefinitionId: instance.definition.id,
        processDefinitionKey: instance.definition.key,
        taskId: null,
        createTime: at,
        state: "CREATED",
        revision: -1,
      };
      Object.assign(row, {
        value,
        textValue: typeof value === "string" ? value : null,
        lastUpdatedTime: at,
        revision: row.revision + 1,
      });
      row.variableTypeName = row.typeName =
        value === null ? "null" : typeof value === "number" ? "integer" : typeof value;
      this.variables.set(key, row);
      this.details.push({ ...row, id: `h${this.#next++}`, time: at, variableInstanceId: row.id, taskId: null });
    }
  }

  #task(instance, wait, at) {
    const element = instance.definition.model.elements[wait.element];
    const read = (name) => element.vendor?.[name] ?? element.extensions[name];
    const text = (value) => this.world.text(instance, wait.token, value);
    const names = (value) =>
      (value == null ? [] : Array.isArray(value) ? value : String(value).split(/\s*,\s*/)).filter(Boolean);
    const standard = this.world.owners[element.id];
    const due = text(read("dueDate"));
    const task = {
      id: `${instance.id}.w.${wait.id}`,
      wait: wait.id,
      name: text(element.name),
      description: text(element.documentation),
      taskDefinitionKey: element.id,
      assignee: text(read("assignee") ?? standard?.assignee),
      owner: text(read("owner")),
      priority: Number(text(read("priority")) ?? 50),
      dueDate: due == null ? null : new Date(instant(due)),
      followUpDate: null,
      category: text(read("category")),
      formKey: text(read("formKey")),
      createTime: at,
      startTime: at,
      claimTime: null,
      endTime: null,
      deleteReason: null,
      delegationState: null,
      parentTaskId: null,
      processInstanceId: instance.id,
      executionId: `${instance.id}.${wait.token}`,
      activityInstanceId: `${instance.id}.${wait.token}`,
      processDefinitionId: instance.definition.id,
      processDefinitionKey: instance.definition.key,
      caseInstanceId: null,
      tenantId: this.world.flowable ? "" : null,
      users: [...names(text(read("candidateUsers"))), ...(standard?.users ?? []).map(text)],
      groups: [...names(text(read("candidateGroups"))), ...(standard?.groups ?? []).map(text)],
      values: {},
    };
    this.world.tasks.set(task.id, task);
    this.tasks.set(task.id, task);
    const row = this.#open.get(task.executionId);
    if (row) Object.assign(row, { taskId: task.id, assignee: task.assignee });
  }

  #taskGone(id, at) {
    const task = this.world.tasks.get(id);
    if (!task) return;
    task.endTime = at;
    task.deleteReason =
      this.world.completing === id
        ? this.world.flowable
          ? null
          : "completed"
        : this.#reason === "cancelled"
          ? "deleted"
          : this.#reason;
    this.world.tasks.delete(id);
    const row = this.activities.findLast(({ taskId }) => taskId === id);
    if (row) row.assignee = task.assignee;
  }
}
