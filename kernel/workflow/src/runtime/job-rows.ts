import { JinshuiError, type Job, subject as subjects } from "@jinshui/contracts";
import { newId, type Row, type Transaction } from "@jinshui/storage";
import { later } from "./later.js";
import type { CommandContext, LoadedInstance } from "./instance.js";

/** A job nobody has reported on is sent again after this time, then after twice as long, up to an hour. */
export const RESEND_MS = 60_000;
const MAX_RESEND_MS = 3_600_000;
export const MAX_ATTEMPTS = 3;
const BACK_OFF_MS = [1_000, 5_000, 30_000];

/** A job row, and its message to the plugin that brought the process. */
export async function createJob(
  { tx }: CommandContext,
  instance: LoadedInstance,
  engineJob: string,
  element: string,
): Promise<void> {
  const { row, definition } = instance;
  const type = definition.model.elements[element]?.extensions["job"] ?? "";
  if (definition.plugin === undefined)
    throw new JinshuiError("invalid-process", `${element} asks for job ${type}, but no plugin brought this process`);
  const job: Row = {
    id: newId(),
    bureau: row["bureau"],
    plugin: definition.plugin,
    instance: row["id"],
    engine_job: engineJob,
    element,
    type,
    state: "open",
    attempt: 1,
    next_at: later(tx.time, RESEND_MS),
  };
  await tx.insert("wf_job", job);
  sendJob(tx, job, instance);
}

/** Puts the job's message into the outbox; the plugin knows a repetition by the job's id. */
export function sendJob(tx: Transaction, job: Row, instance: LoadedInstance): void {
  const [bureau, plugin, type] = [String(job["bureau"]), String(job["plugin"]), String(job["type"])];
  const body: Job = {
    id: String(job["id"]),
    bureau,
    type,
    instance: String(job["instance"]),
    number: String(instance.row["number"]),
    element: String(job["element"]),
    attempt: Number(job["attempt"]),
    variables: instance.state?.variables ?? {},
  };
  tx.publish({ subject: subjects.job(bureau, plugin, type), body, aggregate: `${bureau}/job/${body.id}` });
}

/** When a message is sent again that was sent again so often already: a plugin that is down for a day must not find a thousand copies. */
export function resendAt(now: string, resent: number): string {
  return later(now, Math.min(RESEND_MS * 2 ** resent, MAX_RESEND_MS));
}

/** When the next attempt is due after this many have failed. */
export function retryAt(now: string, attempt: number): string {
  return later(now, BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length) - 1] ?? 1_000);
}
