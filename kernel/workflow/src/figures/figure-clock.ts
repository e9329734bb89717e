import type { Log } from "@jinshui/bus";
import { type Database, Lease } from "@jinshui/storage";
import type { FigureRows } from "./figure-rows.js";

const PAUSE_MS = 15_000;

/** Keeps the figures in step while nobody asks for them, so that whoever does need not wait; one kernel of a site does. */
export class FigureClock {
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  readonly #lease: Lease;

  constructor(
    database: Database,
    readonly rows: FigureRows,
    readonly log: Log,
    instance: string,
  ) {
    this.#lease = new Lease(database, "workflow-figures", instance, 60_000);
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
      let isDone = true;
      try {
        if (await this.#lease.hold()) isDone = await this.rows.catchUp();
      } catch (error) {
        this.log.warn({ error: String(error) }, "figures could not be brought up to date");
      }
      if (isDone) await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      this.#wake = () => (clearTimeout(timer), resolve());
      if (this.#stopped) this.#wake();
    });
  }
}
