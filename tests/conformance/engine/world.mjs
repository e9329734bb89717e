import { parseUel, visible } from "@jinshui/engine";
import { Jobs } from "./jobs.mjs";
import { Recorder } from "./recorder.mjs";
import { instant, plain } from "./values.mjs";

const CONSTANTS = {
  "DeleteReason.TERMINATE_END_EVENT": "Terminate end event",
  "DeleteReason.PROCESS_INSTANCE_DELETED": "process instance deleted",
  "DeleteReason.EVENT_SUBPROCESS_INTERRUPTING": "event subprocess",
  "DeleteReason.EVENT_BASED_GATEWAY_CANCEL": "Event based gateway cancel",
  "DeleteReason.BOUNDARY_EVENT_INTERRUPTING": "boundary event",
  "DeleteReason.TRANSACTION_CANCELED": "Transaction canceled",
  "AsyncContinuationJobHandler.TYPE": "async-continuation",
  "AsyncLeaveJobHandler.TYPE": "async-leave",
  "ParallelMultiInstanceActivityCompletionJobHandler.TYPE": "parallel-multi-instance-complete",
  "ParallelMultiInstanceWithNoWaitStatesAsyncLeaveJobHandler.TYPE": "parallel-multi-instance-no-waits-async-leave",
  "TriggerTimerEventJobHandler.TYPE": "trigger-timer",
  "TimerStartEventJobHandler.TYPE": "timer-start-event",
};

/** One engine with its stores, as the services of a vendor show it. */
export class World {
  tasks = new Map();
  deployments = new Map();
  definitions = new Map();
  extras = new Map();
  comments = [];
  /** People and groups that standard elements name, by task. */
  owners = {};
  user = null;

  constructor({ backend, vendor, models }) {
    this.backend = backend;
    this.runner = backend.runner;
    this.vendor = vendor;
    this.models = models;
    this.jobs = new Jobs(this);
    this.history = new Recorder(this);
    backend.observe = (instance, events, at) => this.history.take(instance, events, at);
  }

  get flowable() {
    return this.vendor === "flowable";
  }

  date() {
    return new Date(this.runner.now);
  }

  setClock(value) {
    this.runner.now = new Date(instant(value)).toISOString();
  }

  constant(name) {
    if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name];
    return name.replace(/^.*\./, "");
  }

  /** Deploys resources of the case. */
  async deploy(resources, options = {}) {
    const id = `d${this.deployments.size + 1}`;
    const deployment = {
      id,
      name: options.name ?? null,
      category: options.category ?? null,
      key: options.key ?? null,
      tenantId: options.tenantId ?? (this.flowable ? "" : null),
      deploymentTime: this.date(),
      resources,
    };
    for (const resource of resources) {
      const xml = typeof resource === "string" ? await this.backend.read(this.models[resource]) : resource.xml;
      const { definitions, problems } = await this.runner.deploy(xml);
      const errors = problems.filter(({ severity }) => severity === "error");
      if (errors.length > 0)
        throw new Error(`Not deployed: ${errors.map(({ code, element }) => `${code} ${element ?? ""}`).join(", ")}`);
      Object.assign(this.owners, ownersIn(xml));
      for (const definition of definitions) this.#define(definition, deployment, resource);
    }
    this.deployments.set(id, deployment);
    return deployment;
  }

  #define(definition, deployment, resource) {
    const { model } = definition;
    this.definitions.set(definition.id, {
      id: definition.id,
      key: definition.key,
      version: definition.version,
      name: model.name ?? null,
      description: model.documentation ?? null,
      category: model.vendor?.category ?? null,
      deploymentId: deployment.id,
      tenantId: deployment.tenantId,
      resourceName: typeof resource === "string" ? resource : resource.name,
      versionTag: model.vendor?.versionTag ?? null,
      historyTimeToLive: Number.parseInt(/\d+/.exec(model.vendor?.historyTimeToLive ?? "")?.[0] ?? "") || null,
      startableInTasklist: true,
      suspended: false,
      hasStartFormKey: false,
      diagramResourceName: null,
      model,
    });
    this.jobs.define(definition);
  }

  definitionRows() {
    const rows = [...this.definitions.values()];
    return rows.map((row) => ({
      ...row,
      latest: !rows.some((other) => other.key === row.key && other.version > row.version),
    }));
  }

  definition(idOrKey) {
    const found =
      this.definitions.get(idOrKey) ??
      [...this.definitions.values()].filter(({ key }) => key === idOrKey).sort((a, b) => b.version - a.version)[0];
    if (!found) throw new Error(`No process definition ${idOrKey}`);
    return found;
  }

  /** Works on the engine; an incident that comes of it is the caller's error, as a rolled back transaction is. */
  act(work) {
    const before = this.#incidents();
    const result = work();
    const found = this.#incidents().find(({ key }) => !before.some((other) => other.key === key));
    if (found) throw new Error(`Incident ${found.code} at ${found.element}: ${found.message}`);
    return result;
  }

  #incidents() {
    return this.runner.waiting({ kind: "incident" }).map((wait) => ({ ...wait, key: `${wait.instance} ${wait.id}` }));
  }

  start(definition, options = {}) {
    const found = this.definition(definition);
    if (found.suspended) throw new Error(`Process definition ${found.id} is suspended`);
    const variables = plain(options.variables ?? {}) ?? {};
    const starts = found.model.starts[""] ?? [];
    for (const start of starts) {
      const initiator = found.model.elements[start]?.vendor?.initiator;
      if (initiator && this.user !== null) variables[initiator] = this.user;
    }
    this.starting = options;
    const given = {
      variables,
      ...(options.businessKey == null ? {} : { businessKey: String(options.businessKey) }),
      ...(options.startEvent ? { startEvent: options.startEvent } : {}),
    };
    const id = this.act(() => this.runner.start(found.id, given));
    Object.assign(this.extra(id), {
      name: options.name ?? null,
      businessStatus: options.businessStatus ?? null,
      startUserId: this.user,
      caseInstanceId: options.caseInstanceId ?? null,
    });
    return id;
  }

  send(instance, command) {
    return this.act(() => this.runner.send(instance, command));
  }

  /** Whether an instance or one of those that called it is suspended. */
  isSuspended(instance) {
    if (!instance) return false;
    return (
      instance.state.suspended === true ||
      this.isSuspended(instance.parent && this.runner.instances.get(instance.parent.instance))
    );
  }

  /** What is known of an instance besides the engine's row. */
  extra(id) {
    if (!this.extras.has(id))
      this.extras.set(id, { name: null, businessStatus: null, startUserId: null, dueDate: null });
    return this.extras.get(id);
  }

  instance(id) {
    const found = this.runner.instances.get(id);
    if (!found || this.extra(id).deleted) throw new Error(`No process instance ${id}`);
    return found;
  }

  active() {
    return [...this.runner.instances.values()].filter(({ state }) => state?.status === "active");
  }

  isEnded(id) {
    const [instance] = String(id).split(".");
    return this.runner.instances.get(instance)?.state.status !== "active";
  }

  /** The instance and the token behind an execution's id. */
  at(execution) {
    if (execution == null) throw new Error("No execution id given");
    const [id, token, wait] = String(execution).split(".");
    const instance = this.runner.instances.get(id);
    if (!instance || instance.state.status !== "active") throw new Error(`No execution ${execution}`);
    if (token && token !== "w" && !instance.state.tokens[token]) throw new Error(`No execution ${execution}`);
    if (token === "w" && !instance.state.waits[wait]) throw new Error(`No execution ${execution}`);
    return { instance, token: token === "w" || !token ? undefined : token, wait };
  }

  definitionOf(instance) {
    return this.definitions.get(instance.definition.id);
  }

  /** The value of a text of the model that may have expressions. */
  text(instance, token, text) {
    if (text === undefined || text === null || !/[$#]\{/.test(text)) return text ?? null;
    const values = instance ? visible(instance.state, token) : {};
    return parseUel(text).evaluate({
      get: (name) => values[name],
      has: (name) => Object.hasOwn(values, name),
      execution: {
        ...(instance ? { id: instance.id, processInstanceId: instance.id } : {}),
        processBusinessKey: instance?.businessKey ?? null,
        businessKey: instance?.businessKey ?? null,
      },
    });
  }
}

/** `humanPerformer` and `potentialOwner` of user tasks, which the model keeps nowhere. */
function ownersIn(xml) {
  const found = {};
  for (const [, , attributes, body] of xml.matchAll(/<((?:\w+:)?userTask)\b([^>]*[^/])>(.*?)<\/\1>/gs)) {
    const id = /\bid\s*=\s*["']([^"']+)["']/.exec(attributes)?.[1];
    const texts = (name) =>
      [...body.matchAll(new RegExp(`<(?:\\w+:)?${name}\\b.*?<(?:\\w+:)?formalExpression[^>]*>(.*?)<`, "gs"))].map(
        ([, text]) => text.trim(),
      );
    const names = texts("potentialOwner").flatMap((text) => text.split(/\s*,\s*/));
    const users = names.flatMap((name) => /^user\((.*)\)$/.exec(name)?.[1].trim() ?? []);
    const groups = names.flatMap((name) =>
      name.startsWith("user(") ? [] : [/^group\((.*)\)$/.exec(name)?.[1].trim() ?? name],
    );
    if (id) found[id] = { assignee: texts("humanPerformer")[0], users, groups };
  }
  return found;
}
