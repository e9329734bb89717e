import { type Log, newTraceparent, Postponed } from "@jinshui/bus";
import { isJinshuiError, type Schedule, type ScheduledRun } from "@jinshui/contracts";
import { dueAfter } from "@jinshui/contracts/schedule-times";
import {
  type Database,
  DueLoop,
  Lease,
  newId,
  type Row,
  type Transaction,
  untilFirst,
  type Where,
} from "@jinshui/storage";
import type { Receiver } from "../deliveries.js";

/** How soon what waits for a process is looked at again. */
const AGAIN_MS = 1_000;
const BATCH = 100;
const LEASE_MS = 10_000;
/** What is later than this was due while no kernel ran. */
const MISSED_MS = 60_000;
/** For so long nobody else tries a run that was handed over; a little more than a plugin has for it. */
const CLAIM_MS = 40_000;
/** Pauses before further tries. */
const BACK_OFF_MS = [1_000, 5_000];
/** Rows are compared with what is on that often, and old runs removed. */
const SYNC_MS = 60_000;
const KEPT_RUNS = 200;

/** A schedule in a bureau that has its plugin on. */
export interface ScheduledWork {
  plugin: string;
  bureau: string;
  schedule: Schedule;
}

export interface ScheduleClockOptions {
  database: Database;
  log: Log;
  /** Tells this kernel from others. */
  owner: string;
  /** All that is on now. */
  wanted: () => ScheduledWork[];
  /** The process that serves a bureau; nothing while there is none. */
  receiver: (plugin: string, bureau: string) => Receiver | undefined;
}

/**
 * Runs schedules when they are due, by the database's clock: one kernel, which holds the lease, makes one row for each time in each
 * bureau and hands it to the plugin until it is done or has failed for good.
 */
export class ScheduleClock {
  readonly #loop: DueLoop;
  readonly #lease: Lease;
  readonly #running = new Map<string, Promise<void>>();
  #synced = { key: "", at: 0 };

  constructor(readonly options: ScheduleClockOptions) {
    const { database, log, owner } = options;
    this.#lease = new Lease(database, "schedules", owner, LEASE_MS);
    this.#loop = new DueLoop({
      database,
      tables: ["plugin_schedule", "schedule_run"],
      paceMs: 100,
      look: () => this.#look(),
      failed: (error) => log.warn({ error: String(error) }, "schedules missed a tick"),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Begins nothing more; what a plugin has in hand is finished. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await Promise.all(this.#running.values());
    await this.#lease.release();
  }

  async #look(): Promise<number | undefined> {
    await this.tick();
    if (!this.#lease.isHeld || this.options.wanted().length === 0) return undefined;
    const { database } = this.options;
    const first = async (table: string, column: string, where: Where = {}): Promise<unknown> => {
      const sought = { ...where, [column]: { ne: null } };
      return (await database.find(table, { where: sought, orderBy: [column], columns: [column], limit: 1 }))[0]?.[
        column
      ];
    };
    const moments = [
      await first("plugin_schedule", "due_at"),
      await first("schedule_run", "next_at", { state: "open" }),
    ];
    return untilFirst(moments, (await database.now()).toISOString(), AGAIN_MS);
  }

  /** One look at what is due. Who loses the lease while it works commits nothing more. */
  async tick(): Promise<void> {
    const { database } = this.options;
    if (!(await this.#lease.hold())) return;
    const now = (await database.now()).toISOString();
    await this.#sync(now);
    // where nothing is on nothing is due, and nothing is open
    if (this.options.wanted().length === 0) return;
    const due = await database.find("plugin_schedule", {
      where: { due_at: { lte: now } },
      orderBy: ["due_at"],
      limit: BATCH,
    });
    for (const { bureau, plugin, schedule } of due) await this.#fire({ bureau, plugin, schedule }, now);
    const open = await database.find("schedule_run", {
      where: { state: "open", next_at: { lte: now } },
      orderBy: ["next_at"],
      limit: BATCH,
    });
    for (const run of open) {
      const id = String(run["id"]);
      if (this.#running.has(id)) continue;
      const handing = this.#hand(id, run)
        .catch((error: unknown) =>
          this.options.log.error({ run: id, err: error }, "a scheduled run could not be handled"),
        )
        .finally(() => this.#running.delete(id));
      this.#running.set(id, handing);
    }
  }

  /** Rows are those of what is on: what is switched off has no time at which it would be due. */
  async #sync(now: string): Promise<void> {
    const wanted = new Map(
      this.options.wanted().map((work) => [keyOf(work.bureau, work.plugin, work.schedule.id), work]),
    );
    const key = JSON.stringify([...wanted]);
    if (key === this.#synced.key && performance.now() - this.#synced.at < SYNC_MS) return;
    await this.options.database.transaction(async (tx) => {
      await this.#lease.guard(tx);
      const known = new Map<string, Row>();
      for (const row of await tx.find("plugin_schedule")) {
        const { bureau, plugin, schedule } = row;
        const name = keyOf(String(bureau), String(plugin), String(schedule));
        if (wanted.has(name)) known.set(name, row);
        else await tx.remove("plugin_schedule", { bureau, plugin, schedule } as Record<string, string>);
      }
      for (const [name, { bureau, plugin, schedule }] of wanted) {
        const timing = timingOf(schedule);
        if (known.get(name)?.["timing"] === timing) continue;
        const place = { bureau, plugin, schedule: schedule.id };
        const next = { timing, due_at: dueAfter(schedule, new Date(now))?.toISOString() ?? null };
        if (known.has(name)) await tx.update("plugin_schedule", place, next);
        else await tx.insert("plugin_schedule", { ...place, ...next });
      }
      for (const run of await tx.find("schedule_run", { where: { state: "open" } }))
        if (!wanted.has(keyOf(String(run["bureau"]), String(run["plugin"]), String(run["schedule"]))))
          await tx.update(
            "schedule_run",
            { id: String(run["id"]) },
            { state: "skipped", reason: "switched-off", finished_at: tx.time, next_at: null },
          );
      for (const { bureau, plugin, schedule } of wanted.values())
        await trim(tx, { bureau, plugin, schedule: schedule.id });
    });
    this.#synced = { key, at: performance.now() };
  }

  /** Makes the row for a time that has come, and finds the next time. */
  async #fire(place: Row, now: string): Promise<void> {
    const where = place as Record<string, string>;
    const { bureau = "", plugin = "", schedule: id = "" } = where;
    const schedule = this.options
      .wanted()
      .find((work) => work.bureau === bureau && work.plugin === plugin && work.schedule.id === id)?.schedule;
    if (!schedule) return;
    await this.options.database.transaction(async (tx) => {
      await this.#lease.guard(tx);
      const row = await tx.findOneForUpdate("plugin_schedule", where);
      const dueAt = String(row?.["due_at"] ?? "");
      if (dueAt === "" || dueAt > now) return;
      const isLate = Date.parse(now) - Date.parse(dueAt) > MISSED_MS;
      const before = await tx.findOne("schedule_run", { ...where, state: "open" });
      const reason = isLate && schedule.missed === "skip" ? "missed" : before ? "still-running" : undefined;
      if (!(await tx.findOne("schedule_run", { ...where, due_at: dueAt })))
        await tx.insert("schedule_run", {
          ...where,
          ...newRun(dueAt),
          ...(reason === undefined
            ? { next_at: now }
            : {
                state: "skipped",
                reason,
                finished_at: tx.time,
              }),
        });
      await tx.update("plugin_schedule", where, { due_at: dueAfter(schedule, new Date(now))?.toISOString() ?? null });
    });
  }

  async #hand(id: string, row: Row): Promise<void> {
    const [bureau, plugin, schedule] = [String(row["bureau"]), String(row["plugin"]), String(row["schedule"])];
    const receiver = this.options.receiver(plugin, bureau);
    // it waits for a process
    if (!receiver) return;
    const attempt = await this.#claim(id);
    if (attempt === undefined) return;
    const body: ScheduledRun = { id, bureau, schedule, dueAt: String(row["due_at"]), attempt };
    const subject = `jinshui.schedule.${bureau}.${plugin}.${schedule}`;
    try {
      await receiver.deliver({ kind: "schedule", name: schedule, subject, traceparent: newTraceparent(), body });
      await this.#close(id, attempt, { state: "done", problem: null });
    } catch (error) {
      await this.#failed({ id, bureau, plugin, schedule, attempt }, error);
    }
  }

  /** Takes a run for the next try; nothing when somebody else has. */
  #claim(id: string): Promise<number | undefined> {
    return this.options.database.transaction(async (tx) => {
      await this.#lease.guard(tx);
      const run = await tx.findOneForUpdate("schedule_run", { id });
      if (run?.["state"] !== "open" || String(run["next_at"]) > tx.time) return undefined;
      const attempt = Number(run["attempt"]) + 1;
      const claimed = { attempt, next_at: later(tx.time, CLAIM_MS), started_at: run["started_at"] ?? tx.time };
      await tx.update("schedule_run", { id }, claimed);
      return attempt;
    });
  }

  async #failed(
    run: { id: string; bureau: string; plugin: string; schedule: string; attempt: number },
    error: unknown,
  ): Promise<void> {
    const { id, bureau, plugin, schedule, attempt } = run;
    // switched off meanwhile: the next look at what is on closes it
    if (isJinshuiError(error) && error.code === "not-enabled") return;
    const text =
      error instanceof Postponed ? "its process ended" : error instanceof Error ? error.message : String(error);
    const problem = [...text].slice(0, 500).join("");
    const pauseMs =
      isJinshuiError(error) && !error.retryable && error.code !== "plugin-failed"
        ? undefined
        : BACK_OFF_MS[attempt - 1];
    this.options.log.warn({ plugin, bureau, schedule, run: id, attempt, problem }, "a scheduled run failed");
    if (pauseMs !== undefined) {
      await this.#close(id, attempt, { problem }, pauseMs);
      return;
    }
    await this.#close(id, attempt, { state: "failed", problem }, undefined, (tx) => {
      tx.audit({
        bureau,
        actor: { id: `plugin:${plugin}`, name: plugin },
        caller: "supervisor",
        action: "schedule-failed",
        resource: `plugin/${plugin}`,
        result: "failed",
        reason: isJinshuiError(error) ? error.code : "plugin-failed",
        after: { schedule, attempt, problem },
      });
      const data = { plugin, schedule, permissions: ["site.plugins"] };
      tx.event({ bureau, source: "supervisor", name: "schedule-failed", data });
    });
  }

  /** Writes what has become of a try, unless somebody else has tried since. */
  async #close(
    id: string,
    attempt: number,
    values: Row,
    pauseMs?: number,
    also: (tx: Transaction) => void = () => undefined,
  ): Promise<void> {
    await this.options.database.transaction(async (tx) => {
      const run = await tx.findOneForUpdate("schedule_run", { id });
      if (run?.["state"] !== "open" || run["attempt"] !== attempt) return;
      const end =
        pauseMs === undefined ? { finished_at: tx.time, next_at: null } : { next_at: later(tx.time, pauseMs) };
      await tx.update("schedule_run", { id }, { ...values, ...end });
      also(tx);
    });
  }
}

/** A run that is open and was not tried yet. */
export function newRun(dueAt: string): Row {
  return { id: newId(), due_at: dueAt, state: "open", attempt: 0 };
}

async function trim(tx: Transaction, place: Record<string, string>): Promise<void> {
  const [oldest] = await tx.find("schedule_run", { where: place, orderBy: ["-due_at"], offset: KEPT_RUNS, limit: 1 });
  if (oldest)
    await tx.remove("schedule_run", { ...place, due_at: { lte: String(oldest["due_at"]) }, state: { ne: "open" } });
}

function keyOf(bureau: string, plugin: string, schedule: string): string {
  return `${bureau}/${plugin}/${schedule}`;
}

/** When it changes, the next time is worked out anew. */
function timingOf({ cron, everySeconds, timezone }: Schedule): string {
  return JSON.stringify([cron ?? null, everySeconds ?? null, timezone ?? null]);
}

function later(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}
