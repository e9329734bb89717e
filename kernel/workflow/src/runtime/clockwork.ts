import { failpoint, type Log } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import { type Database, DueLoop, Lease, type Row, type Transaction, untilFirst } from "@jinshui/storage";
import type { Recalculations } from "../calendar/recalculations.js";
import type { Reminders } from "../calendar/reminders.js";
import type { YearWatch } from "../calendar/year-watch.js";
import type { Jobs } from "./jobs.js";
import { later } from "./later.js";
import type { PositionWatch } from "./position-watch.js";
import type { Runtime } from "./runtime.js";

/** Between two looks while others write all the time. */
const PACE_MS = 400;
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

/** Where something waits for its time, and in which column that is. */
const DUE = {
  wf_timer: { column: "due_at", where: {} },
  wf_job: { column: "next_at", where: { state: "open" } },
  wf_reminder: { column: "next_at", where: {} },
} as const;
type DueTable = keyof typeof DUE;
const DUE_TABLES = Object.keys(DUE) as DueTable[];

/** Fires timers and reminders and sends jobs again when they are due, by the database's clock, while this process holds the lease. */
export class Clockwork {
  readonly #loop: DueLoop;
  readonly #lease: Lease;

  constructor(
    readonly parts: ClockworkParts,
    instance: string,
  ) {
    this.#lease = new Lease(parts.database, "workflow-clock", instance, 10_000);
    this.#loop = new DueLoop({
      database: parts.database,
      tables: [...DUE_TABLES, "wf_recalculation"],
      paceMs: PACE_MS,
      look: () => this.#look(),
      failed: (error) => parts.log.warn({ error: String(error) }, "clockwork missed a tick"),
    });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#lease.release();
  }

  async #look(): Promise<number | undefined> {
    const { more, inMs } = await this.#round();
    return more ? 0 : inMs;
  }

  /** One look at what is due; tells whether more is. Who loses the lease while it works commits nothing more. */
  async tick(): Promise<boolean> {
    return (await this.#round()).more;
  }

  async #round(): Promise<{ more: boolean; inMs?: number | undefined }> {
    if (!this.#mayWrite() || !(await this.#lease.hold())) return { more: false };
    const { database, runtime, jobs, reminders, recalculations, yearWatch, positionWatch } = this.parts;
    const guard: Guard = (tx) => this.#lease.guard(tx);
    const now = (await database.now()).toISOString();
    const timers = await this.#due("wf_timer", now, (ids) => runtime.fireTimers(ids, guard));
    const sent = await this.#due("wf_job", now, async (ids) => {
      for (const id of ids) await jobs.resend(id, guard);
    });
    const told = await this.#due("wf_reminder", now, (ids) =>
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
    const all = [timers, sent, told];
    return {
      more: recalculated || all.some(({ done }) => done === BATCH),
      inMs: untilFirst(
        all.map(({ first }) => first),
        now,
        PACE_MS,
      ),
    };
  }

  /** Does what is due in a table, the earliest first, some at a time; tells how much of it, and when the first was due or will be. */
  async #due(
    table: DueTable,
    now: string,
    work: (ids: string[]) => Promise<void>,
  ): Promise<{ done: number; first: unknown }> {
    const { database } = this.parts;
    const { column, where } = DUE[table];
    const [next] = await database.find(table, {
      where: { ...where, [column]: { ne: null } },
      orderBy: [column],
      columns: [column],
      limit: 1,
    });
    const first = next?.[column];
    if (typeof first !== "string" || first > now) return { done: 0, first };
    const rows = await database.find(table, {
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
    return { done, first };
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
