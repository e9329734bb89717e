import { failpoint, type Log } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import { type Database, Lease, type Row, type Transaction } from "@jinshui/storage";
import type { Recalculations } from "../calendar/recalculations.js";
import type { Reminders } from "../calendar/reminders.js";
import type { YearWatch } from "../calendar/year-watch.js";
import type { Jobs } from "./jobs.js";
import { later } from "./later.js";
import type { PositionWatch } from "./position-watch.js";
import type { Runtime } from "./runtime.js";

const TICK_MS = 400;
const BATCH = 200;
/** What is done in one transaction: others wait for it no longer than some tens of milliseconds. */
const SHARE = 40;
const POSTPONE_MS = 60_000;

/** What is done when its time has come. */
export interface ClockworkParts {
  database: Database;
  runtime: Runtime;
  jobs: Jobs;
  reminders: Reminders;
  recalculations: Recalculations;
  yearWatch: YearWatch;
  positionWatch: PositionWatch;
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
    const { database, runtime, jobs, reminders, recalculations, yearWatch, positionWatch } = this.parts;
    const guard: Guard = (tx) => this.#lease.guard(tx);
    const now = (await database.now()).toISOString();
    const timers = await this.#due("wf_timer", "due_at", now, {}, (ids) => runtime.fireTimers(ids, guard));
    const sent = await this.#due("wf_job", "next_at", now, { state: "open" }, async (ids) => {
      for (const id of ids) await jobs.resend(id, guard);
    });
    const told = await this.#due("wf_reminder", "next_at", now, {}, (ids) =>
      database.transaction(
        async (tx) => {
          await guard(tx);
          for (const id of ids) {
            await reminders.fire(tx, id);
            failpoint("reminder-told");
          }
        },
        { gathered: ids.length > 1 },
      ),
    );
    const recalculated = await recalculations.step(guard);
    await yearWatch.look(guard);
    await positionWatch.look();
    return recalculated || Math.max(timers, sent, told) === BATCH;
  }

  /** Does what is due in a table, the earliest first, some at a time; tells how much of it. */
  async #due(
    table: "wf_timer" | "wf_job" | "wf_reminder",
    column: "due_at" | "next_at",
    now: string,
    where: Record<string, string>,
    work: (ids: string[]) => Promise<void>,
  ): Promise<number> {
    const rows = await this.parts.database.find(table, {
      where: { ...where, [column]: { lte: now } },
      orderBy: [column, "id"],
      columns: ["id", "instance"],
      limit: BATCH,
    });
    let done = 0;
    // a job's message goes alone: nothing is gained
    for (const ids of shares(rows, table === "wf_job" ? 1 : SHARE)) {
      if (ids.length > 1 && (await this.#together(table, ids, work))) done += ids.length;
      else for (const id of ids) if (await this.#guarded(table, column, id, work)) done += 1;
    }
    return done;
  }

  /** Does several things at once; false when one of them fails, and then nothing was done. */
  async #together(table: string, ids: string[], work: (ids: string[]) => Promise<void>): Promise<boolean> {
    try {
      ids.forEach(() => failpoint("timer-claimed"));
      await work(ids);
      return true;
    } catch (error) {
      this.parts.log.warn({ table, count: ids.length, error: String(error) }, "not together; each by itself");
      return false;
    }
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
  async #guarded(table: string, column: string, id: string, work: (ids: string[]) => Promise<void>): Promise<boolean> {
    try {
      failpoint("timer-claimed");
      await work([id]);
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

/** Ids in parts of so many at most, in order; no two of one instance are in the same part. */
function shares(rows: readonly Row[], most: number): string[][] {
  const parts: { ids: string[]; instances: Set<unknown> }[] = [];
  for (const { id, instance } of rows) {
    let part = parts.at(-1);
    if (!part || part.ids.length === most || part.instances.has(instance))
      parts.push((part = { ids: [], instances: new Set() }));
    part.ids.push(String(id));
    part.instances.add(instance);
  }
  return parts.map(({ ids }) => ids);
}
