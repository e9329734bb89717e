import { JinshuiError } from "@jinshui/contracts";
import type { Storage } from "../collections/caller.js";
import { type Right, type Standing, standing } from "../collections/rights.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import type { Lease } from "../relay/lease.js";
import { type Job, jobOf } from "./job.js";
import type { TransferLimits } from "./limits.js";

export const JOBS = "transfer_job";

/** What a job in progress works with. */
export interface Work {
  storage: Storage;
  limits: TransferLimits;
  /** Of the place that works on it: whoever has lost it writes nothing more. */
  lease: Lease;
  signal: AbortSignal;
}

/** The job is no longer to be worked on: it was cancelled, or another process has it. */
export class Dropped extends Error {}

/** The owner's standing as it is now. @throws JinshuiError `forbidden`, `not-enabled` when the right is gone. */
export async function standingNow(
  { storage }: Work,
  job: Job,
  right: Right,
  rows?: Standing["rows"],
): Promise<Standing> {
  const call = { caller: job.asker.caller, bureau: job.bureau };
  const acting = await storage.access.acting({ ...call, person: job.owner.id });
  return standing(storage.access, storage.collections.get(job.collection, job.bureau), acting, call, right, rows);
}

/** Locks the job for a step of it. @throws Dropped when it is no longer this process's to do. */
export async function claimStep(tx: Transaction, { lease, signal }: Work, job: Job): Promise<void> {
  if (signal.aborted) throw new Dropped("the service stops");
  await lease.guard(tx).catch((error: unknown) => {
    throw error instanceof JinshuiError && error.code === "conflict" ? new Dropped(error.message) : error;
  });
  const row = await tx.findOneForUpdate(JOBS, { id: job.id });
  if (row?.["state"] !== "running") throw new Dropped(`job ${job.id} is ${String(row?.["state"])}`);
  const { lastRow } = jobOf(row);
  if (lastRow !== job.lastRow) throw new Dropped(`job ${job.id} is at row ${lastRow}, not ${job.lastRow}`);
}

/** Ends a job in the transaction of its last step. */
export async function endJob(tx: Transaction, job: Job, values: Row): Promise<void> {
  await tx.update(JOBS, { id: job.id }, { state: "done", finished_at: tx.time, slot: null, ...values });
}
