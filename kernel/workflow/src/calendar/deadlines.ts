import type { ActorRef, HistoryEntry } from "@jinshui/contracts";
import type { ElementModel } from "@jinshui/engine";
import { newId, type Reader, type Row, type Transaction } from "@jinshui/storage";
import { addHistory } from "../runtime/instance.js";
import type { Calendars } from "./calendars.js";
import { type Deadline, deadlineOf, type Pause, type TimeLimit } from "./deadline.js";
import { nextStage, reminderStages } from "./reminder-stages.js";
import { timeLimitOf } from "./time-limit.js";

/** What a task or a matter keeps of its deadline. */
export interface DeadlineColumns {
  time_limit: TimeLimit | null;
  due_at: string | null;
  warn_at: string | null;
  provisional_years: number[] | null;
}

/** What is due: a task, or a matter as a whole. */
export interface Due {
  bureau: string;
  instance: string;
  /** Absent for the matter. */
  task?: string;
  /** When its time began. */
  start: string;
  /** It was made just now: nobody was ever to be reminded. */
  isNew?: boolean;
}

/** What changes a deadline of something that is open already. */
export interface DeadlineCause {
  cause: "calendar" | "clock";
  by?: ActorRef;
}

/** By when tasks and matters must be done: by their limits, the bureau's calendar and the times in which the clock stands. */
export class Deadlines {
  constructor(readonly calendars: Calendars) {}

  /** The deadline of a matter that begins. */
  async ofMatter(tx: Transaction, bureau: string, extensions: Record<string, string>): Promise<DeadlineColumns> {
    return this.#columns(tx, bureau, tx.time, timeLimitOf(extensions, "limit"), []);
  }

  /** The deadline of a task that begins. A step that stops the clock has its own time, which runs on. */
  async ofTask(tx: Transaction, instance: Row, element: ElementModel): Promise<DeadlineColumns> {
    const limit = timeLimitOf(element.extensions, "due");
    const pauses = limit && !stopsClock(element) ? await pausesOf(tx, String(instance["id"])) : [];
    return this.#columns(tx, String(instance["bureau"]), tx.time, limit, pauses);
  }

  /** Sets when people are reminded; where nothing is due, nobody is any more. */
  async plan(tx: Transaction, due: Due, columns: DeadlineColumns): Promise<void> {
    const id = due.task ?? due.instance;
    const known = due.isNew === true ? undefined : await tx.findOne("wf_reminder", { id });
    const told = known?.["told"] as string | undefined;
    const next = columns.time_limit === null ? undefined : await this.next(tx, due, columns, told);
    const values = { next_stage: next?.stage ?? null, next_at: next?.at ?? null };
    if (known) await tx.update("wf_reminder", { id }, values);
    else if (columns.time_limit !== null)
      await tx.insert("wf_reminder", { id, instance: due.instance, task: due.task ?? null, ...values });
  }

  /** The stage to be told next. */
  async next(
    tx: Reader & { time: string },
    { bureau, start }: Due,
    { due_at: dueAt, warn_at: warnAt }: Pick<DeadlineColumns, "due_at" | "warn_at">,
    told: string | undefined,
  ): Promise<ReturnType<typeof nextStage>> {
    if (dueAt === null || warnAt === null) return undefined;
    const calendar = await this.calendars.of(bureau, tx);
    return nextStage(reminderStages(calendar, start, { dueAt, warnAt }, calendar.reminders), told, tx.time);
  }

  /** Stops the clock of a matter, which the caller has locked. */
  async stop(
    tx: Transaction,
    id: string,
    { task, by, reason, basis }: { task?: string; by?: ActorRef; reason: string; basis?: string },
  ): Promise<void> {
    await tx.insert("wf_pause", {
      id: newId(),
      instance: id,
      task: task ?? null,
      since: tx.time,
      reason: [...reason].slice(0, 500).join(""),
      basis: basis ?? null,
      by: by ?? null,
    });
    await addHistory(tx, id, {
      at: tx.time,
      type: "clock-stopped",
      ...(by ? { by } : {}),
      ...(task === undefined ? { opinion: reason } : { step: reason }),
      ...(basis === undefined ? {} : { deadline: { basis } }),
    });
    await this.recalculate(tx, id, { cause: "clock", ...(by ? { by } : {}) });
  }

  /** Ends what stops the clock of a matter: what a task does, or what somebody did. Tells whether there was anything. */
  async resume(
    tx: Transaction,
    id: string,
    { task, by, reason }: { task?: string; by?: ActorRef; reason?: string },
  ): Promise<boolean> {
    const where = { instance: id, task: task ?? null, until: null };
    if ((await tx.update("wf_pause", where, { until: tx.time })) === 0) return false;
    await addHistory(tx, id, {
      at: tx.time,
      type: "clock-resumed",
      ...(by ? { by } : {}),
      ...(reason === undefined ? {} : { opinion: reason }),
    });
    await this.recalculate(tx, id, { cause: "clock", ...(by ? { by } : {}) });
    return true;
  }

  /** Forgets what was due when a task is over, and lets the clock go on that it stopped. */
  async taskEnded(tx: Transaction, task: string): Promise<void> {
    await tx.remove("wf_reminder", { id: task });
    const pause = await tx.findOne("wf_pause", { task, until: null });
    if (pause) await this.resume(tx, String(pause["instance"]), { task });
  }

  /** Forgets what was due when a matter is over. */
  async matterEnded(tx: Transaction, instance: string): Promise<void> {
    await tx.remove("wf_reminder", { instance });
    await tx.update("wf_pause", { instance, until: null }, { until: tx.time });
  }

  /**
   * Brings the open deadlines of a matter, which the caller has locked, in step with the calendar and the clock.
   *
   * @returns how many became others.
   */
  async recalculate(tx: Transaction, id: string, why: DeadlineCause): Promise<number> {
    // read anew: the same command may have moved it already
    const instance = await tx.findOne("wf_instance", { id });
    if (!instance) return 0;
    const bureau = String(instance["bureau"]);
    // also those that wait for others for a while
    const tasks = await tx.find("wf_task", {
      where: { instance: id, completed_at: null },
      orderBy: ["arrived_at", "id"],
    });
    const limited = tasks.filter((task) => limitOf(task));
    const isLimited = limitOf(instance) !== undefined;
    if (!isLimited && limited.length === 0) return 0;
    const pauses = await pausesOf(tx, id);
    let changed = 0;
    if (isLimited) {
      const start = String(instance["started_at"]);
      const after = await this.#columns(tx, bureau, start, limitOf(instance), pauses);
      changed += await this.#change(tx, { bureau, instance: id, start }, instance, after, why);
    }
    for (const task of limited) {
      const start = String(task["arrived_at"]);
      const counted = task["stops_clock"] === true ? [] : pauses;
      const after = await this.#columns(tx, bureau, start, limitOf(task), counted);
      changed += await this.#change(tx, { bureau, instance: id, task: String(task["id"]), start }, task, after, why);
    }
    return changed;
  }

  async #change(tx: Transaction, due: Due, row: Row, after: DeadlineColumns, why: DeadlineCause): Promise<number> {
    const { due_at, warn_at, provisional_years } = after;
    const same = (row["due_at"] ?? null) === due_at;
    if (
      same &&
      (row["warn_at"] ?? null) === warn_at &&
      String(row["provisional_years"] ?? "") === String(provisional_years ?? "")
    )
      return 0;
    const values = { due_at, warn_at, provisional_years };
    if (due.task === undefined) await tx.update("wf_instance", { id: due.instance }, values);
    else {
      await tx.update("wf_task", { id: due.task }, values);
      await tx.update("wf_candidate", { task: due.task }, { due_at });
    }
    await this.plan(tx, due, after);
    // while the clock stands nothing is another day; that it stands is told once
    if (!same && due_at !== null) await addHistory(tx, due.instance, historyOf(tx.time, row, due, due_at, why));
    return same ? 0 : 1;
  }

  async #columns(
    reader: Reader,
    bureau: string,
    start: string,
    limit: TimeLimit | undefined,
    pauses: readonly Pause[],
  ): Promise<DeadlineColumns> {
    if (!limit) return { time_limit: null, due_at: null, warn_at: null, provisional_years: null };
    const deadline = deadlineOf(await this.calendars.of(bureau, reader), start, limit, pauses);
    return { time_limit: limit, ...columnsOf(deadline) };
  }
}

/** Whether a step stops the clock of its matter while it is open. */
export function stopsClock({ extensions }: ElementModel): boolean {
  return extensions["pauses"] === "true";
}

function columnsOf(deadline: Deadline | undefined): Omit<DeadlineColumns, "time_limit"> {
  return {
    due_at: deadline?.dueAt ?? null,
    warn_at: deadline?.warnAt ?? null,
    provisional_years: deadline && deadline.unknownYears.length > 0 ? deadline.unknownYears : null,
  };
}

async function pausesOf(reader: Reader, instance: string): Promise<Pause[]> {
  const rows = await reader.find("wf_pause", { where: { instance }, orderBy: ["since"] });
  return rows.map(({ since, until }) => ({
    since: String(since),
    ...(typeof until === "string" ? { until } : {}),
  }));
}

function limitOf(row: Row): TimeLimit | undefined {
  return (row["time_limit"] ?? undefined) as TimeLimit | undefined;
}

function historyOf(at: string, row: Row, due: Due, after: string, { cause, by }: DeadlineCause): HistoryEntry {
  const before = row["due_at"];
  return {
    at,
    type: "deadline-changed",
    ...(by ? { by } : {}),
    ...(due.task === undefined ? {} : { element: String(row["element"]), step: String(row["step"]), task: due.task }),
    deadline: { ...(typeof before === "string" ? { before } : {}), after, cause },
  };
}
