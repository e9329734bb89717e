import { failpoint, type Log } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import { type Database, Lease, type Transaction } from "@jinshui/storage";
import type { Recalculations } from "../calendar/recalculations.js";
import type { Reminders } from "../calendar/reminders.js";
import type { YearWatch } from "../calendar/year-watch.js";
import type { Jobs } from "./jobs.js";
import { later } from "./later.js";
import type { Runtime } from "./runtime.js";

const TICK_MS = 400;
const BATCH = 100;
const POSTPONE_MS = 60_000;

/** What is done when its time has come. */
export interface ClockworkParts {
  database: Database;
  runtime: Runtime;
  jobs: Jobs;
  reminders: Reminders;
  recalculations: Recalculations;
  yearWatch: YearWatch;
  log: Log;
}

type Guard = (tx: Transaction) => Promise<void>;

/** Fires timers and reminders and sends jobs again when they are due, by the database's clock, while this process holds the lease. */
export class Clockwork {
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  readonly #lease: Lease;

  constructor(
    readonly parts: ClockworkParts,
    instance: string,
  ) {
    this.#lease = new Lease(parts.database, "workflow-clock", instance, 10_000);
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
      let more = false;
      try {
        more = await this.tick();
      } catch (error) {
        this.parts.log.warn({ error: String(error) }, "clockwork missed a tick");
      }
      if (more) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, TICK_MS);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** One look at what is due; tells whether more is. Who loses the lease while it works commits nothing more. */
  async tick(): Promise<boolean> {
    if (!this.#mayWrite() || !(await this.#lease.hold())) return false;
    const { runtime, jobs, reminders, recalculations, yearWatch } = this.parts;
    const { database } = this.parts;
    const guard: Guard = (tx) => this.#lease.guard(tx);
    const now = (await database.now()).toISOString();
    const timers = await this.#due("wf_timer", "due_at", now, {}, (id) => runtime.fireTimer(id, guard));
    const sent = await this.#due("wf_job", "next_at", now, { state: "open" }, (id) => jobs.resend(id, guard));
    const told = await this.#due("wf_reminder", "next_at", now, {}, (id) =>
      database.transaction(async (tx) => {
        await guard(tx);
        await reminders.fire(tx, id);
        failpoint("reminder-told");
      }),
    );
    const recalculated = await recalculations.step(guard);
    await yearWatch.look(guard);
    return recalculated || Math.max(timers, sent, told) === BATCH;
  }

  /** Does what is due in a table, the earliest first; tells how much of it. */
  async #due(
    table: string,
    column: string,
    now: string,
    where: Record<string, string>,
    work: (id: string) => Promise<void>,
  ): Promise<number> {
    const rows = await this.parts.database.find(table, {
      where: { ...where, [column]: { lte: now } },
      orderBy: [column],
      limit: BATCH,
    });
    let done = 0;
    for (const row of rows) if (await this.#guarded(table, column, String(row["id"]), work)) done += 1;
    return done;
  }

  /** On a nearly full disk the clock waits; what is due then fires late. */
  #mayWrite(): boolean {
    try {
      this.parts.database.checkSpace();
      return true;
    } catch {
      return false;
    }
  }

  /** One bad instance must not stop the clock for the others, nor stand first in line for ever. */
  async #guarded(table: string, column: string, id: string, work: (id: string) => Promise<void>): Promise<boolean> {
    try {
      failpoint("timer-claimed");
      await work(id);
      return true;
    } catch (error) {
      this.parts.log.error({ table, id, err: error }, "a timer or job could not be handled; trying again later");
      if (!this.#lease.isHeld || (isJinshuiError(error) && error.retryable)) return false;
      await this.parts.database.transaction((tx) =>
        tx.update(table, { id }, { [column]: later(tx.time, POSTPONE_MS) }),
      );
      return false;
    }
  }
}
