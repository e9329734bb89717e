import { isJinshuiError, JinshuiError, type TrialAct, type TrialScript } from "@jinshui/contracts";
import {
  type Command,
  type DecideOptions,
  decide,
  type EngineEvent,
  type InstanceState,
  isEngineError,
  type Wait,
  waitsOf,
} from "@jinshui/engine";
import { actionsOf } from "../definition/actions.js";
import type { Definition } from "../definition/definitions.js";
import { checkForm } from "../definition/form-check.js";
import { plainStart } from "../definition/plain-start.js";
import { stepName } from "../runtime/instance.js";
import type { Applicant } from "../runtime/task-rows.js";

/** Service tasks that pass through by themselves after one act, before it is taken for an endless loop. */
const MAX_PASSED = 1_000;
const KINDS: readonly string[] = ["task", "job", "timer", "message", "signal", "call"] satisfies TrialAct["kind"][];

/** For whom and when a trial is gone through: with the same it gives the same. */
export interface TrialSetting {
  applicant: Applicant;
  /** ISO instant of its start; a timer that is let pass moves the time on. */
  at: string;
  options: DecideOptions;
}

/**
 * A process gone through by the engine that runs matters, with the same checks of forms and actions, and without a matter: nothing is
 * written, nobody is told, no plugin is asked. A job does nothing, a call comes back with nothing.
 */
export class TrialRun {
  state: InstanceState | undefined;
  readonly passed = new Set<string>();
  readonly ends: string[] = [];
  #now: string;

  constructor(
    readonly definition: Definition,
    readonly setting: TrialSetting,
  ) {
    this.#now = setting.at;
  }

  /** @throws JinshuiError `invalid-form`, `invalid-request` for a process that nobody starts by hand. */
  start(sent: TrialScript["start"]): void {
    const { definition, setting } = this;
    const startEvent = plainStart(definition.model);
    if (startEvent === undefined)
      throw new JinshuiError("invalid-request", `${definition.key} is started by nobody`, {
        details: { process: definition.key },
      });
    const form = this.formOf(startEvent);
    const values = checkForm({ form, values: sent, present: {}, step: startEvent, isStart: true, complete: true });
    const variables = { ...values, applicant: setting.applicant, number: "TRIAL", steps: {} };
    this.#run({ type: "start", variables, startEvent });
  }

  /** What it waits for, in the order in which it came to it. */
  waits(): Wait[] {
    return waitsOf(this.state).filter(({ kind }) => kind !== "join");
  }

  /** Names of what it waits for, or of the ends that it has reached, sorted: what is compared between versions. */
  standing(): string[] {
    const ended = this.state?.status !== "active";
    return (ended ? this.ends : this.waits().map(({ element }) => element))
      .map((element) => stepName(this.definition, element))
      .sort();
  }

  formOf(element: string): Definition["forms"][number] | undefined {
    const { forms, model } = this.definition;
    return forms.find(({ id }) => id === model.elements[element]?.extensions["form"]);
  }

  /** @throws JinshuiError `invalid-form`, `not-found` where nothing of the kind waits there, `invalid-request` for an action it lacks. */
  act(act: TrialAct): void {
    const wait = this.#waitFor(act);
    if (act.kind === "timer" && wait.dueAt !== undefined && wait.dueAt > this.#now) this.#now = wait.dueAt;
    this.#run(this.#commandFor(act, wait));
  }

  #waitFor({ kind, element, step }: TrialAct): Wait {
    const alike = this.waits().filter((wait) => wait.kind === kind);
    const found =
      alike.find((wait) => wait.element === element) ??
      alike.find((wait) => step !== undefined && stepName(this.definition, wait.element) === step);
    if (found) return found;
    throw new JinshuiError("not-found", `Nothing of the trial waits at ${element}`, { details: { element } });
  }

  #commandFor(act: TrialAct, wait: Wait): Command {
    switch (act.kind) {
      case "task":
        return { type: "complete-task", task: wait.id, variables: this.#finish(act, wait.element) };
      case "job":
        return { type: "complete-job", job: wait.id, variables: {} };
      case "timer":
        return { type: "fire-timer", timer: wait.id };
      case "message":
        return { type: "message", wait: wait.id, variables: {} };
      case "signal":
        return { type: "signal", wait: wait.id, variables: {} };
      case "call":
        return { type: "complete-call", call: wait.id, variables: {} };
    }
  }

  /** What finishing a step sets, checked as a real one is. */
  #finish({ action, opinion = "", values = {}, by }: TrialAct, element: string): Record<string, unknown> {
    const present = this.state?.variables ?? {};
    const extensions = this.definition.model.elements[element]?.extensions ?? {};
    const known = actionsOf(extensions).find(({ id }) => id === action);
    if (!known)
      throw new JinshuiError("invalid-request", `"${action ?? ""}" is no action of ${element}`, {
        details: { action },
      });
    if (known.opinion === "required" && opinion.trim() === "")
      throw new JinshuiError("invalid-form", `${known.id} needs an opinion`, {
        details: { problems: [{ key: "opinion", label: "意见", code: "required" }] },
      });
    const kept = checkForm({
      form: this.formOf(element),
      values,
      present,
      step: element,
      isStart: false,
      complete: known.checksForm,
    });
    const result = { action: known.id, opinion: opinion.trim(), by: by ?? this.setting.applicant, at: this.#now };
    const votes = extensions["signers"] === undefined ? {} : { votes: [result] };
    return { ...kept, steps: { ...(present["steps"] as object), [element]: { ...result, ...votes } } };
  }

  #run(command: Command): void {
    const queue: Command[] = [command];
    for (let count = 0; queue.length > 0; count += 1) {
      const next = queue.shift();
      if (!next || (count > 0 && "job" in next && this.state?.waits[next.job] === undefined)) continue;
      if (count > MAX_PASSED)
        throw new JinshuiError("invalid-request", `More than ${MAX_PASSED} steps without a wait`, { details: {} });
      const { state, events, effects } = this.#decided(next);
      this.state = state;
      for (const event of events) this.#note(event);
      for (const effect of effects)
        if (
          effect.type === "create-job" &&
          this.definition.model.elements[effect.element]?.extensions["job"] === undefined
        )
          queue.push({ type: "complete-job", job: effect.job, variables: {} });
    }
  }

  #decided(command: Command): ReturnType<typeof decide> {
    try {
      return decide(this.definition.model, this.state, command, this.#now, this.setting.options);
    } catch (error) {
      if (isEngineError(error)) throw new JinshuiError("invalid-request", error.message, { cause: error });
      throw error;
    }
  }

  #note(event: EngineEvent): void {
    if (event.type === "token-moved" && event.flow !== undefined) this.passed.add(event.flow);
    if (event.type !== "element-left") return;
    this.passed.add(event.element);
    if (this.definition.model.elements[event.element]?.type === "endEvent") this.ends.push(event.element);
  }
}

/** Whether people can go on from a wait by themselves. */
export function isActKind(kind: string): kind is TrialAct["kind"] {
  return KINDS.includes(kind);
}

/** Fields that a form did not take, by their names; nothing where it was something else. */
export function refusedFields(error: unknown): string[] | undefined {
  if (!isJinshuiError(error) || error.code !== "invalid-form") return undefined;
  const problems = (error.details?.["problems"] ?? []) as { label: string }[];
  return problems.map(({ label }) => label);
}
