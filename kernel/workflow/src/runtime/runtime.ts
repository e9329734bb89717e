import { type ActorRef, type HistoryEntry, JinshuiError, type SignedContent } from "@jinshui/contracts";
import { type Command, waitsOf } from "@jinshui/engine";
import type { Signatures } from "@jinshui/signature";
import { type Actor, type Database, type Row, type Transaction } from "@jinshui/storage";
import { actionTitle } from "../definition/actions.js";
import { type Definition, type Definitions } from "../definition/definitions.js";
import { plainStart } from "../definition/plain-start.js";
import { checkForm } from "../definition/form-check.js";
import { advance } from "../office/advance.js";
import { keepApart } from "../office/separation.js";
import { signedContent } from "../signing/content.js";
import { type Agreement, signTask } from "../signing/sign-task.js";
import type { Deadlines } from "../calendar/deadlines.js";
import type { Assignment } from "./assignment.js";
import { actsFor, positionFor } from "./candidacy.js";
import { requireCancellable } from "./cancel.js";
import { checkCompletion, type Completion, type CompletionInput } from "./completion.js";
import { addHistory, announceTask, type CommandContext, type LoadedInstance, refOf, stepName } from "./instance.js";
import { type FormFiles, tieFormFiles } from "./form-files.js";
import { runCommand } from "./instance-run.js";
import { later } from "./later.js";
import { withOpinions } from "./opinions.js";
import { loadInstance, loadInstances } from "./load-instance.js";
import { lockTask } from "./lock-task.js";
import { startInstance } from "./start-instance.js";
import { clearInbox } from "./task-rows.js";

/** How often a timer of a suspended matter is looked at. */
const SUSPENDED_MS = 60_000;

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
    readonly signatures: Signatures,
    readonly deadlines: Deadlines,
    readonly files: FormFiles,
  ) {}

  /** Starts a matter with what its start form holds; returns the instance's id. */
  async start(
    tx: Transaction,
    { actor, trace }: Request,
    definition: Definition,
    sent: Record<string, unknown>,
  ): Promise<string> {
    const startEvent = plainStart(definition.model) ?? "";
    const form = definition.forms.find(({ id }) => id === definition.model.elements[startEvent]?.extensions["form"]);
    const values = checkForm({ form, values: sent, present: {}, step: startEvent, isStart: true, complete: true });
    const id = await startInstance(this.#context(tx, trace, refOf(actor)), definition, {
      applicant: {
        id: actor.id,
        name: actor.name,
        bureau: actor.bureau,
        department: actor.department,
        departmentTitle: actor.departmentTitle,
      },
      values: withOpinions(form, values, {}, { by: actor.name, step: startEvent, at: tx.time }),
      startEvent,
    });
    await tieFormFiles(tx, this.files, actor, { id, bureau: actor.bureau }, { form, values, present: {} });
    return id;
  }

  /** Takes a task for oneself, or gives it back. */
  async assign(tx: Transaction, { actor, trace }: Request, id: string, version: number, take: boolean): Promise<void> {
    const { task, instance } = await lockTask(tx, this.definitions, actor, id, version, { assignedToOther: take });
    if (!take && (task["assignee"] as ActorRef | undefined)?.id !== actor.id)
      throw new JinshuiError("forbidden", "Only who has claimed a task can release it");
    await tx.update("wf_task", { id }, { assignee: take ? refOf(actor) : null, version: version + 1 });
    await tx.update("wf_candidate", { task: id, person: { ne: actor.id } }, { visible: !take });
    if (take) await tx.remove("wf_notice", { task: id, person: { ne: actor.id } });
    const users = (await tx.find("wf_candidate", { where: { task: id } })).map((row) => row["person"]);
    if (take)
      await addHistory(tx, String(task["instance"]), {
        at: tx.time,
        type: "task-claimed",
        by: refOf(actor),
        ...actsFor(actor, task),
        element: String(task["element"]),
        step: String(task["step"]),
      });
    tx.audit({
      bureau: actor.bureau,
      actor: refOf(actor),
      ...actsFor(actor, task),
      action: take ? "claim" : "release",
      resource: `task/${id}`,
      trace,
    });
    announceTask(tx, instance, task, take ? "task-claimed" : "task-released", { users });
  }

  /** What somebody would sign who finished a task like this; nothing when it takes no signature. */
  async contentToSign(tx: Transaction, { actor }: Request, input: CompletionInput): Promise<SignedContent | undefined> {
    const { task, instance } = await lockTask(tx, this.definitions, actor, input.id, input.version, {
      assignedToOther: true,
    });
    const completion = checkCompletion(task, instance, input);
    return completion.signed ? this.#signedContent(actor, task, instance, completion) : undefined;
  }

  /** Finishes a task with an action, an opinion and what the form holds. */
  async complete(
    tx: Transaction,
    { actor, trace }: Request,
    input: CompletionInput & { signature?: Agreement },
  ): Promise<void> {
    const { task, instance } = await lockTask(tx, this.definitions, actor, input.id, input.version, {
      assignedToOther: true,
    });
    const completion = checkCompletion(task, instance, input);
    const { element, action, opinion, form, values } = completion;
    const before = instance.state?.variables ?? {};
    const matter = { id: String(instance.row["id"]), bureau: String(instance.row["bureau"]) };
    await tieFormFiles(tx, this.files, actor, matter, { form, values, present: before });
    const signature = completion.signed
      ? await signTask(
          tx,
          this.signatures,
          actor,
          this.#signedContent(actor, task, instance, completion),
          input.signature,
          Number(instance.row["version"]) + 1,
        )
      : undefined;
    const by = refOf(actor);
    const context = this.#context(tx, trace, by);
    const held = positionFor(actor, task);
    const finished: Row = {
      state: "completed",
      version: input.version + 1,
      assignee: by,
      completed_at: tx.time,
      completed_by: actor.id,
      completed_for: actsFor(actor, task).onBehalfOf?.id,
      action: action.id,
      done_in: held?.department ?? actor.department,
      opinion,
      seq: Number(instance.row["version"]) + 1,
    };
    await tx.update("wf_task", { id: input.id }, finished);
    const users = await clearInbox(context, input.id);
    await addHistory(tx, String(instance.row["id"]), {
      at: tx.time,
      type: "task-completed",
      by,
      ...actsFor(actor, task),
      element: element.id,
      step: String(task["step"]),
      task: input.id,
      action: action.id,
      actionTitle: actionTitle(action.id),
      opinion,
      ...(held ? { position: this.assignment.organisation.positionTitle(held.id) } : {}),
      changes: changesOf(form, before, values),
    });
    tx.audit({
      bureau: actor.bureau,
      actor: by,
      ...actsFor(actor, task),
      action: `task-${action.id}`,
      resource: `task/${input.id}`,
      after: { opinion, values, ...(signature === undefined ? {} : { signature }) },
      trace,
    });
    announceTask(tx, instance, task, "task-completed", { action: action.id, users });
    await keepApart(context, instance, { ...task, ...finished });
    await advance(
      { ...context, finished: { by, action: action.id } },
      instance,
      { ...task, ...finished },
      { element, values: withOpinions(form, values, before, { by: actor.name, step: element.id, at: tx.time }) },
    );
  }

  /** Runs an element with an incident again. */
  async retry(tx: Transaction, { actor, trace }: Request, id: string, element: string): Promise<void> {
    const instance = await loadInstance(tx, this.definitions, id, actor.bureau);
    const wait = waitsOf(instance.state).find(
      (candidate) => candidate.element === element && candidate.kind === "incident",
    );
    if (!wait) throw new JinshuiError("not-found", `Instance ${id} has no incident at ${element}`);
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
    await runCommand(this.#context(tx, trace, refOf(actor)), instance, { type: "retry", incident: wait.id });
  }

  /** Ends an instance before its time: its tasks, jobs and timers go, and it is archived as it stands. */
  async cancel(tx: Transaction, { actor, trace }: Request, id: string, reason: string): Promise<void> {
    const instance = await loadInstance(tx, this.definitions, id, actor.bureau);
    await requireCancellable(tx, actor, instance.row);
    tx.audit({
      bureau: actor.bureau,
      actor: refOf(actor),
      action: "cancel",
      resource: `instance/${id}`,
      after: { reason },
      trace,
    });
    await runCommand(this.#context(tx, trace, refOf(actor)), instance, { type: "cancel", reason: reason.trim() });
  }

  /**
   * Goes on where timers of different instances wait, in one transaction: all or none. One that is gone was fired before.
   * Many at a time cost a fraction of what each costs by itself.
   */
  async fireTimers(ids: readonly string[], guard?: (tx: Transaction) => Promise<void>): Promise<void> {
    await this.database.transaction(
      async (tx) => {
        await guard?.(tx);
        const found = await tx.find("wf_timer", { where: { id: { in: [...ids] } } });
        const instances = await loadInstances(
          tx,
          this.definitions,
          found.map(({ instance }) => String(instance)),
        );
        // whoever had an instance before may have taken its timer away
        const timers = await tx.findForUpdate("wf_timer", {
          where: { id: { in: [...ids] } },
          orderBy: ["due_at", "id"],
        });
        await tx.remove("wf_timer", { id: { in: timers.map(({ id }) => String(id)) } });
        for (const timer of timers) {
          const instance = instances.get(String(timer["instance"]));
          // of a matter that is suspended it waits until that goes on
          if (instance?.state?.suspended)
            await tx.insert("wf_timer", { ...timer, due_at: later(tx.time, SUSPENDED_MS) });
          else if (instance) await this.#fire(tx, timer, instance);
        }
      },
      { gathered: ids.length > 1 },
    );
  }

  async #fire(tx: Transaction, timer: Row, instance: LoadedInstance): Promise<void> {
    const element = String(timer["element"]);
    await addHistory(tx, String(timer["instance"]), {
      at: tx.time,
      type: "timer-fired",
      element,
      step: stepName(instance.definition, element),
    });
    await runCommand(this.#context(tx, ""), instance, {
      type: "fire-timer",
      timer: String(timer["engine_timer"]),
    } satisfies Command);
  }

  #signedContent(actor: Actor, task: Row, instance: LoadedInstance, completion: Completion): SignedContent {
    const { organisation } = this.assignment;
    return signedContent(actor, task, instance, completion, (id) => organisation.positionTitle(id)["zh-CN"]);
  }

  #context(tx: Transaction, trace: string, actor?: ActorRef): CommandContext {
    return { tx, trace, assignment: this.assignment, deadlines: this.deadlines, ...(actor ? { actor } : {}) };
  }
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
