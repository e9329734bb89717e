import { dueOf, nextOf, startPoints } from "@jinshui/engine";
import { instant } from "./values.mjs";

const MOST = 500;

/** Timers, continuations and start timers as jobs. */
export class Jobs {
  #starts = [];
  #moved = new Set();
  #changes = new Map();

  constructor(world) {
    this.world = world;
  }

  /** Watches the start timers of a definition instead of those of its earlier version. */
  define(definition) {
    this.#starts = this.#starts.filter(({ key }) => key !== definition.key);
    for (const { event, element } of startPoints(definition.model)) {
      const due = event.timer && dueOf(this.world.runner.now, event.timer.kind, event.timer.expression);
      if (due) this.#starts.push({ definition: definition.id, key: definition.key, element, ...due });
    }
  }

  drop(definition) {
    this.#starts = this.#starts.filter((start) => start.definition !== definition);
  }

  rows() {
    const { world } = this;
    const waits = world.active().flatMap((instance) =>
      Object.values(instance.state.waits)
        .filter(({ kind }) => kind === "timer" || kind === "async" || kind === "job" || kind === "incident")
        .map((wait) => this.#wait(instance, wait)),
    );
    const starts = this.#starts.map((start) => ({
      ...this.#base(`start.${start.definition}.${start.element}`, "timer", start.at),
      handlerType: "timer-start-event",
      jobHandlerType: "timer-start-event",
      processInstanceId: null,
      executionId: null,
      processDefinitionId: start.definition,
      processDefinitionKey: start.key,
      activityId: start.element,
      elementId: start.element,
      start,
    }));
    return [...waits, ...starts];
  }

  #base(id, kind, at) {
    const dueDate = at === undefined ? null : new Date(at);
    return {
      id,
      kind,
      duedate: dueDate,
      dueDate,
      retries: 3,
      exceptionMessage: null,
      category: null,
      suspended: false,
      exclusive: true,
      tenantId: this.world.flowable ? "" : null,
      priority: 0,
      jobType: kind === "timer" ? "timer" : "message",
      jobDefinitionId: null,
      moved: this.#moved.has(id),
      executable: dueDate === null || dueDate <= this.world.date(),
      ...this.#changes.get(id),
    };
  }

  #wait(instance, wait) {
    const model = instance.definition.model.elements[wait.element];
    const name =
      wait.kind === "timer" ? "trigger-timer" : wait.phase === "after" ? "async-leave" : "async-continuation";
    const base = this.#base(`${instance.id}.w.${wait.id}`, wait.kind, wait.dueAt);
    const flag = model?.vendor?.exclusive ?? model?.extensions?.exclusive;
    return {
      ...base,
      handlerType: name,
      jobHandlerType: name,
      exclusive: flag !== "false",
      processInstanceId: instance.id,
      rootProcessInstanceId: instance.id,
      executionId: wait.token === undefined ? instance.id : `${instance.id}.${wait.token}`,
      processDefinitionId: instance.definition.id,
      processDefinitionKey: instance.definition.key,
      activityId: wait.element,
      elementId: wait.element,
      elementName: model?.name ?? null,
      suspended: instance.state.suspended === true,
      exceptionMessage: wait.message ?? null,
      retries: wait.kind === "incident" ? 0 : (base.retries ?? 3),
      instance: instance.id,
      wait: wait.id,
    };
  }

  find(id) {
    const found = this.rows().find((row) => row.id === id);
    if (!found) throw new Error(`No job ${id}`);
    return found;
  }

  change(id, parts) {
    this.find(id);
    this.#changes.set(id, { ...this.#changes.get(id), ...parts });
  }

  move(id) {
    this.find(id);
    this.#moved.add(id);
    return this.find(id);
  }

  remove(id) {
    const row = this.find(id);
    if (row.start) this.#starts = this.#starts.filter((start) => start !== row.start);
    else throw new Error(`Job ${id} can't be deleted here`);
  }

  execute(id) {
    const row = this.find(id);
    this.#moved.delete(id);
    this.#changes.delete(id);
    if (row.start) this.#begin(row.start);
    else if (row.kind === "timer") this.world.send(row.instance, { type: "fire-timer", timer: row.wait });
    else if (row.kind === "async") this.world.send(row.instance, { type: "continue", wait: row.wait });
    else if (row.kind === "incident") this.world.send(row.instance, { type: "retry", incident: row.wait });
    else throw new Error(`Nobody does the job of ${row.activityId}`);
  }

  #begin(start) {
    this.#starts = this.#starts.filter((other) => other !== start);
    const next = start.cycle === undefined ? undefined : nextOf(start.at, start.cycle, start.repeat ?? 0);
    if (next) this.#starts.push({ ...start, ...next });
    this.world.start(start.definition, { startEvent: start.element });
  }

  /** Does what is due until nothing is, the earliest first. */
  runDue() {
    this.#run((row) => row.executable);
  }

  /** Does everything, timers in the order of their time. */
  runAll() {
    this.#run(() => true);
  }

  #run(wanted) {
    const failed = new Set();
    for (let count = 0; count < MOST; count += 1) {
      const [row] = this.rows()
        .filter(({ id, kind, suspended }) => (kind === "timer" || kind === "async") && !suspended && !failed.has(id))
        .filter(wanted)
        .sort((a, b) => (instant(a.dueDate ?? 0) ?? 0) - (instant(b.dueDate ?? 0) ?? 0));
      if (!row) return;
      try {
        this.execute(row.id);
      } catch {
        failed.add(row.id);
      }
    }
  }
}
