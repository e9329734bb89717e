import type { Log } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import { type Database, Lease, newId } from "@jinshui/storage";
import type { Runtime } from "./runtime.js";

const TICK_MS = 400;
const BATCH = 100;

/** Fires timers and sends jobs again when they are due, by the database's clock, while this process holds the lease. */
export class Clockwork {
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  readonly #lease: Lease;

  constructor(
    readonly database: Database,
    readonly runtime: Runtime,
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
      await this.#guarded(() => this.runtime.fireTimer(String(timer["id"])));
    }
    for (const job of await this.database.find("wf_job", {
      where: { state: "open", next_at: { lte: now } },
      orderBy: ["next_at"],
      limit: BATCH,
    })) {
      await this.#guarded(() => this.runtime.resendJob(String(job["id"])));
    }
  }

  /** One bad instance must not stop the clock for the others. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.error(
        { error: isJinshuiError(error) ? `${error.code}: ${error.message}` : String(error) },
        "a timer or job could not be handled",
      );
    }
  }
}
