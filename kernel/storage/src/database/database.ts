import { JinshuiError } from "@jinshui/contracts";
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { QueryTypes, Sequelize, Transaction as SqlTransaction } from "sequelize";
import { isTransient, reasonOf, translated } from "./errors.js";
import { ensureTables } from "./schema.js";
import { sqliteDialect } from "./sqlite-dialect.js";
import { JOURNAL, SYSTEM_TABLES } from "./system-tables.js";
import type { FindOptions, Row, TableDefinition, Where } from "./table.js";
import { type AggregateOptions, Tables } from "./tables.js";
import { Transaction } from "./transaction.js";

/** Reads outside a transaction. */
export interface Reader {
  find(table: string, options?: FindOptions): Promise<Row[]>;
  findOne(table: string, where: Where): Promise<Row | undefined>;
  count(table: string, where?: Where): Promise<number>;
}

/** The kernel's port to its database: the truth everything else is rebuilt from. */
export interface Database extends Reader {
  readonly dialect: "sqlite" | "mysql";
  /** Creates or expands tables and makes them known to this process. Never drops anything. */
  ensureTables(tables: TableDefinition[]): Promise<void>;
  /** How many rows there are, counting no further than `cap`. */
  countTo(cap: number, table: string, where: Where): Promise<number>;
  aggregate(table: string, options: AggregateOptions): Promise<Row[]>;
  /** Runs `work` in one transaction; deadlocks and lock time-outs are tried again, three times at most. Must not be nested. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The database's clock, the only one that decides about leases and timers. */
  now(): Promise<Date>;
  /** Throws `unavailable` when the database can't be read. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens `sqlite:/path/file.sqlite` or `mysql://user:password@host:port/database` (MySQL or MariaDB).
 * @throws JinshuiError `unavailable` when it can't be reached, naming the host or file but not the password.
 */
export async function openDatabase(url: string): Promise<Database> {
  const sequelize = url.startsWith("sqlite:") ? sqlite(url.slice("sqlite:".length)) : mysql(url);
  const database = new SequelizeDatabase(sequelize);
  try {
    await database.ensureTables(SYSTEM_TABLES);
  } catch (cause) {
    await sequelize.close().catch(() => undefined);
    const place = url.startsWith("sqlite:") ? url : new URL(url).host;
    throw new JinshuiError("unavailable", `The database at ${place} can't be used: ${reasonOf(cause)}`, { cause });
  }
  return database;
}

function sqlite(file: string): Sequelize {
  return new Sequelize({
    dialect: "sqlite",
    storage: file,
    dialectModule: sqliteDialect,
    logging: false,
    pool: { max: 10, acquire: 15_000 },
  });
}

function mysql(url: string): Sequelize {
  return new Sequelize(url.replace(/^mariadb:/, "mysql:"), {
    dialect: "mysql",
    logging: false,
    timezone: "+00:00",
    isolationLevel: SqlTransaction.ISOLATION_LEVELS.READ_COMMITTED,
    pool: { max: 10, acquire: 5_000, idle: 60_000 },
    dialectOptions: { charset: "utf8mb4", supportBigNumbers: true, connectTimeout: 5_000 },
    hooks: {
      afterConnect: async (connection) => {
        const session = connection as { promise(): { query(sql: string): Promise<unknown> } };
        await session
          .promise()
          .query(
            "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY', innodb_lock_wait_timeout = 5",
          );
      },
    },
  });
}

class SequelizeDatabase implements Database {
  readonly dialect: "sqlite" | "mysql";
  readonly #tables: Tables;
  readonly #running = new AsyncLocalStorage<true>();

  constructor(readonly sequelize: Sequelize) {
    this.dialect = sequelize.getDialect() === "sqlite" ? "sqlite" : "mysql";
    this.#tables = new Tables(sequelize);
    this.#tables.define(JOURNAL);
  }

  async ensureTables(tables: TableDefinition[]): Promise<void> {
    await ensureTables(this.sequelize, tables).catch(rethrow);
    for (const table of tables) this.#tables.define(table);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.#running.getStore())
      throw new Error("a transaction must not be opened inside another: it would wait for itself");
    const { tx, result } = await this.#running.run(true, () => this.#attempts(work));
    tx.committed();
    return result;
  }

  async #attempts<T>(work: (tx: Transaction) => Promise<T>): Promise<{ tx: Transaction; result: T }> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (attempt > 3 || !isTransient(error)) throw translated(error);
        await sleep(10 * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }

  async #attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<{ tx: Transaction; result: T }> {
    const sql = await this.sequelize.transaction();
    const tx = new Transaction(this.#tables, sql);
    try {
      const result = await work(tx);
      await tx.finish();
      await sql.commit();
      return { tx, result };
    } catch (error) {
      await sql.rollback().catch(() => undefined);
      throw error;
    }
  }

  find(table: string, options: FindOptions = {}): Promise<Row[]> {
    return this.#tables.find(table, options).catch(rethrow);
  }

  async findOne(table: string, where: Where): Promise<Row | undefined> {
    return (await this.find(table, { where, limit: 1 }))[0];
  }

  count(table: string, where: Where = {}): Promise<number> {
    return this.#tables.count(table, where).catch(rethrow);
  }

  countTo(cap: number, table: string, where: Where): Promise<number> {
    return this.#tables.count(table, where, undefined, cap).catch(rethrow);
  }

  aggregate(table: string, options: AggregateOptions): Promise<Row[]> {
    return this.#tables.aggregate(table, options).catch(rethrow);
  }

  async now(): Promise<Date> {
    const sql =
      this.dialect === "sqlite"
        ? "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now') AS t"
        : "SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS t";
    const [row] = await this.sequelize.query<{ t: string }>(sql, { type: QueryTypes.SELECT });
    return new Date((row?.t ?? "").replace(/(\.\d{3})\d*Z$/, "$1Z"));
  }

  async ping(): Promise<void> {
    try {
      await this.sequelize.query("SELECT 1");
    } catch (cause) {
      throw new JinshuiError("unavailable", "The database does not answer", { cause });
    }
  }

  async close(): Promise<void> {
    await this.sequelize.close();
  }
}

function rethrow(error: unknown): never {
  throw translated(error);
}
