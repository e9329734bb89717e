import type { Command } from "../machine/commands.js";
import { advance } from "../machine/decide.js";
import { EngineError } from "../machine/engine-error.js";
import type { DecideOptions } from "../machine/options.js";
import type { Effect } from "../machine/run.js";
import { type InstanceState, type Variables, type WaitKind, waitsOf } from "../machine/state.js";
import { visible } from "../machine/visible.js";
import { parseModel, type ParseOptions } from "../model/parse.js";
import type { Problem } from "../model/problem.js";
import { Clock, type Due } from "./clock.js";
import { clockTime, laterTime } from "./clock-time.js";
import { History } from "./history.js";
import { BpmnError, type Definition, type Instance, type Job, type Waiting } from "./instance.js";
import { startPoints } from "./starts.js";

export interface RunnerOptions extends Omit<DecideOptions, "called" | "execution">, ParseOptions {
  /** ISO instant at which the clock stands; it moves only by {@link MemoryRunner.advance}. Default: now. */
  now?: string;
  /** Does the jobs of service tasks: gives variables back, or nothing to leave the job waiting. */
  worker?: (job: Job) => Variables | undefined;
}

export interface StartOptions {
  variables?: Variables;
  businessKey?: string;
  /** A start event other than the plain one. */
  startEvent?: string;
}

/** Calls within calls, before they are taken for an endless circle. */
const MAX_DEPTH = 50;

/** Runs processes in memory, with a clock that stands still until it is told: for tests, demos, browsers. */
export class MemoryRunner {
  readonly instances = new Map<string, Instance>();
  readonly definitions = new Map<string, Definition[]>();
  /** Messages that nobody waited for. */
  readonly undelivered: { instance: string; name: string; correlation?: unknown }[] = [];
  now: string;
  #next = 1;
  readonly #clock = new Clock();
  readonly #queue: (() => void)[] = [];
  #working = false;

  constructor(readonly options: RunnerOptions = {}) {
    this.now = clockTime(options.now);
  }

  /**
   * Reads a BPMN file and makes its processes startable. Problems are returned, not thrown; with an error among them nothing
   * is deployed.
   */
  async deploy(xml: string): Promise<{ definitions: Definition[]; problems: Problem[] }> {
    const { processes, problems } = await parseModel(xml, this.options);
    if (problems.some(({ severity }) => severity === "error")) return { definitions: [], problems };
    const definitions = processes.map((model) => {
      const versions = this.definitions.get(model.id) ?? [];
      const version = versions.length + 1;
      const definition = { id: `${model.id}:${version}`, key: model.id, version, model };
      this.definitions.set(model.id, [...versions, definition]);
      this.#clock.watch(definition, this.now);
      return definition;
    });
    return { definitions, problems };
  }

  /** Starts the newest version of a process, or the one named `key:version`; gives the id of the instance. */
  start(process: string, options: StartOptions = {}): string {
    return this.#do(() => this.#start(this.#definition(process), options));
  }

  /** The user tasks that wait, oldest first. */
  tasks(instance?: string): Waiting[] {
    return this.waiting({ kind: "task", ...(instance === undefined ? {} : { instance }) });
  }

  /** Everything that waits, by kind and instance. */
  waiting(filter: { kind?: WaitKind; instance?: string; element?: string } = {}): Waiting[] {
    const one = filter.instance === undefined ? undefined : this.instances.get(filter.instance);
    const instances = filter.instance === undefined ? [...this.instances.values()] : one ? [one] : [];
    return instances.flatMap(({ id, state, definition }) =>
      waitsOf(state)
        .filter(({ kind, element }) => (filter.kind ?? kind) === kind && (filter.element ?? element) === element)
        .map((wait) => {
          const name = definition.model.elements[wait.element]?.name;
          return { ...wait, instance: id, ...(name === undefined ? {} : { elementName: name }) };
        }),
    );
  }

  /** Completes a user task. */
  complete({ instance, id }: { instance: string; id: string }, variables: Variables = {}): void {
    this.send(instance, { type: "complete-task", task: id, variables });
  }

  /** Sends any command to an instance and carries out everything that follows. */
  send(instance: string, command: Command): void {
    this.#do(() => this.#send(this.instance(instance), command));
  }

  /**
   * Delivers a message to the oldest instance that waits for it, or starts a process that begins with it. Gives the instance.
   *
   * @throws EngineError `unknown-message` when nobody takes it.
   */
  message(name: string, options: StartOptions & { instance?: string; correlation?: unknown } = {}): string {
    return this.#do(() => {
      const taken = this.#message(name, options);
      if (taken === undefined) throw new EngineError("unknown-message", `Nothing waits for message ${name}`);
      return taken;
    });
  }

  /** Broadcasts a signal to everything that waits for it and to processes that begin with it. */
  signal(name: string, options: { variables?: Variables; instance?: string } = {}): void {
    this.#do(() => this.#signal(name, options.variables ?? {}, options.instance));
  }

  /**
   * Moves the clock by a duration or to an instant; timers that are due on the way fire in their order.
   *
   * @throws EngineError `bad-time` for any other text.
   */
  advance(by: string): void {
    const until = laterTime(this.now, by);
    this.#do(() => {
      for (let due = this.#clock.take(until); due; due = this.#clock.take(until)) {
        if (due.at > this.now) this.now = due.at;
        this.#fire(due);
        this.#drain();
      }
      if (until > this.now) this.now = until;
    });
  }

  /** An instance by its id. */
  instance(id: string): Instance {
    const found = this.instances.get(id);
    if (!found) throw new EngineError("not-started", `No instance ${id}`);
    return found;
  }

  /** Variables of an instance. */
  variables(instance: string): Variables {
    return this.instance(instance).state.variables;
  }

  #definition(name: string): Definition {
    const versions = this.definitions.get(name) ?? this.definitions.get(name.replace(/:\d+$/, ""));
    const found =
      versions?.find(({ id }) => id === name) ??
      (versions === this.definitions.get(name) ? versions?.at(-1) : undefined);
    if (!found) throw new EngineError("unknown-start", `No process ${name} is deployed`);
    return found;
  }

  #start(definition: Definition, options: StartOptions, parent?: Instance["parent"]): string {
    const id = `i${this.#next}`;
    this.#next += 1;
    const instance: Instance = {
      id,
      definition,
      ...(options.businessKey === undefined ? {} : { businessKey: options.businessKey }),
      ...(parent ? { parent } : {}),
      state: undefined as unknown as InstanceState,
      history: new History(id, definition.model),
      startedAt: this.now,
    };
    this.instances.set(id, instance);
    try {
      this.#send(instance, {
        type: "start",
        variables: options.variables ?? {},
        ...(options.startEvent === undefined ? {} : { startEvent: options.startEvent }),
      });
    } catch (error) {
      this.instances.delete(id);
      throw error;
    }
    return id;
  }

  #send(instance: Instance, command: Command): void {
    const { definition, parent, id } = instance;
    const started = command.type === "start";
    const decision = advance(definition.model, started ? undefined : instance.state, command, this.now, {
      ...this.options,
      called: parent !== undefined,
      execution: {
        id,
        processInstanceId: id,
        processDefinitionId: definition.id,
        processBusinessKey: instance.businessKey ?? null,
        businessKey: instance.businessKey ?? null,
      },
    });
    instance.state = decision.state;
    instance.history.add(decision.events, this.now);
    this.#queue.push(() => {
      for (const effect of decision.effects) this.#carryOut(instance, effect);
      this.#ended(instance, command);
    });
  }

  #carryOut(instance: Instance, effect: Effect): void {
    switch (effect.type) {
      case "schedule-timer":
        if (instance.state.waits[effect.timer]) this.#clock.schedule(instance.id, effect.timer, effect.dueAt);
        break;
      case "cancel-timer":
        this.#clock.cancel(instance.id, effect.timer);
        break;
      case "create-job":
        this.#work(instance, effect.job, effect.element);
        break;
      case "call-process":
        if (instance.state.waits[effect.call]) this.#call(instance, effect);
        break;
      case "cancel-call":
        for (const child of this.#children(instance.id, effect.call))
          this.#queue.push(() => this.#cancel(child, "The caller was cancelled"));
        break;
      case "send-message": {
        const { name, correlation } = effect;
        if (this.#message(name, correlation === undefined ? {} : { correlation }) === undefined)
          this.undelivered.push({ instance: instance.id, name, ...(correlation === undefined ? {} : { correlation }) });
        break;
      }
      case "broadcast-signal":
        this.#signal(effect.name, effect.variables, effect.local ? instance.id : undefined, effect.businessKey);
        break;
      case "terminate-callers": {
        const caller = instance.parent && this.instances.get(instance.parent.instance);
        if (caller) this.#queue.push(() => this.#terminate(caller));
        break;
      }
      case "throw-escalation":
        if (instance.parent)
          this.#toParent(instance, {
            type: "throw",
            wait: instance.parent.call,
            kind: "escalation",
            ...(effect.code === undefined ? {} : { code: effect.code }),
          });
        break;
      default:
        break;
    }
  }

  #work(instance: Instance, job: string, element: string): void {
    const { worker } = this.options;
    const wait = instance.state.waits[job];
    if (!worker || !wait) return;
    const variables = visible(instance.state, wait.token);
    const extensions = instance.definition.model.elements[element]?.extensions ?? {};
    try {
      const result = worker({ instance: instance.id, job, element, extensions, variables });
      if (result && instance.state.waits[job]) this.#send(instance, { type: "complete-job", job, variables: result });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof BpmnError)
        this.#send(instance, { type: "throw", wait: job, kind: error.kind, code: error.code, message });
      else this.#send(instance, { type: "fail-job", job, message });
    }
  }

  #call(instance: Instance, effect: Effect & { type: "call-process" }): void {
    const { call, process, version, businessKey, idVariable, variables } = effect;
    try {
      if (this.#depth(instance) >= MAX_DEPTH) throw new Error(`More than ${MAX_DEPTH} processes call each other`);
      const definition = this.#definition(version === undefined ? process : `${process}:${version}`);
      const id = this.#start(
        definition,
        { variables, ...(businessKey === undefined ? {} : { businessKey }) },
        { instance: instance.id, call },
      );
      if (idVariable !== undefined) this.#send(instance, { type: "set-variables", variables: { [idVariable]: id } });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#send(instance, { type: "throw", wait: call, kind: "error", message });
    }
  }

  #ended(instance: Instance, command: Command): void {
    const { state, parent } = instance;
    if (state.status === "active" || instance.endedAt !== undefined) return;
    instance.endedAt = this.now;
    if (command.type === "cancel") instance.reason = command.reason;
    if (!parent || state.status === "cancelled") return;
    if (state.status === "completed")
      this.#toParent(instance, { type: "complete-call", call: parent.call, variables: state.variables });
    else
      this.#toParent(instance, {
        type: "throw",
        wait: parent.call,
        kind: "error",
        ...state.error,
        variables: state.variables,
      });
  }

  #toParent(instance: Instance, command: Command): void {
    const parent = instance.parent && this.instances.get(instance.parent.instance);
    if (!parent || parent.state.status !== "active" || !parent.state.waits[instance.parent?.call ?? ""]) return;
    this.#send(parent, command);
  }

  #cancel(instance: Instance, reason: string): void {
    if (instance.state.status === "active") this.#send(instance, { type: "cancel", reason });
  }

  #depth({ parent }: Instance): number {
    const caller = parent && this.instances.get(parent.instance);
    return caller ? this.#depth(caller) + 1 : 0;
  }

  #terminate(instance: Instance): void {
    this.#cancel(instance, "A called process terminated everything");
    const caller = instance.parent && this.instances.get(instance.parent.instance);
    if (caller) this.#terminate(caller);
  }

  #children(instance: string, call: string): Instance[] {
    return [...this.instances.values()].filter(({ parent }) => parent?.instance === instance && parent.call === call);
  }

  #message(name: string, options: StartOptions & { instance?: string; correlation?: unknown }): string | undefined {
    for (const instance of this.instances.values()) {
      if (instance.state.status !== "active" || (options.instance ?? instance.id) !== instance.id) continue;
      if (options.businessKey !== undefined && options.businessKey !== instance.businessKey) continue;
      const found = waitsOf(instance.state).find(
        (wait) => wait.kind === "message" && wait.name === name && same(wait.correlation, options.correlation),
      );
      if (!found) continue;
      this.#send(instance, { type: "message", wait: found.id, variables: options.variables ?? {} });
      return instance.id;
    }
    if (options.instance !== undefined) return undefined;
    for (const definition of this.#newest()) {
      const start = startPoints(definition.model).find(({ event }) => event.kind === "message" && event.name === name);
      if (start) return this.#start(definition, { ...options, startEvent: start.element });
    }
    return undefined;
  }

  #signal(name: string, variables: Variables, only?: string, businessKey?: string): void {
    const all = [...this.instances.values()].filter(
      ({ id, state }) => state.status === "active" && (only ?? id) === id,
    );
    for (const instance of all) {
      if (waitsOf(instance.state).some((wait) => wait.kind === "signal" && wait.name === name))
        this.#send(instance, { type: "signal", name, variables });
    }
    if (only !== undefined) return;
    for (const definition of this.#newest())
      for (const { event, element } of startPoints(definition.model))
        if (event.kind === "signal" && event.name === name)
          this.#start(definition, {
            variables,
            startEvent: element,
            ...(businessKey === undefined ? {} : { businessKey }),
          });
  }

  #newest(): Definition[] {
    return [...this.definitions.values()].map((versions) => versions.at(-1)).filter((found) => found !== undefined);
  }

  #fire(due: Due): void {
    if ("start" in due) {
      this.#start(due.start.definition, { startEvent: due.start.element });
      return;
    }
    const instance = this.instances.get(due.instance);
    if (instance?.state.waits[due.timer] && !instance.state.suspended)
      this.#send(instance, { type: "fire-timer", timer: due.timer });
  }

  /** Does something and then everything that follows from it. */
  #do<T>(work: () => T): T {
    if (this.#working) return work();
    this.#working = true;
    try {
      const result = work();
      this.#drain();
      return result;
    } finally {
      this.#working = false;
    }
  }

  #drain(): void {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) next();
  }
}

function same(expected: unknown, given: unknown): boolean {
  return expected === undefined || JSON.stringify(expected) === JSON.stringify(given);
}
