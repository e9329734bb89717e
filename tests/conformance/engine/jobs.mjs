import { dueOf, nextOf, parseUel, startPoints } from "@jinshui/engine";
import { isFault } from "./values.mjs";

const ROUNDS = 60;

/** Timers and continuations as jobs: nothing of them runs until it is told. */
export class Jobs {
  moved = new Set();
  retries = new Map();
  errors = new Map();
  #starts = [];
  #next = 1;

  constructor(host) {
    this.host = host;
  }

  /** Timer starts of a definition replace those of its earlier version. */
  watch(definition) {
    this.#starts = this.#starts.filter(({ definition: { key } }) => key !== definition.key);
    for (const { event, element } of startPoints(definition.model)) {
      const source = event.timer?.expression;
      const text = source && this.#text(source);
      const due = text && dueOf(this.host.now, event.timer.kind, text);
      if (due) this.#starts.push({ id: `js${this.#next++}`, definition, element, ...due });
    }
  }

  #text(source) {
    const nothing = { state: { variables: {}, tokens: {}, scopes: {} }, id: "" };
    return String(this.host.record.evaluate(source, nothing) ?? "");
  }

  forget(definitions) {
    this.#starts = this.#starts.filter(({ definition }) => !definitions.includes(definition));
  }

  rows() {
    const { host } = this;
    const rows = this.#starts.map((start) => ({
      ...this.#row(start.id, start.definition, start.element),
      dueDate: new Date(start.at),
      duedate: new Date(start.at),
      timer: true,
      start,
      handlerType: host.flowable ? "trigger-timer" : "timer-start-event",
      suspended: host.suspendedDefinitions.has(start.definition.id),
    }));
    for (const instance of host.runner.instances.values()) {
      if (instance.state.status !== "active") continue;
      for (const wait of Object.values(instance.state.waits)) {
        if (wait.kind !== "timer" && wait.kind !== "async") continue;
        const timer = wait.kind === "timer";
        const id = `j-${instance.id}-${wait.id}`;
        const due = timer ? new Date(wait.dueAt) : null;
        rows.push({
          ...this.#row(id, instance.definition, wait.element, instance.state.variables),
          processInstanceId: instance.id,
          rootProcessInstanceId: instance.id,
          executionId: host.executionOf(instance, wait.token),
          dueDate: due,
          duedate: due,
          timer,
          wait,
          instance,
          handlerType: this.#handler(wait, instance),
          exclusive: instance.definition.model.elements[wait.element]?.vendor?.exclusive !== "false",
          suspended: instance.state.suspended === true,
        });
      }
    }
    return rows;
  }

  #handler(wait, instance) {
    if (wait.kind === "async")
      return this.host.flowable && wait.phase === "after" ? "async-leave" : "async-continuation";
    if (this.host.flowable) return "trigger-timer";
    const type = instance.definition.model.elements[wait.element]?.type;
    if (type === "boundaryEvent" || type === "eventSubProcess") return "timer-transition";
    return "timer-intermediate-transition";
  }

  #row(id, definition, element, variables = {}) {
    return {
      rowKey: id,
      id,
      elementId: element,
      elementName: definition.model.elements[element]?.name ?? null,
      activityId: element,
      category: categoryOf(definition.model.elements[element], variables),
      processDefinitionId: definition.id,
      processDefinitionKey: definition.key,
      deploymentId: definition.deployment,
      jobDefinitionId: `${definition.id}-${element}`,
      processInstanceId: null,
      executionId: null,
      retries: this.retries.get(id) ?? 3,
      exceptionMessage: this.errors.get(id) ?? null,
      exclusive: true,
      priority: Number(definition.model.elements[element]?.vendor?.jobPriority ?? 0),
      tenantId: this.host.noTenant,
      createTime: new Date(this.host.now),
    };
  }

  find(id) {
    const row = this.rows().find((job) => job.id === id);
    if (!row) throw new Error(`no job ${id}`);
    return row;
  }

  /** Runs one job; when it fails, it has a retry less. */
  execute(id) {
    const row = this.find(id);
    try {
      this.host.transaction(() => this.#run(row));
    } catch (error) {
      if (isFault(error)) throw error;
      this.retries.set(id, row.retries - 1);
      this.errors.set(id, error.message);
      throw error;
    }
  }

  #run(row) {
    if (row.start) {
      const { start } = row;
      this.#starts = this.#starts.filter((other) => other !== start);
      const next = start.cycle === undefined ? undefined : nextOf(start.at, start.cycle, start.repeat ?? 0);
      if (next) this.#starts.push({ ...start, id: `js${this.#next++}`, ...next });
      this.host.runner.start(start.definition.id, { startEvent: start.element });
      return;
    }
    const { wait, instance } = row;
    this.moved.delete(row.id);
    this.host.continuing = wait.kind === "async";
    try {
      this.host.send(
        instance,
        wait.kind === "timer" ? { type: "fire-timer", timer: wait.id } : { type: "continue", wait: wait.id },
      );
    } finally {
      this.host.continuing = false;
    }
  }

  /** Jobs due now, again until there are none. */
  runDue() {
    this.#drain(({ dueDate }) => dueDate === null || dueDate <= new Date(this.host.now));
  }

  runAll() {
    this.#drain(() => true);
  }

  #drain(takes) {
    for (let round = 0; round < ROUNDS; round += 1) {
      const ready = this.rows().filter((row) => !row.suspended && row.retries > 0 && takes(row));
      if (ready.length === 0) return;
      for (const { id } of ready.toSorted((a, b) => (a.dueDate ?? 0) - (b.dueDate ?? 0))) {
        this.host.tick();
        if (!this.rows().some((row) => row.id === id)) continue;
        try {
          this.execute(id);
        } catch (error) {
          if (isFault(error)) throw error;
        }
      }
    }
  }
}

function categoryOf(element, variables) {
  const text = element?.vendor?.jobCategory;
  if (text === undefined) return null;
  return parseUel(text).evaluate({ get: (name) => variables[name], has: (name) => name in variables });
}
