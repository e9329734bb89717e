import type { Log } from "@jinshui/bus";
import { setTimeout as sleep } from "node:timers/promises";
import type { Collection } from "../collections/registry.js";
import type { Database } from "../database/database.js";
import { newId } from "../database/ids.js";
import type { TableDefinition } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { Lease } from "../relay/lease.js";
import type { BackfillStep } from "./step.js";
import { STEPS } from "./steps.js";

/** How far each step has come in each collection: `last_id` is the last record that was brought to `version`. */
const BACKFILL: TableDefinition = {
  name: "backfill",
  primaryKey: ["collection", "step"],
  columns: {
    collection: { type: "string", length: 90 },
    step: { type: "id" },
    version: { type: "text", nullable: false },
    last_id: { type: "id" },
    done: { type: "boolean", nullable: false },
    records: { type: "integer", nullable: false },
    at: { type: "instant", nullable: false },
  },
};

/** Records in one transaction: they are locked, and on SQLite all other writers wait. */
const CHUNK = 50;
const LEASE_MS = 5_000;
const RETRY_MS = 1_000;

interface Job {
  collection: Collection;
  step: BackfillStep;
  version: string;
}

/**
 * Brings existing records to what a new definition says, in the background and in small transactions, each of which notes
 * how far it came: whatever ends the process, the next one goes on from there. One process of a site at a time does it.
 */
export class Backfills {
  #jobs: Job[] = [];
  #loop: Promise<void> | undefined;
  readonly #stopping = new AbortController();
  readonly #lease: Lease;

  constructor(
    readonly database: Database,
    readonly log: Log,
    readonly steps: readonly BackfillStep[] = STEPS,
  ) {
    this.#lease = new Lease(database, "backfill", newId(), LEASE_MS);
  }

  /** Takes a plugin's collections in place of those it had before, and begins with what is to be done. */
  async set(plugin: string, collections: readonly Collection[]): Promise<void> {
    await this.database.ensureTables([BACKFILL]);
    this.#jobs = this.#jobs.filter((job) => job.collection.plugin !== plugin);
    for (const collection of collections) {
      const missing = await this.#missing(collection);
      if (missing.length === 0) continue;
      const isEmpty = (await this.database.countTo(1, collection.table.name, {})) === 0;
      if (isEmpty) await this.database.transaction((tx) => noteDone(tx, missing));
      if (isEmpty) for (const { step } of missing) step.done?.(collection);
      else this.#jobs.push(...missing);
    }
    if (this.#jobs.length > 0 && !this.#stopping.signal.aborted) this.#loop ??= this.#run();
  }

  /** Resolves when there is nothing left to be done. */
  async settled(): Promise<void> {
    while (this.#loop) await this.#loop;
  }

  /** Stops after the transaction that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.settled();
  }

  async #missing(collection: Collection): Promise<Job[]> {
    const rows = await this.database.find(BACKFILL.name, { where: { collection: collection.id } });
    // a version that does not know a step writes records without it: the one that does begins again
    const unknown = rows.filter(
      (row) => this.steps.find(({ name }) => name === row["step"])?.version(collection) === undefined,
    );
    for (const row of unknown)
      await this.database.transaction((tx) =>
        tx.remove(BACKFILL.name, { collection: collection.id, step: String(row["step"]) }),
      );
    return this.steps.flatMap((step): Job[] => {
      const version = step.version(collection);
      if (version === undefined) return [];
      const row = rows.find((known) => known["step"] === step.name);
      if (row?.["version"] !== version || row["done"] !== true) return [{ collection, step, version }];
      step.done?.(collection);
      return [];
    });
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const job = this.#jobs[0];
      if (!job) break;
      try {
        const startedMs = performance.now();
        if (!(await this.#lease.hold())) await this.#pause(RETRY_MS);
        else if (await this.database.transaction((tx) => chunk(tx, job))) {
          job.step.done?.(job.collection);
          this.#jobs = this.#jobs.filter((other) => other !== job);
          this.log.info({ collection: job.collection.id, step: job.step.name }, "existing records are brought up");
        } else await this.#pause((performance.now() - startedMs) / 2);
      } catch (error) {
        this.log.warn(
          { collection: job.collection.id, step: job.step.name, error: String(error) },
          "existing records could not be brought up; it is tried again",
        );
        await this.#pause(RETRY_MS);
      }
    }
    await this.#lease.release();
    this.#loop = undefined;
    if (this.#jobs.length > 0 && !this.#stopping.signal.aborted) this.#loop = this.#run();
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** Does a piece of a job; true when it was the last. */
async function chunk(tx: Transaction, job: Job): Promise<boolean> {
  const { collection, step, version } = job;
  const key = { collection: collection.id, step: step.name };
  const known = await tx.findOneForUpdate(BACKFILL.name, key);
  const isBegun = known?.["version"] === version;
  if (isBegun && known["done"] === true) return true;
  const last = isBegun ? String(known["last_id"] ?? "") : "";
  const rows = await tx.findForUpdate(collection.table.name, {
    where: { and: [step.where, { id: { gt: last } }] },
    orderBy: ["id"],
    limit: CHUNK,
  });
  await step.run(tx, collection, rows);
  const isLast = rows.length < CHUNK;
  const progress = {
    version,
    last_id: String(rows.at(-1)?.["id"] ?? last),
    done: isLast,
    records: (isBegun ? Number(known["records"]) : 0) + rows.length,
    at: tx.time,
  };
  if (known) await tx.update(BACKFILL.name, key, progress);
  else await tx.insertUnlessRaced(BACKFILL.name, { ...key, ...progress });
  return isLast;
}

async function noteDone(tx: Transaction, jobs: readonly Job[]): Promise<void> {
  for (const { collection, step, version } of jobs) {
    const key = { collection: collection.id, step: step.name };
    const progress = { version, done: true, records: 0, at: tx.time };
    if (await tx.findOneForUpdate(BACKFILL.name, key)) await tx.update(BACKFILL.name, key, progress);
    else await tx.insertUnlessRaced(BACKFILL.name, { ...key, ...progress });
  }
}
