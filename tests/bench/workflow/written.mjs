import { randomBytes } from "node:crypto";
import { newId } from "../../../kernel/storage/dist/index.js";

/** Tables that a completion writes besides those of its matter. */
export const BESIDE = ["outbox", "outbox_aggregate", "audit_entry", "audit_chain", "idempotency"];
/** Written later, by the relay, the linker of the audit trail and the clock of the figures; not counted against the completion. */
const LATER = { outbox: ["published_at"], audit_entry: ["seq", "previous_hash", "hash"] };
const LATER_TABLES = new Set(["audit_chain"]);
const SERIAL = { wf_history: "id", outbox: "seq", audit_entry: "id" };
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * The rows that finishing one task adds, changes and removes, as a comparison of the database before and after finds them.
 * @param {() => Promise<void>} work Finishes the task.
 */
export async function writtenBy(sql, task, work) {
  const before = await snapshot(sql);
  await work();
  const after = await snapshot(sql);
  const statements = [];
  for (const [name, { key, rows }] of after) {
    if (LATER_TABLES.has(name) && sql.kind === "mariadb") continue;
    const known = before.get(name).rows;
    for (const [id, row] of rows)
      if (!known.has(id)) statements.push(insertion(sql, name, key, row));
      else if (JSON.stringify(known.get(id)) !== JSON.stringify(row)) {
        const changed = Object.keys(row).filter(
          (column) => row[column] !== known.get(id)[column] && !LATER[name]?.includes(column),
        );
        if (changed.length > 0) statements.push(change(sql, name, key, row, changed));
      }
    for (const [id, row] of known) if (!rows.has(id)) statements.push(removal(name, key, row));
  }
  const existed = new Set(JSON.stringify([...before].map(([, { rows }]) => [...rows.values()])).match(ID));
  const fresh = [...new Set(JSON.stringify(statements).match(ID))].filter((id) => !existed.has(id));
  return { statements, fresh, task };
}

/** The same statements for another task: its ids, and new ones for what is new. */
export function forTask({ statements, fresh, task }, target) {
  const renamed = [[task.instance, target.instance], [task.id, target.id], ...fresh.map((id) => [id, newId()])];
  const rename = (value) => {
    if (typeof value !== "string") return value;
    let text = value;
    for (const [from, to] of renamed) if (text.includes(from)) text = text.replaceAll(from, to);
    return text;
  };
  return statements.map(({ sql, values, own }) => ({
    sql,
    values: values.map((value, at) => (at === own ? randomBytes(32).toString("hex") : rename(value))),
  }));
}

async function snapshot(sql) {
  const named =
    sql.kind === "sqlite"
      ? await sql.all("SELECT name FROM sqlite_master WHERE type = 'table'")
      : await sql.all("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()");
  const tables = named.map(({ name }) => name).filter((name) => isWritten(name));
  const found = new Map();
  for (const name of tables) {
    const keys =
      sql.kind === "sqlite"
        ? await sql.all(`SELECT name FROM pragma_table_info('${name}') WHERE pk > 0`)
        : await sql.all(
            "SELECT column_name AS name FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND table_name = ? AND constraint_name = 'PRIMARY'",
            [name],
          );
    const key = keys.map((column) => column.name);
    const rows = new Map(
      (await sql.all(`SELECT * FROM ${name}`)).map((row) => [key.map((column) => row[column]).join(), row]),
    );
    found.set(name, { key, rows });
  }
  return found;
}

function isWritten(name) {
  return (name.startsWith("wf_") && !name.startsWith("wf_figure")) || BESIDE.includes(name);
}

function insertion(sql, name, key, row) {
  const columns = Object.keys(row).filter((column) => column !== SERIAL[name]);
  const values = columns.map((column) => (LATER[name]?.includes(column) ? null : row[column]));
  return {
    sql: `INSERT INTO ${name} (${quoted(columns)}) VALUES (${columns.map(() => "?").join()})${name === "outbox_aggregate" ? upsert(sql) : ""}`,
    values,
    own: name === "idempotency" ? columns.indexOf("request_key") : -1,
  };
}

function upsert({ kind }) {
  return kind === "sqlite"
    ? " ON CONFLICT (aggregate) DO UPDATE SET seq = excluded.seq"
    : " ON DUPLICATE KEY UPDATE seq = VALUES(seq)";
}

function change(sql, name, key, row, changed) {
  // copies of matters have sent nothing yet
  if (name === "outbox_aggregate") return insertion(sql, name, key, row);
  return {
    sql: `UPDATE ${name} SET ${changed.map((column) => `\`${column}\` = ?`).join(", ")} WHERE ${where(key)}`,
    values: [...changed, ...key].map((column) => row[column]),
    own: -1,
  };
}

function removal(name, key, row) {
  // a copied matter's notices have ids of their own
  const by = name === "wf_notice" ? ["task"] : key;
  return { sql: `DELETE FROM ${name} WHERE ${where(by)}`, values: by.map((column) => row[column]), own: -1 };
}

function where(columns) {
  return columns.map((column) => `\`${column}\` = ?`).join(" AND ");
}

function quoted(columns) {
  return columns.map((column) => `\`${column}\``).join();
}
