import { type ActorRef, type HistoryEntry, JinshuiError } from "@jinshui/contracts";
import { type Command, type InstanceState } from "@jinshui/engine";
import { type Actor, type Database, newId, type Row, type Transaction } from "@jinshui/storage";
import { actionTitle, actionsOf } from "../definition/actions.js";
import { type Definition, type Definitions } from "../definition/definitions.js";
import { checkForm } from "../definition/form-check.js";
import type { Assignment } from "./assignment.js";
import { addHistory, announce, type CommandContext, type LoadedInstance, stepName } from "./instance.js";
import { runCommand } from "./instance-run.js";
import { later, MAX_ATTEMPTS, RESEND_MS, retryAt, sendJob } from "./job-rows.js";
import { type Applicant, clearInbox } from "./task-rows.js";
import { requireTask } from "./task-state.js";
import { titleOf } from "./title.js";

/** Who asks for a write, and the key that makes it safe to repeat. */
export interface Request {
  actor: Actor;
  trace: string;
}

/** Runs instances durably: every command is one transaction. */
export class Runtime {
  constructor(
    readonly database: Database,
    readonly definitions: Definitions,
    readonly assignment: Assignment,
  ) {}

  /** Starts a matter with what its start form holds; returns the instance's id. */
  async start(
    tx: Transaction,
    { actor, trace }: Request,
    definition: Definition,
    values: Record<string, unknown>,
  ): Promise<string> {
    const [startEvent = ""] = definition.model.starts[""] ?? [];
    const form = definition.forms.find(({ id }) => id === definition.model.elements[startEvent]?.extensions["form"]);
    checkForm({ form, values, present: {}, step: startEvent, isStart: true, complete: true });
    const number = await this.#number(tx, actor.bureau);
    const applicant: Applicant = {
      id: actor.id,
      name: actor.name,
      bureau: actor.bureau,
      department: actor.department,
      departmentTitle: actor.departmentTitle,
    };
    const variables = { ...values, applicant, number, steps: {} };
    const id = newId();
    const row: Row = {
      id,
      bureau: actor.bureau,
      number,
      title: titleOf(definition, variables),
      definition: definition.id,
      version: 0,
      status: "active",
      state: {},
      steps: [],
      applicant: refOf(actor),
      applicant_id: actor.id,
      started_at: tx.time,
    };
    await tx.insert("wf_instance", row);
    await addHistory(tx, id, {
      at: tx.time,
      type: "started",
      by: refOf(actor),
      element: startEvent,
      step: stepName(definition, startEvent),
    });
    tx.audit({
      bureau: actor.bureau,
      actor: refOf(actor),
      action: "start",
      resource: `instance/${id}`,
      after: { number, definition: definition.key, values },
      trace,
    });
    await runCommand(
      this.#context(tx, trace, refOf(actor)),
      { row, definition, state: undefined },
      { type: "start", variables },
    );
    return id;
  }

  /** Takes a task for oneself, or gives it back. */
  async assign(tx: Transaction, { actor, trace }: Request, id: string, version: number, take: boolean): Promise<void> {
    const task = await requireTask(tx, actor, id, version, { assignedToOther: take });
    if (!take && (task["assignee"] as ActorRef | undefined)?.id !== actor.id)
      throw new JinshuiError("forbidden", "Only who has claimed a task can release it");
    await tx.update("wf_task", { id }, { assignee: take ? refOf(actor) : null, version: version + 1 });
    await tx.update("wf_candidate", { task: id, person: { ne: actor.id } }, { visible: !take });
    if (take) await tx.remove("wf_notice", { task: id, person: { ne: actor.id } });
    const instance = await this.#load(tx, String(task["instance"]));
    const users = (await tx.find("wf_candidate", { where: { task: id } })).map((row) => row["person"]);
    if (take)
      await addHistory(tx, String(task["instance"]), {
        at: tx.time,
        type: "task-claimed",
        by: refOf(actor),
        element: String(task["element"]),
        step: String(task["step"]),
      });
    tx.audit({
      bureau: actor.bureau,
      actor: refOf(actor),
      action: take ? "claim" : "release",
      resource: `task/${id}`,
      trace,
    });
    announce(tx, instance, take ? "task-claimed" : "task-released", { task: id, step: task["step"], users });
  }

  /** Finishes a task with an action, an opinion and what the form holds. */
  async complete(
    tx: Transaction,
    { actor, trace }: Request,
    input: { id: string; version: number; action: string; opinion?: string; values: Record<string, unknown> },
  ): Promise<void> {
    const task = await requireTask(tx, actor, input.id, input.version, { assignedToOther: true });
    const instance = await this.#load(tx, String(task["instance"]));
    const { definition, state } = instance;
    const element = definition.model.elements[String(task["element"])];
    if (!element || !state) throw new JinshuiError("internal", `task ${input.id} has no element`);
    const action = actionsOf(element.extensions).find(({ id }) => id === input.action);
    if (!action)
      throw new JinshuiError("invalid-request", `"${input.action}" is no action of ${element.id}`, {
        details: { action: input.action },
      });
    const opinion = input.opinion?.trim() ?? "";
    if (action.opinion === "required" && opinion === "")
      throw new JinshuiError("invalid-form", `${action.id} needs an opinion`, {
        details: { problems: [{ key: "opinion", label: "意见", code: "required" }] },
      });
    const form = definition.forms.find(({ id }) => id === element.extensions["form"]);
    checkForm({
      form,
      values: input.values,
      present: state.variables,
      step: element.id,
      isStart: false,
      complete: action.checksForm,
    });

    const by = refOf(actor);
    const done = { action: action.id, opinion, by, at: tx.time };
    const variables = { ...input.values, steps: { ...(state.variables["steps"] as object), [element.id]: done } };
    const context = this.#context(tx, trace, by);
    await tx.update(
      "wf_task",
      { id: input.id },
      {
        state: "completed",
        version: input.version + 1,
        assignee: by,
        completed_at: tx.time,
        completed_by: actor.id,
        action: action.id,
      },
    );
    const users = await clearInbox(context, input.id);
    const held = actor.positions.find(({ id }) => id === element.extensions["position"]);
    await addHistory(tx, String(instance.row["id"]), {
      at: tx.time,
      type: "task-completed",
      by,
      element: element.id,
      step: String(task["step"]),
      action: action.id,
      actionTitle: actionTitle(action.id),
      opinion,
      ...(held ? { position: this.assignment.organisation.positionTitle(held.id) } : {}),
      changes: changesOf(form, state.variables, input.values),
    });
    tx.audit({
      bureau: actor.bureau,
      actor: by,
      action: `task-${action.id}`,
      resource: `task/${input.id}`,
      after: { opinion, values: input.values },
      trace,
    });
    announce(tx, instance, "task-completed", { task: input.id, step: task["step"], action: action.id, users });
    await runCommand(context, instance, { type: "complete-task", task: String(task["engine_task"]), variables });
  }

  /** A plugin's report on a job of its own; the second report of the same job changes nothing. */
  async completeJob(
    tx: Transaction,
    plugin: string,
    bureau: string,
    id: string,
    variables: Record<string, unknown>,
    trace: string,
  ): Promise<void> {
    const job = await this.#job(tx, plugin, bureau, id);
    if (job["state"] !== "open") return;
    const instance = await this.#load(tx, String(job["instance"]));
    await tx.update("wf_job", { id }, { state: "done", next_at: null });
    await addHistory(tx, String(job["instance"]), {
      at: tx.time,
      type: "job-completed",
      by: { id: `plugin:${plugin}`, name: plugin },
      element: String(job["element"]),
      step: stepName(instance.definition, String(job["element"])),
    });
    await runCommand(this.#context(tx, trace), instance, {
      type: "complete-job",
      job: String(job["engine_job"]),
      variables,
    });
  }

  async failJob(
    tx: Transaction,
    plugin: string,
    bureau: string,
    id: string,
    failure: { message: string; retryable: boolean },
    trace: string,
  ): Promise<void> {
    const job = await this.#job(tx, plugin, bureau, id);
    if (job["state"] !== "open") return;
    const attempt = Number(job["attempt"]);
    if (failure.retryable && attempt < MAX_ATTEMPTS) {
      await tx.update("wf_job", { id }, { attempt: attempt + 1, next_at: retryAt(tx.time, attempt) });
      return;
    }
    await tx.update("wf_job", { id }, { state: "failed", next_at: null });
    await runCommand(this.#context(tx, trace), await this.#load(tx, String(job["instance"])), {
      type: "fail-job",
      job: String(job["engine_job"]),
      message: failure.message,
    });
  }

  /** Runs an element with an incident again. */
  async retry(tx: Transaction, { actor, trace }: Request, id: string, element: string): Promise<void> {
    const instance = await this.#load(tx, id, actor.bureau);
    const token = instance.state?.tokens.find(
      (candidate) => candidate.element === element && candidate.wait?.kind === "incident",
    );
    if (!token?.wait) throw new JinshuiError("not-found", `Instance ${id} has no incident at ${element}`);
    await addHistory(tx, id, {
      at: tx.time,
      type: "incident-resolved",
      by: refOf(actor),
      element,
      step: stepName(instance.definition, element),
    });
    tx.audit({
      bureau: actor.bureau,
      actor: refOf(actor),
      action: "retry",
      resource: `instance/${id}`,
      after: { element },
      trace,
    });
    await runCommand(this.#context(tx, trace, refOf(actor)), instance, { type: "retry", incident: token.wait.id });
  }

  async fireTimer(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const timer = await tx.findOne("wf_timer", { id });
      if (!timer) return;
      const instance = await this.#load(tx, String(timer["instance"]));
      if ((await tx.remove("wf_timer", { id })) !== 1) return;
      await addHistory(tx, String(timer["instance"]), {
        at: tx.time,
        type: "timer-fired",
        element: String(timer["element"]),
        step: stepName(instance.definition, String(timer["element"])),
      });
      await runCommand(this.#context(tx, ""), instance, {
        type: "fire-timer",
        timer: String(timer["engine_timer"]),
      } satisfies Command);
    });
  }

  async resendJob(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const job = await tx.findOneForUpdate("wf_job", { id });
      if (job?.["state"] !== "open") return;
      await tx.update("wf_job", { id }, { next_at: later(tx.time, RESEND_MS) });
      sendJob(tx, job, await this.#load(tx, String(job["instance"])));
    });
  }

  #context(tx: Transaction, trace: string, actor?: ActorRef): CommandContext {
    return { tx, trace, assignment: this.assignment, ...(actor ? { actor } : {}) };
  }

  /** Loads an instance and locks it to the end of the transaction. */
  async #load(tx: Transaction, id: string, bureau?: string): Promise<LoadedInstance> {
    const row = await tx.findOneForUpdate("wf_instance", { id, ...(bureau === undefined ? {} : { bureau }) });
    if (!row) throw new JinshuiError("not-found", `There is no instance ${id}`, { details: { instance: id } });
    return {
      row,
      definition: await this.definitions.get(String(row["definition"]), tx),
      state: row["state"] as InstanceState,
    };
  }

  async #job(tx: Transaction, plugin: string, bureau: string, id: string): Promise<Row> {
    const job = await tx.findOneForUpdate("wf_job", { id, plugin, bureau });
    if (!job) throw new JinshuiError("not-found", `${plugin} has no job ${id}`, { details: { job: id } });
    return job;
  }

  /** `20261123-000017`: the day, and a number that counts up in the bureau over the year. */
  async #number(tx: Transaction, bureau: string): Promise<string> {
    const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" })
      .format(new Date(tx.time))
      .replaceAll("-", "");
    const year = Number(day.slice(0, 4));
    const row = await tx.findOneForUpdate("wf_sequence", { bureau, year });
    const last = Number(row?.["last"] ?? 0) + 1;
    if (row) await tx.update("wf_sequence", { bureau, year }, { last });
    else await tx.insert("wf_sequence", { bureau, year, last });
    return `${day}-${String(last).padStart(6, "0")}`;
  }
}

function refOf({ id, name }: ActorRef): ActorRef {
  return { id, name };
}

function changesOf(
  form: Definition["forms"][number] | undefined,
  before: Record<string, unknown>,
  values: Record<string, unknown>,
): NonNullable<HistoryEntry["changes"]> {
  return Object.entries(values)
    .filter(([key, value]) => JSON.stringify(before[key] ?? null) !== JSON.stringify(value ?? null))
    .map(([key, value]) => ({
      key,
      label: form?.components.find((component) => component.key === key)?.label ?? key,
      before: before[key] ?? null,
      after: value ?? null,
    }));
}
