import { DatabaseSync } from "node:sqlite";
import { createPool } from "mysql2/promise";

/**
 * A database as its driver alone gives it, with commits that survive a power cut as those of the kernel do.
 *
 * @typedef {object} Sql
 * @property {"sqlite" | "mariadb"} kind
 * @property {number} connections Transactions that can run at a time.
 * @property {(sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>} all
 * @property {(work: (run: (sql: string, values?: unknown[]) => unknown) => unknown) => Promise<void>} transaction
 * @property {() => Promise<void>} close
 *
 * @param {string} url
 * @returns {Promise<Sql>}
 */
export async function openSql(url) {
  return url.startsWith("sqlite:") ? sqlite(url.slice("sqlite:".length)) : mariadb(url);
}

function sqlite(file) {
  const database = new DatabaseSync(file, { timeout: 10_000 });
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA cache_size = -16000");
  const known = new Map();
  const prepared = (sql) => {
    if (!known.has(sql)) known.set(sql, database.prepare(sql));
    return known.get(sql);
  };
  return {
    kind: "sqlite",
    connections: 1,
    all: async (sql, values = []) => prepared(sql).all(...values),
    async transaction(work) {
      database.exec("BEGIN IMMEDIATE");
      try {
        await work((sql, values = []) => prepared(sql).run(...values));
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    close: async () => database.close(),
  };
}

function mariadb(url) {
  const connections = 10;
  const pool = createPool({ uri: url, connectionLimit: connections, supportBigNumbers: true });
  return {
    kind: "mariadb",
    connections,
    all: async (sql, values = []) => (await pool.query(sql, values))[0],
    async transaction(work) {
      const connection = await pool.getConnection();
      try {
        await connection.query("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
        await connection.query("START TRANSACTION");
        // what has no values never comes again, and would stay prepared
        await work((sql, values = []) => (values.length > 0 ? connection.execute(sql, values) : connection.query(sql)));
        await connection.query("COMMIT");
      } catch (error) {
        await connection.query("ROLLBACK");
        throw error;
      } finally {
        connection.release();
      }
    },
    close: () => pool.end(),
  };
}
