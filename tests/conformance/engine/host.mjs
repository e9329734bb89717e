import { addDuration, History, MemoryRunner } from "@jinshui/engine";
import { Jobs } from "./jobs.mjs";
import { Record } from "./record.mjs";
import { executionOf } from "./rows.mjs";
import { scripts, SCRIPT_LANGUAGES } from "./scripts.mjs";
import { services } from "./services/index.mjs";
import { Mismatch, Unsupported } from "./values.mjs";

const SERVICES = {
  runtime: "runtime",
  task: "task",
  history: "history",
  repository: "repository",
  management: "management",
  form: "form",
  identity: "identity",
};

/** What the engine reports is the only way to see every step. */
let listening;
const add = History.prototype.add;
History.prototype.add = function (events, at) {
  add.call(this, events, at);
  listening?.heard(this.instance, events, at);
};

/** One fresh engine, with the services of the vendor a case is from. */
export class Host {
  completing;
  user = null;
  suspendedDefinitions = new Set();
  deployments = [];
  gone = new Set();
  /** Groups of users, by their id. */
  groups = new Map();
  /** What follows from a transaction when everything else is done. */
  afterwards = [];

  constructor(suite, models, limit) {
    this.suite = suite;
    this.flowable = suite === "flowable";
    this.models = models;
    this.until = performance.now() + limit;
    this.functions = {
      now: () => this.now,
      dateTime: () => this.now,
      currentUser: () => this.user,
    };
    this.runner = new MemoryRunner({
      now: new Date().toISOString(),
      async: true,
      conditions: this.flowable ? "on-demand" : "on-change",
      compensationGoesOn: this.flowable,
      scriptLanguages: SCRIPT_LANGUAGES,
      scripts,
      functions: this.functions,
    });
    this.record = new Record(this);
    this.jobs = new Jobs(this);
    this.services = services(this);
    listening = this;
  }

  close() {
    if (listening === this) listening = undefined;
  }

  get now() {
    return this.runner.now;
  }

  tick() {
    if (performance.now() < this.until) return;
    const error = new Error("time limit");
    error.name = "Timeout";
    throw error;
  }

  setClock(at) {
    this.runner.now = (at === null ? new Date() : new Date(at)).toISOString();
  }

  /** Durations count from now. */
  dateOf(value) {
    if (value === null || value === undefined) return null;
    if (value instanceof Date) return value;
    if (typeof value === "string" && value.startsWith("P")) return new Date(addDuration(this.now, value) ?? NaN);
    const date = new Date(value);
    return Number.isNaN(date.getTime()) ? value : date;
  }

  async deploy(resources) {
    const id = `d${this.deployments.length + 1}`;
    const definitions = [];
    for (const resource of resources) {
      const xml = this.models[resource];
      if (xml === undefined) throw new Unsupported(`resource ${resource}`);
      const { definitions: found, problems } = await this.runner.deploy(xml);
      const wrong = problems.filter(({ severity }) => severity === "error");
      if (wrong.length > 0)
        throw new Error(`refused: ${wrong.map(({ code, element }) => `${code} ${element ?? ""}`).join(", ")}`);
      for (const definition of found) {
        definitions.push(definition);
        definition.resource = resource;
        definition.deployment = id;
        this.jobs.watch(definition);
      }
    }
    this.deployments.push({ rowKey: id, id, name: null, deploymentTime: new Date(this.now), definitions });
  }

  /** People that the standard's own resource roles name: `user(a), group(b)`, a bare name being a group. */
  ownersOf(definition, element) {
    const xml = this.models[definition.resource] ?? "";
    const [body = ""] =
      new RegExp(`<(?:\\w+:)?userTask\\s[^>]*\\bid="${element}"[^>]*[^/]>[\\s\\S]*?</(?:\\w+:)?userTask>`).exec(xml) ??
      [];
    const read = (role) =>
      [
        ...body.matchAll(
          new RegExp(`<(?:\\w+:)?${role}\\b[\\s\\S]*?<(?:\\w+:)?formalExpression[^>]*>([\\s\\S]*?)</`, "g"),
        ),
      ]
        .flatMap(([, inner]) => inner.split(","))
        .map((part) => /^\s*(?:(user|group)\()?([^)]*?)\)?\s*$/.exec(part))
        .filter(Boolean);
    const owners = read("potentialOwner");
    return {
      assignee: read("humanPerformer")[0]?.[2] ?? null,
      users: owners.filter(([, kind]) => kind === "user").map(([, , name]) => name),
      groups: owners.filter(([, kind]) => kind !== "user").map(([, , name]) => name),
    };
  }

  heard(id, events, at) {
    const instance = this.runner.instances.get(id);
    if (instance) this.record.take(instance, events, at);
  }

  /** Why something is taken away now, as the vendor words it. */
  reason(instance) {
    if (this.deleting !== undefined)
      return this.deleting === "" ? (this.flowable ? "process instance deleted" : null) : this.deleting;
    const ended = instance.state.status !== "active";
    if (!this.flowable) return "deleted";
    const terminated = this.terminating(instance) ?? this.terminating(this.parentOf(instance));
    if (terminated !== undefined) return `Terminate end event: ${terminated}`;
    return ended ? "Process instance ended" : "boundary event";
  }

  /** The terminate end event that was passed last. */
  terminating(instance) {
    if (!instance) return undefined;
    const last = this.record.activities.findLast(
      ({ processInstanceId, activityType }) => processInstanceId === instance.id && /endEvent$/i.test(activityType),
    );
    const events = last && instance.definition.model.elements[last.activityId]?.events;
    return events?.some(({ kind }) => kind === "terminate") ? last.activityId : undefined;
  }

  /** What rows without a tenant have as theirs. */
  get noTenant() {
    return this.flowable ? "" : null;
  }

  /** The target namespace of the file of a definition, which both vendors call its category. */
  namespaceOf({ resource }) {
    return /\btargetNamespace="([^"]*)"/.exec(this.models[resource])?.[1] ?? null;
  }

  parentOf(instance) {
    return instance?.parent && this.runner.instances.get(instance.parent.instance);
  }

  rootOf(instance) {
    const parent = this.parentOf(instance);
    return parent ? this.rootOf(parent) : instance;
  }

  executionOf(instance, token) {
    return executionOf(this, instance, token);
  }

  isRunning(id) {
    const found = this.runner.instances.get(typeof id === "object" && id !== null ? id.id : id);
    if (!found) throw new Mismatch(`there is no instance ${id}`);
    return found.state.status === "active";
  }

  instance(id) {
    const key = typeof id === "string" ? id.split(":")[0] : undefined;
    const found = this.runner.instances.get(key);
    if (!found) throw new Error(`no instance ${id}`);
    return found;
  }

  active(id) {
    const found = this.instance(id);
    if (found.state.status !== "active") throw new Error(`instance ${id} has ended`);
    return found;
  }

  /** Does something as one transaction: what stops with an error undoes all of it. */
  transaction(work) {
    const states = new Map(
      [...this.runner.instances].map(([id, instance]) => [id, { ...instance, state: structuredClone(instance.state) }]),
    );
    const before = new Set(this.#incidents());
    const saved = this.record.snapshot();
    const undo = () => {
      this.afterwards = [];
      for (const [id, instance] of this.runner.instances) {
        const old = states.get(id);
        if (!old) this.runner.instances.delete(id);
        else {
          for (const key of ["endedAt", "reason"]) delete instance[key];
          Object.assign(instance, old);
        }
      }
      this.record.restore(saved);
    };
    let result;
    this.pending = undefined;
    try {
      result = work();
      for (let next = this.afterwards.shift(); next; next = this.afterwards.shift()) next();
      if (this.pending) throw this.pending;
    } catch (error) {
      undo();
      throw error;
    }
    const incident = this.runner
      .waiting({ kind: "incident" })
      .find((wait) => !before.has(`${wait.instance} ${wait.id}`));
    if (!incident) return result;
    undo();
    throw new Error(`${incident.element} stopped: ${incident.code} ${incident.message}`);
  }

  #incidents() {
    return this.runner.waiting({ kind: "incident" }).map((wait) => `${wait.instance} ${wait.id}`);
  }

  send(instance, command) {
    this.runner.send(typeof instance === "string" ? instance : instance.id, command);
  }

  call(name, args) {
    this.tick();
    const [service, method] = name.split(".");
    const found = this.services[SERVICES[service] ?? service.replace(/Service$/, "")];
    const work = found?.[method];
    if (!work) throw new Unsupported(`call ${name}`);
    if (/^create\w*(?:Query|Builder|Modification|Correlation)$|^get/.test(method)) return work(...args) ?? null;
    return this.transaction(() => work(...args)) ?? null;
  }
}
