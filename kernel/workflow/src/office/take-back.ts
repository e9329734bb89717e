import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import { type ElementModel, type EngineEvent, type InstanceState, waitsOf } from "@jinshui/engine";
import { newId, type Reader, type Row, type Transaction } from "@jinshui/storage";
import type { LoadedInstance } from "../runtime/instance.js";
import { runCommand } from "../runtime/instance-run.js";
import { loadInstance } from "../runtime/load-instance.js";
import { clearInbox } from "../runtime/task-rows.js";
import { type Move, moveTo } from "./move.js";
import { type Asked, contextOf, note, type Office, refused } from "./office.js";
import { openReady } from "./open-task.js";
import { isWaiting } from "./round.js";
import { decides } from "./task-part.js";

/** Takes back what one has finished oneself, as long as nobody has begun what came of it; returns the matter. */
export async function takeBack(office: Office, tx: Transaction, asked: Asked, id: string): Promise<string> {
  const found = await tx.findOne("wf_task", { id, completed_by: asked.actor.id });
  const instance = found && (await loadInstance(tx, office.definitions, String(found["instance"])));
  const task = await tx.findOneForUpdate("wf_task", { id, completed_by: asked.actor.id });
  if (!task || !instance)
    throw new JinshuiError("not-found", `${asked.actor.name} has finished no task ${id}`, { details: { task: id } });
  const way = await wayBack(tx, instance, task);
  if (!way)
    throw refused("moved-on", `${String(task["step"])} can't be taken back: what came of it has begun`, { task: id });
  const context = contextOf(office, tx, asked);
  const cleared = { state: "cancelled", completed_by: null, action: null, version: Number(task["version"]) + 1 };
  await tx.update("wf_task", { id }, cleared);
  await note(tx, asked, instance, task, {
    type: "task-taken-back",
    event: "task-released",
    users: [asked.actor.id],
    action: "take-back",
    after: { action: task["action"] },
  });
  if (way.kind === "vote") {
    const again = newId();
    await tx.insert("wf_task", { ...without(task), id: again, state: "planned", version: 1, arrived_at: tx.time });
    for (const row of way.waiting) {
      const waitsFor = ((row["waits_for"] ?? []) as string[]).map((each) => (each === id ? again : each));
      const planned = { state: "planned", version: Number(row["version"]) + 1, waits_for: waitsFor };
      await tx.update("wf_task", { id: String(row["id"]) }, planned);
      // it is opened anew when its turn comes again
      await clearInbox(context, String(row["id"]));
      await tx.remove("wf_candidate", { task: String(row["id"]) });
    }
    const keeping = {
      ...context,
      again: { element: String(task["element"]), person: asked.actor.id, returned: false },
    };
    await openReady(keeping, instance, String(task["engine_task"]));
    return String(instance.row["id"]);
  }
  await runCommand(
    { ...context, again: { element: String(task["element"]), person: asked.actor.id, returned: false } },
    instance,
    { type: "modify", instructions: way.move.instructions },
  );
  return String(instance.row["id"]);
}

type WayBack = { kind: "vote"; waiting: Row[] } | { kind: "step"; move: Move };

/** How a finished task could be taken back as things stand; nothing where somebody has gone on. */
export async function wayBack(reader: Reader, instance: LoadedInstance, task: Row): Promise<WayBack | undefined> {
  const { state, definition } = instance;
  if (task["state"] !== "completed" || state?.status !== "active" || !decides(task) || task["seq"] === undefined)
    return undefined;
  const rows = await reader.find("wf_task", { where: { instance: String(task["instance"]) }, orderBy: ["id"] });
  const engineTask = String(task["engine_task"]);
  const round = rows.filter((row) => row["engine_task"] === engineTask && row["id"] !== task["id"]);
  if (state.waits[engineTask]) {
    const waiting = round.filter((row) => ((row["waits_for"] ?? []) as string[]).includes(String(task["id"])));
    return waiting.every(untouched) ? { kind: "vote", waiting } : undefined;
  }
  // votes of others would be lost
  if (round.some((row) => row["state"] === "completed" && decides(row))) return undefined;
  const line = await reader.findOne("wf_event", { instance: String(task["instance"]), seq: Number(task["seq"]) });
  const events = (line?.["events"] ?? []) as EngineEvent[];
  const added = events.flatMap((event) => (event.type === "wait-added" ? [event.wait] : []));
  if (events.some((event) => event.type === "element-left" && reachesOut(definition.model.elements[event.element])))
    return undefined;
  const left = (event: EngineEvent): string[] => (event.type === "wait-removed" ? [event.wait] : []);
  const gone = new Set(events.flatMap(left));
  const came = added.filter(({ id }) => !gone.has(id));
  const known = new Set(came.map(({ id }) => id));
  if (
    came.length === 0 ||
    came.some(({ id, kind }) => !state.waits[id] || kind === "job" || kind === "call" || kind === "incident")
  )
    return undefined;
  const next = rows.filter((row) => known.has(String(row["engine_task"])));
  if (!next.every(untouched)) return undefined;
  const holder = state.tokens[came.find(({ token }) => token !== undefined)?.token ?? ""];
  const move = holder && moveTo(definition.model, state, holder, String(task["element"]));
  if (!move) return undefined;
  const cancelled = new Set(move.cancelled);
  const others = waitsOf(state).some((wait) => inside(state, wait.token, cancelled) && !known.has(wait.id));
  return others ? undefined : { kind: "step", move };
}

/** Whether an element tells something to others, which nobody can take back. */
function reachesOut(element: ElementModel | undefined): boolean {
  if (element?.type === "sendTask" || element?.type === "throwEvent" || element?.type === "callActivity") return true;
  return (
    element?.extensions["job"] !== undefined || (element?.type === "endEvent" && (element.events ?? []).length > 0)
  );
}

function untouched(row: Row): boolean {
  return isWaiting(row) && !(row["assignee"] as ActorRef | undefined);
}

/** Whether a token, or one that stands for it, is among these. */
function inside(state: InstanceState, token: string | undefined, tokens: ReadonlySet<string>): boolean {
  for (let found = state.tokens[token ?? ""]; found; found = state.tokens[state.scopes[found.scope]?.token ?? ""])
    if (tokens.has(found.id)) return true;
  return false;
}

/** A task as it was before somebody finished it. */
function without(task: Row): Row {
  const finished = ["completed_at", "completed_by", "completed_for", "action", "opinion", "seq", "assignee"];
  return Object.fromEntries(Object.entries(task).filter(([key]) => !finished.includes(key)));
}
