import type { Database } from "../database/database.js";

/** After so long what other processes have written is found, and that a clock was set. */
const POLL_MS = 2_500;

export interface DueLoopOptions {
  database: Database;
  /** Does what is due; answers in how many ms more will be, 0 for at once, nothing when it knows of none. */
  look: () => Promise<number | undefined>;
  /** Tables in which somebody may write what is due earlier than anything known. */
  tables: readonly string[];
  /** Least pause between two looks when such writes come one after the other, in ms. */
  paceMs: number;
  failed: (error: unknown) => void;
}

/**
 * Looks again and again for what is due by the database's clock, and sleeps in between: until the moment that the last look has named, until
 * this process writes to one of the tables, and no longer than two and a half seconds.
 */
export class DueLoop {
  #stopped = false;
  #isWoken = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #unlisten: () => void = () => undefined;

  constructor(readonly options: DueLoopOptions) {}

  start(): void {
    const { database, tables } = this.options;
    this.#unlisten = database.onWritten(tables, () => {
      this.#isWoken = true;
      this.#wake();
    });
    this.#running = this.#run();
  }

  /** Stops after the look that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unlisten();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#isWoken = false;
      const more = await this.options.look().catch((error: unknown) => {
        this.options.failed(error);
        return undefined;
      });
      if (more !== 0) await this.#pause(Math.min(more ?? POLL_MS, POLL_MS));
    }
  }

  /** Sleeps for so long; after a write only until the pace allows the next look. */
  async #pause(ms: number): Promise<void> {
    const { paceMs } = this.options;
    const began = performance.now();
    await new Promise<void>((resolve) => {
      let timer = setTimeout(resolve, this.#isWoken ? Math.min(ms, paceMs) : ms);
      this.#wake = () => {
        const left = this.#stopped ? 0 : Math.min(ms, paceMs) - (performance.now() - began);
        clearTimeout(timer);
        timer = setTimeout(resolve, Math.max(0, left));
      };
      if (this.#stopped) this.#wake();
    });
    this.#wake = () => undefined;
  }
}

/** In how many ms the first of some moments comes, as of `now`; nothing without one. What should be over is looked at again in `againMs`. */
export function untilFirst(moments: readonly unknown[], now: string, againMs: number): number | undefined {
  const first = moments.filter((moment) => typeof moment === "string").sort()[0];
  if (first === undefined) return undefined;
  const ms = Date.parse(first) - Date.parse(now);
  // timers may ring a little before their time by another clock
  return ms > 0 ? ms + 2 : againMs;
}
