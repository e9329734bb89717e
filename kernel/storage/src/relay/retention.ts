import type { Log } from "@jinshui/bus";
import type { Database } from "../database/database.js";
import type { FindOptions, Row } from "../database/table.js";
import { matches } from "./consumers.js";
import { daysBefore, INBOX_DAYS, OUTBOX_DAYS } from "./days.js";
import { Lease } from "./lease.js";

const EVERY_MS = 3_600_000;
const PIECE = 1_000;

/** Clears away, once an hour in one process, what no repetition can need any more. */
export class Retention {
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  readonly #lease: Lease;

  constructor(
    readonly database: Database,
    readonly log: Log,
    instance: string,
  ) {
    this.#lease = new Lease(database, "retention", instance, 60_000);
  }

  start(): void {
    const run = (): void => {
      this.#running = this.clear()
        .then(() => undefined)
        .catch((error: unknown) => this.log.warn({ error: String(error) }, "old rows could not be cleared away"));
    };
    this.#timer = setInterval(run, EVERY_MS).unref();
    run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
    await this.#lease.release();
  }

  /**
   * Outbox rows go after a week, when every registered inbox has them; inbox rows when they are old and their event is gone
   * from the outbox. Answers kept for repeated calls stay as long: a plugin's writes are known by them when its jobs and events come
   * again after a loss of the bus.
   */
  async clear(): Promise<{ outbox: number; inbox: number; kept: number }> {
    const now = await this.database.now();
    const removed = { outbox: 0, inbox: 0, kept: 0 };
    if (!(await this.#lease.hold())) return removed;
    const inboxes = await this.database.find("consumer", { where: { has_inbox: true } });
    const old = daysBefore(now, OUTBOX_DAYS);
    await this.#each("outbox", {}, "seq", async (all) => {
      // in the order they were written: behind a piece without an old one there is none. An index would cost every write
      if (all.every((row) => String(row["created_at"]) >= old)) return false;
      const rows = all.filter((row) => row["published_at"] !== undefined && String(row["published_at"]) < old);
      const needed = await this.#needed(rows, inboxes);
      removed.kept += needed.size;
      removed.outbox += await this.#remove(
        "outbox",
        "event_id",
        rows.map((row) => String(row["event_id"])).filter((id) => !needed.has(id)),
      );
      return true;
    });
    if (removed.kept > 0)
      this.log.warn({ rows: removed.kept }, "old outbox rows wait for an inbox that does not take them");
    await this.#each("inbox", { at: { lt: daysBefore(now, INBOX_DAYS) } }, "message_id", async (rows) => {
      const ids = rows.map((row) => String(row["message_id"]));
      const there = await this.database.find("outbox", { where: { event_id: { in: ids } }, columns: ["event_id"] });
      const alive = new Set(there.map((row) => String(row["event_id"])));
      removed.inbox += await this.#remove(
        "inbox",
        "message_id",
        ids.filter((id) => !alive.has(id)),
      );
      return true;
    });
    await this.#removeAll("idempotency", { created_at: { lt: daysBefore(now, INBOX_DAYS) } });
    // failures of messages that went well in the end
    await this.#removeAll("dead_letter", { dead: false, at: { lt: daysBefore(now, INBOX_DAYS) } });
    return removed;
  }

  async #removeAll(table: string, where: FindOptions["where"] & object): Promise<void> {
    while (
      !this.#stopped &&
      (await this.database.transaction((tx) => tx.remove(table, where, PIECE), { essential: true })) === PIECE
    );
  }

  /** Ids of events that some inbox should have and has not. */
  async #needed(rows: readonly Row[], inboxes: readonly Row[]): Promise<Set<string>> {
    const needed = new Set<string>();
    for (const { name, filter_subject: filter, registered_at: since } of inboxes) {
      const ids = rows
        .filter((row) => matches(String(filter), String(row["subject"])) && String(row["created_at"]) >= String(since))
        .map((row) => String(row["event_id"]));
      const has = await this.database.find("inbox", {
        where: { consumer: String(name), message_id: { in: ids } },
        columns: ["message_id"],
      });
      const seen = new Set(has.map((row) => String(row["message_id"])));
      for (const id of ids) if (!seen.has(id)) needed.add(id);
    }
    return needed;
  }

  /** Goes through rows in pieces, until `work` says that this is enough: writers need not wait for a long week's rows. */
  async #each(
    table: string,
    where: FindOptions["where"] & object,
    key: string,
    work: (rows: Row[]) => Promise<boolean>,
  ): Promise<void> {
    for (let last: string | number | undefined; !this.#stopped;) {
      const rows = await this.database.find(table, {
        where: { and: [where, ...(last === undefined ? [] : [{ [key]: { gt: last } }])] },
        orderBy: [key],
        limit: PIECE,
        ...(table === "outbox" ? { columns: ["seq", "event_id", "subject", "created_at", "published_at"] } : {}),
      });
      if (rows.length === 0) return;
      if (!(await work(rows))) return;
      last = rows.at(-1)?.[key] as string | number;
      if (!(await this.#lease.hold())) return;
    }
  }

  async #remove(table: string, column: string, ids: string[]): Promise<number> {
    if (ids.length === 0) return 0;
    return this.database.transaction((tx) => tx.remove(table, { [column]: { in: ids } }), { essential: true });
  }
}
