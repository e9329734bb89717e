import type { Log } from "@jinshui/bus";
import { isJinshuiError, toErrorBody } from "@jinshui/contracts";
import { setTimeout as sleep } from "node:timers/promises";
import { serving } from "../audit/request.js";
import type { Storage } from "../collections/caller.js";
import { newId } from "../database/ids.js";
import type { Transaction } from "../database/transaction.js";
import { Lease } from "../relay/lease.js";
import { runExport } from "./export-job.js";
import { BAD_ROWS, runImport } from "./import-job.js";
import { type Job, jobOf } from "./job.js";
import { Dropped, JOBS, type Work } from "./job-steps.js";
import type { TransferLimits } from "./limits.js";

const LEASE_MS = 5_000;
const RETRY_MS = 1_000;
/** How often a job may meet trouble that is not its own before it is given up. */
const ATTEMPTS = 5;
const KEPT_MS = 30 * 24 * 3_600_000;
/** Jobs that are looked at for whose turn it is. */
const LOOKED_AT = 1_000;

/**
 * Works on imports and exports in the background: so many at a time in the whole site, each in a place that one process holds by
 * a lease. Whoever takes a place over goes on with the job that is in it. Bureaus take turns.
 */
export class Transfers {
  readonly #stopping = new AbortController();
  readonly #places = new Map<number, Promise<void>>();
  readonly #served = new Map<string, number>();
  readonly #attempts = new Map<string, number>();
  readonly #instance = newId();
  #turn = 0;

  constructor(
    readonly storage: Storage,
    readonly limits: TransferLimits,
    readonly log: Log,
  ) {}

  /** Begins with what waits, or goes on with it; to be called when there is something new. `left`: the last place with a job in it. */
  wake(left = 0): void {
    for (let place = 1; place <= Math.max(this.limits.atOnce, left); place += 1) {
      if (this.#places.has(place) || this.#stopping.signal.aborted) continue;
      const loop = this.#work(place).finally(() => this.#places.delete(place));
      this.#places.set(place, loop);
    }
  }

  /** Wakes up if there is anything to do for collections that are known by now. */
  async resume(): Promise<void> {
    if ((await this.#open()) === 0) return;
    // there may have been more places when they were taken
    const running = await this.storage.database.find(JOBS, { where: { state: "running" }, columns: ["slot"] });
    this.wake(Math.max(0, ...running.map(({ slot }) => Number(slot ?? 0))));
  }

  /** Resolves when nothing is left to do. */
  async settled(): Promise<void> {
    while (this.#places.size > 0) await Promise.all(this.#places.values());
  }

  /** Stops after the step that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.settled();
  }

  async #work(place: number): Promise<void> {
    const lease = new Lease(this.storage.database, `transfer-${place}`, this.#instance, LEASE_MS);
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (!(await lease.hold())) {
          // another process has the place; if it dies, its job waits here
          if ((await this.#open()) === 0) break;
          await this.#pause(RETRY_MS);
          continue;
        }
        const job = await this.#next(place, lease);
        if (!job) break;
        await this.#run(job, { storage: this.storage, limits: this.limits, lease, signal });
      } catch (error) {
        if (signal.aborted) break;
        this.log.warn({ place, error: String(error) }, "imports and exports could not go on; it is tried again");
        await this.#pause(RETRY_MS);
      }
    }
    await lease.release();
    if (!signal.aborted) await this.#sweep().catch(() => undefined);
  }

  /** The job that is in this place, or one that waits: of the bureau that has waited longest, the oldest. */
  async #next(place: number, lease: Lease): Promise<Job | undefined> {
    const known = (row: { collection?: unknown }): boolean =>
      this.storage.collections.of().some(({ id }) => id === row.collection);
    return this.storage.database.transaction(async (tx) => {
      await lease.guard(tx);
      const running = await tx.findForUpdate(JOBS, { where: { state: "running", slot: place } });
      const left = running.find(known);
      if (left) return jobOf(left);
      if (place > this.limits.atOnce) return undefined;
      const waiting = await tx.find(JOBS, {
        where: { state: "waiting" },
        columns: ["id", "bureau", "collection"],
        orderBy: ["id"],
        limit: LOOKED_AT,
      });
      const busy = new Set(
        (await tx.find(JOBS, { where: { state: "running" }, columns: ["bureau"] })).map(({ bureau }) => bureau),
      );
      const rank = (bureau: unknown): number => (busy.has(bureau) ? 1e12 : 0) + (this.#served.get(String(bureau)) ?? 0);
      const [first] = waiting.filter(known).sort((a, b) => rank(a["bureau"]) - rank(b["bureau"]));
      const row = first && (await tx.findOneForUpdate(JOBS, { id: String(first["id"]), state: "waiting" }));
      if (!row) return undefined;
      await tx.update(JOBS, { id: String(row["id"]) }, { state: "running", slot: place, started_at: tx.time });
      this.#served.set(String(row["bureau"]), (this.#turn += 1));
      return { ...jobOf(row), state: "running", startedAt: tx.time };
    });
  }

  async #run(job: Job, work: Work): Promise<void> {
    const { caller, trace, client, onBehalfOf } = job.asker;
    const request = { bureau: job.bureau, caller, trace, actor: job.owner };
    const as = { ...request, ...(client ? { client } : {}), ...(onBehalfOf ? { onBehalfOf } : {}) };
    const beat = setInterval(() => void work.lease.hold().catch(() => undefined), LEASE_MS / 4);
    try {
      await serving(as, () => (job.kind === "import" ? runImport(work, job) : runExport(work, job)));
      this.#attempts.delete(job.id);
    } catch (error) {
      await this.#failed(job, work, error);
    } finally {
      clearInterval(beat);
      if (!work.signal.aborted) await this.#forgetBadRows(job);
    }
  }

  async #failed(job: Job, work: Work, error: unknown): Promise<void> {
    if (error instanceof Dropped || work.signal.aborted) {
      this.log.info({ job: job.id, reason: String(error) }, "a transfer was put down");
      return;
    }
    const isOwn = isJinshuiError(error) && error.status < 500 && !error.retryable;
    const attempt = (this.#attempts.get(job.id) ?? 0) + 1;
    this.#attempts.set(job.id, attempt);
    if (!isOwn && attempt < ATTEMPTS) throw error;
    this.#attempts.delete(job.id);
    this.log.warn({ job: job.id, error: String(error) }, "a transfer failed");
    await this.storage.database.transaction((tx) => end(tx, job, "failed", toErrorBody(error, job.asker.trace)), {
      essential: true,
    });
  }

  /** Once a job has ended they are in its error file. */
  async #forgetBadRows(job: Job): Promise<void> {
    const row = await this.storage.database.findOne(JOBS, { id: job.id });
    if (row?.["state"] === "running" || row?.["state"] === "waiting") return;
    let removed: number;
    do
      removed = await this.storage.database.transaction((tx) => tx.remove(BAD_ROWS, { job: job.id }, 2_000), {
        essential: true,
      });
    while (removed === 2_000);
    const { file } = job.request as { file?: string };
    if (file === undefined) return;
    const { files, database } = this.storage;
    const link = { bureau: job.bureau, file, collection: JOBS, record: job.id, field: "file" };
    await database.transaction((tx) => files.unlink(tx, link), { essential: true });
  }

  /** How many jobs wait or go on, of collections that are known. */
  async #open(): Promise<number> {
    const rows = await this.storage.database.find(JOBS, {
      where: { state: { in: ["waiting", "running"] } },
      columns: ["collection"],
      limit: LOOKED_AT,
    });
    const known = new Set(this.storage.collections.of().map(({ id }) => id));
    return rows.filter(({ collection }) => known.has(String(collection))).length;
  }

  async #sweep(): Promise<void> {
    const limit = new Date(Date.now() - KEPT_MS).toISOString();
    await this.storage.database.transaction((tx) => tx.remove(JOBS, { finished_at: { lt: limit } }, 1_000), {
      essential: true,
    });
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** Ends a job that waits or goes on. */
export async function end(tx: Transaction, job: Job, state: "failed" | "cancelled", error?: unknown): Promise<boolean> {
  const row = await tx.findOneForUpdate(JOBS, { id: job.id });
  if (row?.["state"] !== "running" && row?.["state"] !== "waiting") return false;
  await tx.update(
    JOBS,
    { id: job.id },
    { state, finished_at: tx.time, slot: null, ...(error === undefined ? {} : { error }) },
  );
  return true;
}
