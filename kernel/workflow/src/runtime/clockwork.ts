import { failpoint, type Log } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import { type Database, Lease, type Transaction } from "@jinshui/storage";
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
    instance: string,
  ) {
    this.#lease = new Lease(database, "workflow-clock", instance, 10_000);
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
        await this.tick();
      } catch (error) {
        this.log.warn({ error: String(error) }, "clockwork missed a tick");
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TICK_MS);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** One look at what is due. Who loses the lease while it works commits nothing more. */
  async tick(): Promise<void> {
    if (!this.#mayWrite() || !(await this.#lease.hold())) return;
    const guard = (tx: Transaction): Promise<void> => this.#lease.guard(tx);
    const now = (await this.database.now()).toISOString();
    for (const timer of await this.database.find("wf_timer", {
      where: { due_at: { lte: now } },
      orderBy: ["due_at"],
      limit: BATCH,
    })) {
      await this.#guarded("wf_timer", "due_at", String(timer["id"]), (id) => this.runtime.fireTimer(id, guard));
    }
    for (const job of await this.database.find("wf_job", {
      where: { state: "open", next_at: { lte: now } },
      orderBy: ["next_at"],
      limit: BATCH,
    })) {
      await this.#guarded("wf_job", "next_at", String(job["id"]), (id) => this.jobs.resend(id, guard));
    }
  }

  /** On a nearly full disk the clock waits; what is due then fires late. */
  #mayWrite(): boolean {
    try {
      this.database.checkSpace();
      return true;
    } catch {
      return false;
    }
  }

  /** One bad instance must not stop the clock for the others, nor stand first in line for ever. */
  async #guarded(table: string, column: string, id: string, work: (id: string) => Promise<void>): Promise<void> {
    try {
      failpoint("timer-claimed");
      await work(id);
    } catch (error) {
      this.log.error({ table, id, err: error }, "a timer or job could not be handled; trying again later");
      if (!this.#lease.isHeld || (isJinshuiError(error) && error.retryable)) return;
      await this.database.transaction((tx) => tx.update(table, { id }, { [column]: later(tx.time, POSTPONE_MS) }));
    }
  }
}
