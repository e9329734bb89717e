import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import {
  type Command,
  type DecideOptions,
  decide,
  type Effect,
  type EngineEvent,
  type InstanceState,
  isEngineError,
  type Wait,
  waitsOf,
} from "@jinshui/engine";
import { newId, type Row } from "@jinshui/storage";
import { afterWorkingDuration } from "../calendar/working-duration.js";
import type { Definition } from "../definition/definitions.js";
import { applyLinkEffect, dropSubscriptions, returnToCaller } from "../links/link-effects.js";
import { archive } from "./archive.js";
import { addHistory, announce, type CommandContext, type LoadedInstance, stepName } from "./instance.js";
import { createTask } from "../office/create-task.js";
import { cancelTask } from "./task-rows.js";
import { createJob } from "./job-rows.js";
import { titleOf } from "./title.js";

/** Who acts where no person does, in the audit chain. */
const KERNEL: ActorRef = { id: "workflow", name: "workflow" };

/** Service tasks that pass through by themselves in one command, before it is taken for an endless loop. */
const MAX_COMMANDS = 1_000;

/**
 * Puts a command through the engine and writes everything that follows into the transaction: the instance, its tasks, jobs
 * and timers, history, notices, events and audit. The caller holds the lock of the instance's row.
 */
export async function runCommand(
  context: CommandContext,
  instance: LoadedInstance,
  command: Command,
): Promise<LoadedInstance> {
  const { tx } = context;
  const { definition } = instance;
  const events: EngineEvent[] = [];
  const effects: Effect[] = [];
  const queue: Command[] = [command];
  const options = await optionsOf(context, instance);
  let { state } = instance;
  for (let count = 0; queue.length > 0; count += 1) {
    const next = queue.shift();
    // a step that passed through before this one may have ended its branch
    if (!next || (count > 0 && "job" in next && !waits(state, next.job))) continue;
    const decision = decided(definition, state, next, tx.time, options);
    state = decision.state;
    events.push(...decision.events);
    for (const effect of decision.effects) {
      // a service task that nobody is bound to passes through: models of other tools have many
      if (effect.type === "create-job" && definition.model.elements[effect.element]?.extensions["job"] === undefined)
        queue.push(
          count < MAX_COMMANDS
            ? { type: "complete-job", job: effect.job, variables: {} }
            : { type: "fail-job", job: effect.job, message: `More than ${MAX_COMMANDS} steps without a wait` },
        );
      else effects.push(effect);
    }
  }
  if (!state) throw new JinshuiError("internal", "a command left no state");
  const updated = await store(context, instance, state, events);
  for (const effect of effects) await applyEffect(context, updated, effect);
  await dropSubscriptions(context, updated, instance.state);
  await afterwards(context, updated, instance.state, events);
  return updated;
}

/** What the engine needs besides the model: whether a caller waits for the instance, and the bureau's calendar, where a timer of the process counts working time. */
async function optionsOf(
  { tx, deadlines }: CommandContext,
  { definition, row }: LoadedInstance,
): Promise<DecideOptions> {
  const counts = Object.values(definition.model.elements).some(({ events }) =>
    events?.some(({ timer }) => timer?.working === true),
  );
  const called = { called: typeof row["parent"] === "string" };
  if (!counts) return called;
  const calendar = await deadlines.calendars.of(String(row["bureau"]), tx);
  return { ...called, workingTime: (from, duration) => afterWorkingDuration(calendar, from, duration) };
}

function decided(
  definition: Definition,
  state: InstanceState | undefined,
  command: Command,
  now: string,
  options: DecideOptions,
): ReturnType<typeof decide> {
  try {
    return decide(definition.model, state, command, now, options);
  } catch (error) {
    if (isEngineError(error) && error.code === "suspended")
      throw new JinshuiError("suspended", "The matter is suspended by an administrator", { cause: error });
    if (isEngineError(error)) throw new JinshuiError("task-closed", error.message, { cause: error });
    throw error;
  }
}

async function store(
  { tx }: CommandContext,
  instance: LoadedInstance,
  state: InstanceState,
  events: EngineEvent[],
): Promise<LoadedInstance> {
  const { row, definition } = instance;
  const id = String(row["id"]);
  const version = Number(row["version"]) + 1;
  const waiting = waitsOf(state).filter(({ kind }) => kind !== "join");
  const changes: Row = {
    version,
    state,
    title: titleOf(definition, state.variables),
    status: state.status === "active" && waiting.some(({ kind }) => kind === "incident") ? "incident" : statusOf(state),
    steps: stepsOf(definition, waiting),
    ...(state.status === "active" ? {} : { ended_at: tx.time }),
  };
  const affected = await tx.update("wf_instance", { id, version: version - 1 }, changes);
  if (affected !== 1)
    throw new JinshuiError("unavailable", `Instance ${id} was changed at the same time`, { retryable: true });
  await tx.insert("wf_event", { instance: id, seq: version, at: tx.time, events });
  return { definition, state, row: { ...row, ...changes } };
}

/** A called matter that met an error is ended before its time, like one that somebody has ended. */
function statusOf({ status }: InstanceState): string {
  return status === "failed" ? "cancelled" : status;
}

/** Names of the steps that wait: not of what would interrupt them. */
function stepsOf({ model }: Definition, waiting: Wait[]): string[] {
  const steps = waiting
    .map(({ element }) => model.elements[element])
    .filter((element) => element !== undefined)
    .filter(({ type }) => type !== "boundaryEvent" && type !== "startEvent");
  return [...new Set(steps.map(({ id, name }) => name ?? id))];
}

async function applyEffect(context: CommandContext, instance: LoadedInstance, effect: Effect): Promise<void> {
  const { tx } = context;
  const id = String(instance.row["id"]);
  switch (effect.type) {
    case "create-task":
      if (waits(instance.state, effect.task)) await createTask(context, instance, effect.task, effect.element);
      break;
    case "cancel-task":
      await cancelTask(context, instance, effect.task);
      break;
    case "create-job":
      if (waits(instance.state, effect.job)) await createJob(context, instance, effect.job, effect.element);
      break;
    case "cancel-job":
      await tx.update("wf_job", { instance: id, engine_job: effect.job }, { state: "cancelled", next_at: null });
      break;
    case "schedule-timer":
      if (waits(instance.state, effect.timer))
        await tx.insert("wf_timer", {
          id: newId(),
          instance: id,
          engine_timer: effect.timer,
          element: effect.element,
          due_at: effect.dueAt,
        });
      break;
    case "cancel-timer":
      await tx.remove("wf_timer", { instance: id, engine_timer: effect.timer });
      break;
    default:
      await applyLinkEffect(context, instance, effect);
  }
}

/** Something created and cancelled within one command never existed for anybody else. */
function waits(state: InstanceState | undefined, wait: string): boolean {
  return state?.waits[wait] !== undefined;
}

async function afterwards(
  context: CommandContext,
  instance: LoadedInstance,
  before: InstanceState | undefined,
  events: EngineEvent[],
): Promise<void> {
  const { tx } = context;
  const id = String(instance.row["id"]);
  const known = new Set(Object.keys(before?.waits ?? {}));
  for (const wait of waitsOf(instance.state)) {
    if (wait.kind !== "incident" || known.has(wait.id)) continue;
    const { element } = wait;
    await addHistory(tx, id, {
      at: tx.time,
      type: "incident",
      element,
      step: stepName(instance.definition, element),
      ...(wait.code === undefined ? {} : { code: wait.code }),
      message: wait.message ?? "",
    });
    await notify(
      context,
      instance,
      "incident",
      await context.assignment.administrators(tx, String(instance.row["bureau"])),
    );
  }
  const ended = events.find(
    ({ type }) => type === "instance-completed" || type === "instance-cancelled" || type === "instance-failed",
  );
  if (!ended) return;
  await returnToCaller(context, instance);
  const cancelled = ended.type !== "instance-completed";
  await addHistory(tx, id, {
    at: tx.time,
    type: cancelled ? "cancelled" : "completed",
    ...(context.actor && cancelled ? { by: context.actor } : {}),
    ...(ended.type === "instance-cancelled" ? { opinion: ended.reason } : {}),
    ...(ended.type === "instance-failed" ? { opinion: ended.message ?? ended.code ?? "" } : {}),
  });
  const sha256 = await archive(tx, instance);
  tx.audit({
    bureau: String(instance.row["bureau"]),
    actor: context.actor ?? KERNEL,
    action: "archive",
    resource: `instance/${id}`,
    after: { sha256 },
    trace: context.trace,
  });
  await addHistory(tx, id, { at: tx.time, type: "archived" });
  await context.deadlines.matterEnded(tx, id);
  // whoever was asked to mend it need not any more, and whoever ended it knows
  await tx.remove("wf_notice", { instance: id, kind: "incident" });
  const applicant = String(instance.row["applicant_id"]);
  if (!cancelled || applicant !== context.actor?.id)
    await notify(context, instance, cancelled ? "cancelled" : "finished", [applicant]);
  announce(tx, instance, cancelled ? "instance-cancelled" : "instance-completed", {
    users: [instance.row["applicant_id"]],
  });
}

/** A notice for each person, without a task to do. */
async function notify(
  { tx }: CommandContext,
  instance: LoadedInstance,
  kind: "finished" | "cancelled" | "incident",
  people: string[],
): Promise<void> {
  if (people.length === 0) return;
  await tx.insert(
    "wf_notice",
    people.map((person) => ({
      id: newId(),
      person,
      kind,
      title: instance.row["title"],
      instance: instance.row["id"],
      at: tx.time,
      is_read: false,
    })),
  );
  tx.event({
    bureau: String(instance.row["bureau"]),
    source: "workflow",
    name: "notices-changed",
    data: { users: people },
  });
}
