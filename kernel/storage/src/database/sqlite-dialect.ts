import Sqlite from "better-sqlite3";
import type { RowRunner, RowStatement } from "./many-rows.js";
import { WriteLock } from "./write-lock.js";

type Callback = (this: { lastID: number | bigint; changes: number }, error: Error | null, rows?: unknown[]) => void;

/** The handles and the lock that all of Sequelize's "connections" to one file share. */
interface SharedFile {
  reader: Sqlite.Database;
  writer: Sqlite.Database;
  lock: WriteLock;
  users: number;
  /** Rows written by the end of the last transaction, and when the planner last looked. */
  written: number;
  looked: number;
  /** What Sequelize asks before each read: the types of the table's columns, by its question. */
  columns: Map<string, Outcome>;
}

/** Rows written before the planner looks at the tables again. */
const LOOK_AGAIN = 1_000;

const files = new Map<string, SharedFile>();
const COLUMNS = /^PRAGMA table_info\(/;
/** What Sequelize says to each new connection, of which every transaction has one. */
const FOREIGN_KEYS = /^PRAGMA FOREIGN_KEYS=ON$/i;
const CHANGES_TABLES = /^\s*(?:CREATE|ALTER|DROP)/i;
const READS = /^\s*(?:SELECT|PRAGMA|EXPLAIN|--)/i;

/**
 * better-sqlite3 in the shape Sequelize expects of a driver. Sequelize opens a "connection" per transaction; here all of them
 * share one handle for reading and one for writing, and BEGIN waits for the file's write lock: the driver is synchronous, so
 * a writer that waited inside SQLite would block the very loop that must commit the other one.
 */
class Database implements RowRunner {
  readonly filename: string;
  uuid: string | undefined;
  readonly #file: SharedFile;
  #release: (() => void) | undefined;

  constructor(filename: string, _mode: number, opened: (error: Error | null) => void) {
    this.filename = filename;
    this.#file = open(filename);
    queueMicrotask(() => opened(null));
  }

  /** Sequelize has the stack of each query written out, though nobody reads it; with source maps that takes longer than a small query. */
  serialize(work: () => void): void {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      work();
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  run(sql: string, parameters?: unknown, callback?: Callback): this {
    return this.#execute(sql, parameters, callback);
  }

  all(sql: string, parameters?: unknown, callback?: Callback): this {
    return this.#execute(sql, parameters, callback);
  }

  /** Runs each statement for the first row, then for the next …; one that fails undoes the transaction. */
  runRows(statements: readonly RowStatement[]): Promise<void> {
    const { writer } = this.#file;
    return Promise.resolve().then(() => {
      if (!this.#release || !writer.inTransaction) throw new Error("the database has undone this transaction");
      const prepared = statements.map(({ sql, rows }) => ({ statement: prepare(writer, sql), rows }));
      const count = statements[0]?.rows.length ?? 0;
      try {
        for (let at = 0; at < count; at += 1) for (const { statement, rows } of prepared) statement.run(rows[at]);
      } catch (error) {
        // a savepoint would do as well, but makes SQLite keep each page as it was before, and write its index of words early
        if ((count > 1 || statements.length > 1) && writer.inTransaction) writer.exec("ROLLBACK");
        throw error;
      }
    });
  }

  close(callback?: (error: Error | null) => void): void {
    this.#end();
    this.#file.users -= 1;
    if (this.#file.users === 0) {
      files.delete(this.filename);
      this.#file.reader.close();
      this.#file.writer.close();
    }
    callback?.(null);
  }

  #execute(sql: string, parameters: unknown, last?: Callback): this {
    const [bound, callback] =
      typeof parameters === "function" ? [undefined, parameters as Callback] : [parameters, last];
    void this.#statement(sql, bound).then(
      ({ rows, changes, lastID }) => callback?.call(Object.assign(new Statement(), { changes, lastID }), null, rows),
      (error: unknown) =>
        callback?.call(Object.assign(new Statement(), { changes: 0, lastID: 0 }), asDriverError(error)),
    );
    return this;
  }

  async #statement(sql: string, parameters: unknown): Promise<Outcome> {
    const { columns } = this.#file;
    // both handles have it from the beginning; said again, it has every prepared statement prepared anew
    if (FOREIGN_KEYS.test(sql)) return { rows: [], changes: 0, lastID: 0 };
    if (CHANGES_TABLES.test(sql)) return this.#run(sql, parameters).finally(() => columns.clear());
    if (!COLUMNS.test(sql)) return this.#run(sql, parameters);
    const known = columns.get(sql) ?? (await this.#run(sql, parameters));
    // a table that isn't there yet is asked for again
    if (known.rows.length > 0) columns.set(sql, known);
    return known;
  }

  async #run(sql: string, parameters: unknown): Promise<Outcome> {
    if (/^\s*BEGIN/i.test(sql)) {
      this.#release = await this.#file.lock.acquire();
      try {
        return execute(this.#file.writer, "BEGIN IMMEDIATE");
      } catch (error) {
        this.#end();
        throw error;
      }
    }
    const undoes = /^\s*ROLLBACK\s*;?\s*$/i.test(sql);
    if (undoes) {
      this.#end();
      return { rows: [], changes: 0, lastID: 0 };
    }
    if (this.#release) {
      // a full disk makes SQLite undo the transaction by itself: what came after would be committed on its own
      if (!this.#file.writer.inTransaction) throw new Error("the database has undone this transaction");
      try {
        return execute(this.#file.writer, sql, parameters);
      } finally {
        if (/^\s*COMMIT/i.test(sql)) this.#committed();
      }
    }
    // a PRAGMA about tables looks at what the handle remembers of them; a read makes it look again
    if (/^\s*PRAGMA/i.test(sql)) this.#file.reader.exec("SELECT 1 FROM sqlite_master LIMIT 1");
    if (READS.test(sql)) return execute(this.#file.reader, sql, parameters);
    const release = await this.#file.lock.acquire();
    try {
      return execute(this.#file.writer, sql, parameters);
    } finally {
      release();
    }
  }

  #committed(): void {
    const file = this.#file;
    const { rows } = execute(file.writer, "SELECT total_changes() AS n");
    file.written = Number((rows[0] as { n: number } | undefined)?.n ?? 0);
    try {
      if (file.written - file.looked >= LOOK_AGAIN) look(file);
    } finally {
      this.#end();
    }
  }

  /** Gives the lock back; a transaction that is still open is undone first. */
  #end(): void {
    if (!this.#release) return;
    if (this.#file.writer.inTransaction) this.#file.writer.exec("ROLLBACK");
    this.#release();
    this.#release = undefined;
  }
}

class Statement {
  lastID: number | bigint = 0;
  changes = 0;
}

interface Outcome {
  rows: unknown[];
  changes: number;
  lastID: number | bigint;
}

function open(filename: string): SharedFile {
  let file = files.get(filename);
  if (!file) {
    file = {
      writer: prepared(new Sqlite(filename)),
      reader: prepared(new Sqlite(filename)),
      lock: new WriteLock(),
      users: 0,
      written: 0,
      looked: 0,
      columns: new Map(),
    };
    files.set(filename, file);
  }
  file.users += 1;
  return file;
}

/**
 * Counts the values of tables that have grown, or a query for one of a million takes the index that sorts instead of the one
 * that finds. Some microseconds where nothing has grown tenfold, some milliseconds where it has.
 */
function look(file: SharedFile): void {
  file.looked = file.written;
  file.writer.pragma("optimize=0x10002");
  // what the writer has counted the reader takes over only when told
  file.reader.exec("ANALYZE sqlite_schema");
}

function prepared(handle: Sqlite.Database): Sqlite.Database {
  // SQLite's own lower() knows ASCII only, MariaDB's the whole of Unicode, full-width letters among it
  handle.function("lower", { deterministic: true }, lowerCase);
  handle.pragma("journal_mode = WAL");
  handle.pragma("synchronous = FULL"); // NORMAL lost committed rows in a power cut
  handle.pragma("busy_timeout = 5000");
  handle.pragma("analysis_limit = 400");
  handle.pragma("foreign_keys = ON");
  // KiB; with 2 MB, as is usual, what a large transaction changes would go to the disk and back, and what is read often too
  handle.pragma("cache_size = -32768");
  return handle;
}

function lowerCase(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : value;
}

/** Longest text of a statement that is kept prepared. */
const LONGEST_KEPT = 20_000;
/** Most statements that are kept. */
const MOST_KEPT = 500;
const statements = new WeakMap<Sqlite.Database, Map<string, Sqlite.Statement>>();

function execute(handle: Sqlite.Database, sql: string, parameters?: unknown): Outcome {
  const bound = bindings(parameters);
  if (sql.length > LONGEST_KEPT && !bound && /^\s*INSERT/i.test(sql)) {
    // a bulk insert never comes again; prepared, its megabytes would stay until the garbage collector finds them
    handle.exec(sql);
    return { rows: [], changes: 0, lastID: 0 };
  }
  const statement = prepare(handle, sql);
  if (statement.reader) return { rows: bound ? statement.all(bound) : statement.all(), changes: 0, lastID: 0 };
  const { changes, lastInsertRowid } = bound ? statement.run(bound) : statement.run();
  return { rows: [], changes, lastID: lastInsertRowid };
}

function prepare(handle: Sqlite.Database, sql: string): Sqlite.Statement {
  let known = statements.get(handle);
  if (!known) {
    known = new Map<string, Sqlite.Statement>();
    statements.set(handle, known);
  }
  if (sql.length > LONGEST_KEPT) return handle.prepare(sql);
  const statement = known.get(sql) ?? handle.prepare(sql);
  // what was used last is at the end; what has values written into it never comes again, and moves to the beginning
  known.delete(sql);
  known.set(sql, statement);
  const [oldest] = known.size > MOST_KEPT ? known.keys() : [];
  if (oldest !== undefined) known.delete(oldest);
  return statement;
}

/** Sequelize names parameters `$1` or `$name`; the driver wants the names without the sign. */
function bindings(parameters: unknown): Record<string, unknown> | unknown[] | undefined {
  if (Array.isArray(parameters)) return parameters.length === 0 ? undefined : parameters.map(bindable);
  if (typeof parameters !== "object" || parameters === null) return undefined;
  const entries = Object.entries(parameters);
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map(([name, value]) => [name.replace(/^\$/, ""), bindable(value)]));
}

function bindable(value: unknown): unknown {
  return typeof value === "boolean" ? Number(value) : (value ?? null);
}

function asDriverError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && code.startsWith("SQLITE_BUSY")) Object.assign(error, { code: "SQLITE_BUSY" });
  return error;
}

/** For Sequelize's `dialectModule`. */
export const sqliteDialect = { Database, OPEN_READONLY: 1, OPEN_READWRITE: 2, OPEN_CREATE: 4, OPEN_FULLMUTEX: 65536 };
