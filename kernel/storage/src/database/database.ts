import { failpoint } from "@jinshui/bus";
import { JinshuiError } from "@jinshui/contracts";
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { QueryTypes, type Sequelize, type Transaction as SqlTransaction } from "sequelize";
import { ChainedTables } from "../audit/chained-tables.js";
import { type Ahead, BatchCommit, type Part, watchedRows } from "./batch-commit.js";
import { DatabaseClock } from "./clock.js";
import { connectSequelize, isLocal, isSqlite, sqliteFolder } from "./connect.js";
import type { DiskMark } from "./disk-mark.js";
import { isTransient, reasonOf, translated } from "./errors.js";
import { ensureFullText } from "./full-text.js";
import { GatheredRows } from "./gathered-rows.js";
import { GroupCommit, type OpenShare, type Share, Undecided } from "./group-commit.js";
import { checkTables, ensureTables } from "./schema.js";
import { checkSettings, foldersOf, readSettings, type ServerWarning } from "./server-settings.js";
import { moved } from "./moved.js";
import { JOURNAL, SYSTEM_TABLES } from "./system-tables.js";
import type { FindOptions, Row, TableDefinition, Where } from "./table.js";
import type { AggregateOptions } from "./row-statements.js";
import { Tables } from "./tables.js";
import { Transaction } from "./transaction.js";
import { WriteListeners } from "./write-listeners.js";

/** Reads outside a transaction. */
export interface Reader {
  find(table: string, options?: FindOptions): Promise<Row[]>;
  findOne(table: string, where: Where): Promise<Row | undefined>;
  count(table: string, where?: Where): Promise<number>;
}

export interface TransactionOptions {
  /** The work only reads and adds rows: it may share a transaction with others of its kind (`GroupCommit`). */
  grouped?: boolean;
  /** The work may share a transaction with others of its kind, one after the other (`BatchCommit`). */
  batched?: boolean | Ahead<Transaction>;
  /** The work does the same thing many times over: rows are written and read together (`GatheredRows`). */
  gathered?: boolean;
  /** Goes through on a nearly full disk: what is small and keeps the site alive, or frees space. */
  essential?: boolean;
}

/** The kernel's port to its database: the truth everything else is rebuilt from. */
export interface Database extends Reader {
  readonly dialect: "sqlite" | "mysql";
  /** Settings of the server that are not as they should be, as they were when it was opened. */
  readonly warnings: readonly ServerWarning[];
  /** Creates or expands tables and makes them known to this process. Never drops data. */
  ensureTables(tables: TableDefinition[]): Promise<void>;
  /** @throws JinshuiError `conflict` for tables that what is stored could not be brought to. */
  checkTables(tables: TableDefinition[]): Promise<void>;
  /** How many rows there are, counting no further than `cap`. */
  countTo(cap: number, table: string, where: Where): Promise<number>;
  aggregate(table: string, options: AggregateOptions): Promise<Row[]>;
  /**
   * Runs `work` in one transaction; deadlocks and lock time-outs are tried again, three times at most. Must not be nested.
   * @throws JinshuiError `insufficient-storage` on a nearly full disk, `unavailable` when no connection is free within 5 s.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** @throws JinshuiError `insufficient-storage` while nothing may be written: for those who write files beside rows. */
  checkSpace(): void;
  /** The database's clock, the only one that decides about leases and timers; of SQLite, which lives in this process, our own. */
  now(): Promise<Date>;
  /**
   * Calls back after every commit over this connection that has added or changed rows of certain tables, so that who waits for
   * something there need not keep looking; what other processes write it does not tell. Returns the way to stop.
   */
  onWritten(tables: readonly string[], listener: () => void): () => void;
  /** Throws `unavailable` when the database can't be read. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Refuses writing on a nearly full disk; the database adds the folders it writes to, where they are on this machine. */
  disk?: DiskMark;
}

/**
 * Opens `sqlite:/path/file.sqlite` or `mysql://user:password@host:port/database` (MySQL or MariaDB).
 * @throws JinshuiError `unavailable` when it can't be reached, naming the host or file but not the password.
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const database = new SequelizeDatabase(url, options.disk);
  try {
    await database.prepare();
    await database.ensureTables(SYSTEM_TABLES);
  } catch (cause) {
    await database.close().catch(() => undefined);
    const place = isSqlite(url) ? url : new URL(url).host;
    throw new JinshuiError("unavailable", `The database at ${place} can't be used: ${reasonOf(cause)}`, { cause });
  }
  return database;
}

class SequelizeDatabase implements Database {
  readonly dialect: "sqlite" | "mysql";
  warnings: readonly ServerWarning[] = [];
  readonly sequelize: Sequelize;
  readonly #tables: Tables;
  readonly #running = new AsyncLocalStorage<true>();
  readonly #groups: GroupCommit<Transaction>;
  readonly #batches: BatchCommit<Transaction>;
  readonly #clock = new DatabaseClock((transaction) => this.#asked(transaction));
  readonly #listeners = new WriteListeners();

  constructor(
    readonly url: string,
    readonly disk: DiskMark | undefined,
  ) {
    this.dialect = isSqlite(url) ? "sqlite" : "mysql";
    this.sequelize = connectSequelize(url);
    this.#tables = this.dialect === "sqlite" ? new ChainedTables(this.sequelize) : new Tables(this.sequelize);
    this.#tables.define(JOURNAL);
    // one runs while the next is gathered; SQLite has but one writer, who waits for nobody
    this.#groups = new GroupCommit(
      {
        alone: (work) => this.#alone(work),
        shared: (run) => this.#shared(run),
        within: (work) => this.#running.run(true, work),
        rows: this.#tables,
      },
      this.dialect === "sqlite" ? 1 : 4,
    );
    this.#batches = new BatchCommit(
      {
        alone: (work) => this.#alone(work),
        batch: (run) => this.#batch(run),
        within: (work) => this.#running.run(true, work),
      },
      this.dialect === "sqlite" ? 1 : 4,
    );
  }

  /** Looks at the server's settings and at where it writes. */
  async prepare(): Promise<void> {
    if (this.dialect === "sqlite") {
      await this.disk?.watch(sqliteFolder(this.url));
      return;
    }
    const settings = await readSettings(this.sequelize);
    this.warnings = checkSettings(settings);
    if (isLocal(this.url)) for (const folder of foldersOf(settings)) await this.disk?.watch(folder);
  }

  async ensureTables(tables: TableDefinition[]): Promise<void> {
    // an index over a long table takes longer than any other statement may
    const unlimited = this.dialect === "mysql" ? connectSequelize(this.url, { unlimited: true }) : undefined;
    try {
      await ensureTables(unlimited ?? this.sequelize, tables).catch(rethrow);
      for (const table of tables) await ensureFullText(unlimited ?? this.sequelize, table).catch(rethrow);
    } finally {
      await unlimited?.close();
    }
    for (const table of tables) this.#tables.define(table);
  }

  checkTables(tables: TableDefinition[]): Promise<void> {
    return checkTables(this.sequelize, tables).catch(rethrow);
  }

  checkSpace(): void {
    this.disk?.check();
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.#running.getStore())
      throw new Error("a transaction must not be opened inside another: it would wait for itself");
    if (options.essential !== true) this.checkSpace();
    const { batched = false } = options;
    if (batched !== false) return this.#batches.run(work, batched === true ? undefined : batched);
    return options.grouped === true ? this.#groups.run(work) : this.#alone(work, options.gathered);
  }

  async #alone<T>(work: (tx: Transaction) => Promise<T>, gathered = false): Promise<T> {
    const { tx, result } = await this.#running.run(true, () => this.#attempts(work, gathered));
    this.#committed(tx);
    return result;
  }

  #committed(tx: Transaction): void {
    tx.committed();
    this.#listeners.tell(tx.written);
  }

  /** One transaction for several pieces of work, each with a face of its own. */
  async #shared<R>(run: (open: (share: Share) => OpenShare<Transaction>) => Promise<R>): Promise<R> {
    const sql = await this.sequelize.transaction();
    const opened: Transaction[] = [];
    let time = "";
    const open = ({ access }: Share): OpenShare<Transaction> => {
      const tx = new Transaction(access, sql, time);
      opened.push(tx);
      return { tx, finish: () => tx.finish() };
    };
    let result: R;
    try {
      time = (await this.#time(sql)).toISOString();
      result = await run(open);
      failpoint("before-commit");
    } catch (error) {
      await sql.rollback().catch(() => undefined);
      throw error;
    }
    await sql.commit().catch((cause: unknown) => {
      throw new Undecided("The commit was not answered", { cause: translated(cause) });
    });
    failpoint("after-commit");
    for (const tx of opened) this.#committed(tx);
    return result;
  }

  /** One transaction for several pieces of work that come one after the other; what they write goes out together. */
  async #batch<R>(run: (open: () => Part<Transaction>) => Promise<R>): Promise<R> {
    const sql = await this.sequelize.transaction();
    let main: Transaction;
    let result: R;
    try {
      const time = (await this.#time(sql)).toISOString();
      const rows = new GatheredRows(this.#tables);
      main = new Transaction(rows, sql, time);
      result = await run(() => {
        const { access, wrote } = watchedRows(rows);
        const tx = new Transaction(access, sql, time);
        return { tx, wrote, take: () => main.absorb(tx) };
      });
      await main.finish();
      await rows.finish(sql);
      failpoint("before-commit");
    } catch (error) {
      await sql.rollback().catch(() => undefined);
      throw error;
    }
    await sql.commit().catch((cause: unknown) => {
      throw new Undecided("The commit was not answered", { cause: translated(cause) });
    });
    failpoint("after-commit");
    this.#committed(main);
    return result;
  }

  async #attempts<T>(
    work: (tx: Transaction) => Promise<T>,
    gathered: boolean,
  ): Promise<{ tx: Transaction; result: T }> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(work, gathered);
      } catch (error) {
        if (attempt > 3 || !isTransient(error)) throw translated(error);
        await sleep(10 * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  async #attempt<T>(work: (tx: Transaction) => Promise<T>, gathered: boolean): Promise<{ tx: Transaction; result: T }> {
    const sql = await this.sequelize.transaction();
    try {
      const time = await this.#time(sql);
      const rows = gathered ? new GatheredRows(this.#tables) : undefined;
      const tx = new Transaction(rows ?? this.#tables, sql, time.toISOString());
      const result = await work(tx);
      await tx.finish();
      await rows?.finish(sql);
      failpoint("before-commit");
      await sql.commit();
      failpoint("after-commit");
      return { tx, result };
    } catch (error) {
      await sql.rollback().catch(() => undefined);
      throw error;
    }
  }

  find(table: string, options: FindOptions = {}): Promise<Row[]> {
    this.#refuseInside();
    return this.#tables.find(table, options).catch(rethrow);
  }

  async findOne(table: string, where: Where): Promise<Row | undefined> {
    return (await this.find(table, { where, limit: 1 }))[0];
  }

  count(table: string, where: Where = {}): Promise<number> {
    this.#refuseInside();
    return this.#tables.count(table, where).catch(rethrow);
  }

  countTo(cap: number, table: string, where: Where): Promise<number> {
    this.#refuseInside();
    return this.#tables.count(table, where, undefined, cap).catch(rethrow);
  }

  aggregate(table: string, options: AggregateOptions): Promise<Row[]> {
    this.#refuseInside();
    return this.#tables.aggregate(table, options).catch(rethrow);
  }

  /** Ten transactions that each want an eleventh connection would wait for each other. */
  #refuseInside(): void {
    if (this.#running.getStore())
      throw new Error("inside a transaction, read through it: a second connection may not come");
  }

  async now(): Promise<Date> {
    return this.dialect === "sqlite" ? new Date() : moved(await this.#asked());
  }

  async #time(transaction: SqlTransaction): Promise<Date> {
    return this.dialect === "sqlite" ? new Date() : this.#clock.now(transaction);
  }

  /** Over the transaction's connection where there is one: a second might not come. */
  async #asked(transaction: SqlTransaction | null = null): Promise<Date> {
    const [row] = await this.sequelize
      .query<{ t: string }>("SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS t", {
        type: QueryTypes.SELECT,
        transaction,
      })
      .catch(rethrow);
    return new Date((row?.t ?? "").replace(/(\.\d{3})\d*Z$/, "$1Z"));
  }

  onWritten(tables: readonly string[], listener: () => void): () => void {
    return this.#listeners.on(tables, listener);
  }

  async ping(): Promise<void> {
    try {
      await this.sequelize.query("SELECT 1");
    } catch (cause) {
      throw new JinshuiError("unavailable", "The database does not answer", { cause });
    }
  }

  async close(): Promise<void> {
    this.disk?.close();
    await this.sequelize.close();
  }
}

function rethrow(error: unknown): never {
  throw translated(error);
}
