import type { Log } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import { type Database, Lease, newId } from "@jinshui/storage";
import type { Jobs } from "./jobs.js";
import { later } from "./later.js";
import type { Runtime } from "./runtime.js";

const TICK_MS = 400;
const BATCH = 100;
const POSTPONE_MS = 60_000;

/** Fires timers and sends jobs again when they are due, by the database's clock, while this process holds the lease. */
export class Clockwork {
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  readonly #lease: Lease;

  constructor(
    readonly database: Database,
    readonly runtime: Runtime,
    readonly jobs: Jobs,
    readonly log: Log,
  ) {
    this.#lease = new Lease(database, "workflow-clock", newId(), 10_000);
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
    await this.#lease.release();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        if (await this.#lease.hold()) await this.tick();
      } catch (error) {
        this.log.warn({ error: String(error) }, "clockwork missed a tick");
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TICK_MS);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** One look at what is due. */
  async tick(): Promise<void> {
    const now = (await this.database.now()).toISOString();
    for (const timer of await this.database.find("wf_timer", {
      where: { due_at: { lte: now } },
      orderBy: ["due_at"],
      limit: BATCH,
    })) {
      await this.#guarded("wf_timer", "due_at", String(timer["id"]), (id) => this.runtime.fireTimer(id));
    }
    for (const job of await this.database.find("wf_job", {
      where: { state: "open", next_at: { lte: now } },
      orderBy: ["next_at"],
      limit: BATCH,
    })) {
      await this.#guarded("wf_job", "next_at", String(job["id"]), (id) => this.jobs.resend(id));
    }
  }

  /** One bad instance must not stop the clock for the others, nor stand first in line for ever. */
  async #guarded(table: string, column: string, id: string, work: (id: string) => Promise<void>): Promise<void> {
    try {
      await work(id);
    } catch (error) {
      this.log.error({ table, id, err: error }, "a timer or job could not be handled; trying again later");
      if (isJinshuiError(error) && error.retryable) return;
      await this.database.transaction((tx) => tx.update(table, { id }, { [column]: later(tx.time, POSTPONE_MS) }));
    }
  }
}
