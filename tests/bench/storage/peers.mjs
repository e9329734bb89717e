import Sqlite from "better-sqlite3";
import { createPool } from "mysql2/promise";
import { invoiceValues } from "./collection.mjs";

/** What the same write costs without us: the three rows of one record in one transaction, by the driver alone. */
const TABLES = [
  `CREATE TABLE raw_record (id VARCHAR(40) PRIMARY KEY, bureau VARCHAR(40) NOT NULL, version BIGINT NOT NULL,
   created_at VARCHAR(24), created_by TEXT, updated_at VARCHAR(24), updated_by TEXT, code VARCHAR(20), seller VARCHAR(60),
   buyer VARCHAR(60), kind VARCHAR(40), state VARCHAR(40), amount BIGINT, tax BIGINT, issued VARCHAR(10), entered VARCHAR(24),
   drawer VARCHAR(20), checked TINYINT, remark VARCHAR(200))`,
  "CREATE INDEX raw_code ON raw_record (bureau, code)",
  "CREATE INDEX raw_issued ON raw_record (bureau, issued)",
  "CREATE INDEX raw_state ON raw_record (bureau, state, issued)",
  `CREATE TABLE raw_audit (id VARCHAR(40) PRIMARY KEY, bureau VARCHAR(40), at VARCHAR(24), actor VARCHAR(80),
   action VARCHAR(80), resource VARCHAR(150), after_value TEXT, hash VARCHAR(64))`,
  "CREATE INDEX raw_resource ON raw_audit (resource)",
  `CREATE TABLE raw_outbox (id VARCHAR(40) PRIMARY KEY, subject VARCHAR(250), body TEXT, created_at VARCHAR(24),
   published_at VARCHAR(24))`,
  "CREATE INDEX raw_unpublished ON raw_outbox (published_at, id)",
];
const TIME = "2026-01-05T01:00:00.000Z";
const RECORD = `INSERT INTO raw_record VALUES (${Array.from({ length: 19 }, () => "?").join(",")})`;
const AUDIT = "INSERT INTO raw_audit VALUES (?,?,?,?,?,?,?,?)";
const OUTBOX = "INSERT INTO raw_outbox VALUES (?,?,?,?,?)";
let next = 0;

function rows() {
  next += 1;
  const id = `raw-${process.pid}-${next}`;
  const values = invoiceValues(next);
  const json = JSON.stringify(values);
  const by = '{"id":"plugin:bench","name":"bench"}';
  const columns = Object.values(values).map((value) => (typeof value === "boolean" ? Number(value) : value));
  return {
    record: [id, "wuhu", 1, TIME, by, TIME, by, ...columns],
    audit: [id, "wuhu", TIME, "plugin:bench", "insert", `bench.invoice/${id}`, json, "0".repeat(64)],
    outbox: [id, "jinshui.event.wuhu.bench.invoice-changed", `{"id":"${id}","data":{"id":"${id}"}}`, TIME, null],
  };
}

/**
 * @param {import("./site.mjs").Site} site
 * @returns {Promise<{insert(): Promise<void>, insertMany(count: number): Promise<void>, close(): Promise<void>}>}
 */
export async function rawDriver({ kind, url }) {
  return kind === "sqlite" ? sqlite(url.slice("sqlite:".length)) : mysql(url);
}

async function mysql(url) {
  const pool = createPool({ uri: url, connectionLimit: 16 });
  for (const sql of TABLES) await pool.query(sql);
  const transaction = async (work) => {
    const connection = await pool.getConnection();
    try {
      await connection.query("START TRANSACTION");
      await work(connection);
      await connection.query("COMMIT");
    } finally {
      connection.release();
    }
  };
  const many = (sql, list) => [sql.replace(/VALUES .*/, "VALUES ?"), [list]];
  return {
    insert: () =>
      transaction(async (connection) => {
        const { record, audit, outbox } = rows();
        await connection.execute(RECORD, record);
        await connection.execute(AUDIT, audit);
        await connection.execute(OUTBOX, outbox);
      }),
    insertMany: (count) =>
      transaction(async (connection) => {
        const made = Array.from({ length: count }, rows);
        await connection.query(
          ...many(
            RECORD,
            made.map(({ record }) => record),
          ),
        );
        await connection.query(
          ...many(
            AUDIT,
            made.map(({ audit }) => audit),
          ),
        );
        await connection.query(
          ...many(
            OUTBOX,
            made.map(({ outbox }) => outbox),
          ),
        );
      }),
    close: () => pool.end(),
  };
}

async function sqlite(file) {
  const database = new Sqlite(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("busy_timeout = 10000");
  for (const sql of TABLES) database.exec(sql);
  const [record, audit, outbox] = [RECORD, AUDIT, OUTBOX].map((sql) => database.prepare(sql));
  const write = database.transaction((count) => {
    for (const made of Array.from({ length: count }, rows)) {
      record.run(made.record);
      audit.run(made.audit);
      outbox.run(made.outbox);
    }
  });
  return {
    insert: async () => void write.immediate(1),
    insertMany: async (count) => void write.immediate(count),
    close: async () => void database.close(),
  };
}
