import type { ActorRef } from "@jinshui/contracts";
import { type Effect, type InstanceState, waitsOf } from "@jinshui/engine";
import { newId, type Row } from "@jinshui/storage";
import type { CommandContext, LoadedInstance } from "../runtime/instance.js";
import type { Applicant } from "../runtime/task-rows.js";
import { correlationKey, offerWaiting, type Parcel, send, type Sender } from "./parcels.js";

/** Carries out what an instance has for others, or waits for from them. */
export async function applyLinkEffect(
  context: CommandContext,
  instance: LoadedInstance,
  effect: Effect,
): Promise<void> {
  const { tx } = context;
  const id = String(instance.row["id"]);
  const bureau = String(instance.row["bureau"]);
  const post = (parcel: Parcel): Promise<string> => send(tx, bureau, parcel);
  switch (effect.type) {
    case "open-subscription":
      await subscribe(context, instance, effect.wait);
      break;
    case "call-process": {
      if (!instance.state?.waits[effect.call]) break;
      const { call, process, version, idVariable, variables } = effect;
      const more = {
        ...(version === undefined ? {} : { version }),
        ...(idVariable === undefined ? {} : { idVariable }),
      };
      await post({ kind: "call", caller: id, call, process, ...more, variables, sender: senderOf(instance) });
      break;
    }
    case "cancel-call":
      for (const { id: called } of await tx.find("wf_instance", {
        where: { parent: id, parent_call: effect.call, ended_at: null },
      }))
        await post({
          kind: "cancel",
          instance: String(called),
          reason: `上级事项 ${String(instance.row["number"])} 不再需要`,
        });
      break;
    case "send-message": {
      const { name, correlation } = effect;
      await post({
        kind: "message",
        name,
        ...(correlation === undefined ? {} : { correlation: correlationKey(correlation) }),
        variables: {},
        sender: senderOf(instance),
      });
      break;
    }
    case "broadcast-signal":
      if (effect.local)
        await post({
          kind: "command",
          instance: id,
          command: { type: "signal", name: effect.name, variables: effect.variables },
        });
      else await post({ kind: "signal", name: effect.name, variables: effect.variables, sender: senderOf(instance) });
      break;
    case "throw-escalation":
      await toCaller(context, instance, (wait) => ({
        type: "throw",
        wait,
        kind: "escalation",
        ...(effect.code === undefined ? {} : { code: effect.code }),
      }));
      break;
    case "terminate-callers":
      if (typeof instance.row["parent"] === "string")
        await post({
          kind: "cancel",
          instance: instance.row["parent"],
          reason: `下级事项 ${String(instance.row["number"])} 终止了全部办理`,
        });
      break;
    default:
      break;
  }
}

/** Takes back what an instance no longer waits for: because it came, or because something else did. */
export async function dropSubscriptions(
  { tx }: CommandContext,
  { row, state }: LoadedInstance,
  before: InstanceState | undefined,
): Promise<void> {
  const gone = waitsOf(before).filter(
    ({ id, kind, name }) => (kind === "message" || kind === "signal") && name !== undefined && !state?.waits[id],
  );
  if (gone.length > 0)
    await tx.remove("wf_subscription", { instance: String(row["id"]), wait: { in: gone.map(({ id }) => id) } });
}

/** An instance that was called has ended: its caller goes on with what it gives back, or meets its failure. */
export async function returnToCaller(context: CommandContext, instance: LoadedInstance): Promise<void> {
  const { row, state } = instance;
  if (!state) return;
  const { status, error } = state;
  const variables = withoutOwn(state.variables);
  await toCaller(context, instance, (wait) =>
    status === "completed"
      ? { type: "complete-call", call: wait, variables }
      : {
          type: "throw",
          wait,
          kind: "error",
          ...(status === "failed" ? error : { message: `下级事项 ${String(row["number"])} 已终止` }),
          ...(status === "failed" ? { variables } : {}),
        },
  );
}

async function toCaller(
  { tx }: CommandContext,
  { row }: LoadedInstance,
  command: (wait: string) => Extract<Parcel, { kind: "command" }>["command"],
): Promise<void> {
  const { parent, parent_call: call, bureau } = row;
  if (typeof parent !== "string" || typeof call !== "string") return;
  await send(tx, String(bureau), { kind: "command", instance: parent, command: command(call) });
}

async function subscribe({ tx }: CommandContext, instance: LoadedInstance, waitId: string): Promise<void> {
  const wait = instance.state?.waits[waitId];
  // one without a name is gone on with by its id alone, a condition by what changes
  if (!wait || wait.name === undefined || (wait.kind !== "message" && wait.kind !== "signal")) return;
  const { row, definition } = instance;
  const bureau = String(row["bureau"]);
  await tx.insert("wf_subscription", {
    id: newId(),
    bureau,
    plugin: definition.plugin,
    instance: row["id"],
    wait: waitId,
    kind: wait.kind,
    name: wait.name.slice(0, 150),
    correlation: wait.correlation === undefined ? undefined : correlationKey(wait.correlation),
  } satisfies Row);
  if (wait.kind === "message") await offerWaiting(tx, bureau, wait.name);
}

function senderOf({ row, definition, state }: LoadedInstance): Sender {
  const applicant = state?.variables["applicant"] as Partial<Applicant> | undefined;
  const { department, departmentTitle } = applicant ?? {};
  return {
    ...(definition.plugin === undefined ? {} : { plugin: definition.plugin }),
    applicant: row["applicant"] as ActorRef,
    ...(department === undefined ? {} : { department }),
    ...(departmentTitle === undefined ? {} : { departmentTitle }),
  };
}

/** What an instance knows of itself is not its caller's. */
function withoutOwn({
  applicant: _applicant,
  number: _number,
  steps: _steps,
  ...others
}: Record<string, unknown>): Record<string, unknown> {
  return others;
}
