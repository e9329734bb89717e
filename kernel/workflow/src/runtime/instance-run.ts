import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import {
  type Command,
  decide,
  type Effect,
  type EngineEvent,
  type InstanceState,
  isEngineError,
  type Wait,
  waitsOf,
} from "@jinshui/engine";
import { newId, type Row } from "@jinshui/storage";
import type { Definition } from "../definition/definitions.js";
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
  let { state } = instance;
  for (let count = 0; queue.length > 0; count += 1) {
    const next = queue.shift();
    // a step that passed through before this one may have ended its branch
    if (!next || (count > 0 && "job" in next && !waits(state, next.job))) continue;
    const decision = decided(definition, state, next, tx.time);
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
  await afterwards(context, updated, instance.state, events);
  return updated;
}

function decided(
  definition: Definition,
  state: InstanceState | undefined,
  command: Command,
  now: string,
): ReturnType<typeof decide> {
  try {
    return decide(definition.model, state, command, now);
  } catch (error) {
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
    status: state.status === "active" && waiting.some(({ kind }) => kind === "incident") ? "incident" : state.status,
    steps: stepsOf(definition, waiting),
    ...(state.status === "active" ? {} : { ended_at: tx.time }),
  };
  const affected = await tx.update("wf_instance", { id, version: version - 1 }, changes);
  if (affected !== 1)
    throw new JinshuiError("unavailable", `Instance ${id} was changed at the same time`, { retryable: true });
  await tx.insert("wf_event", { instance: id, seq: version, events });
  return { definition, state, row: { ...row, ...changes } };
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
      // subscriptions stand in the state itself; what the service can't carry out yet is refused at deployment
      break;
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
  const ended = events.find(({ type }) => type === "instance-completed" || type === "instance-cancelled");
  if (!ended) return;
  const cancelled = ended.type === "instance-cancelled";
  await addHistory(tx, id, {
    at: tx.time,
    type: cancelled ? "cancelled" : "completed",
    ...(context.actor && cancelled ? { by: context.actor } : {}),
    ...(ended.type === "instance-cancelled" ? { opinion: ended.reason } : {}),
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
