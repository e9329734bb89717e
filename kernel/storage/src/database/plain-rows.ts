import type { Sequelize, Transaction as SqlTransaction } from "sequelize";
import { type Cell, driverError } from "./many-rows.js";
import { storable } from "./storable.js";
import type { FindOptions, Row, Where } from "./table.js";

/** Longest list of values; longer ones differ in length each time, and would fill the memory of prepared statements. */
const MOST_VALUES = 20;

interface SqliteConnection {
  runRows: unknown;
  all(
    sql: string,
    values: Cell[],
    done: (this: { changes: number }, error: Error | null, rows?: unknown[]) => void,
  ): unknown;
}

interface MysqlConnection {
  query(sql: string, values: Cell[], done: (error: Error | null, result: unknown) => void): void;
}

interface Inside {
  connection?: SqliteConnection | MysqlConnection;
  finished?: string;
}

interface Answer {
  rows: Row[];
  changes: number;
}

/**
 * Rows that have some columns equal to something, read and written straight through the driver within a transaction: most of what
 * workflows ask is like that, and Sequelize takes several times as long to write such a statement as the database to carry it out. Its
 * text is the same each time, so that SQLite keeps it prepared. What is not so plain is left to Sequelize: `undefined`.
 */
export class PlainRows {
  constructor(readonly sequelize: Sequelize) {}

  find(
    table: string,
    { where = {}, columns = [], orderBy = [], limit, ...others }: FindOptions,
    transaction: SqlTransaction,
    forUpdate: boolean,
  ): Promise<Row[]> | undefined {
    const condition = this.#condition(where);
    const isPlain = Object.values(others).every((value) => value === undefined);
    if (!condition || !isPlain) return undefined;
    const order = orderBy
      .map((name) => (name.startsWith("-") ? `${quoted(name.slice(1))} DESC` : quoted(name)))
      .join(", ");
    const sql = [
      `SELECT ${columns.map(quoted).join(", ")} FROM \`${table}\` WHERE ${condition.sql}`,
      order === "" ? "" : ` ORDER BY ${order}`,
      limit === undefined ? "" : ` LIMIT ${limit}`,
      forUpdate && this.sequelize.getDialect() === "mysql" ? " FOR UPDATE" : "",
    ].join("");
    return this.#run(sql, condition.values, transaction).then(({ rows }) => rows);
  }

  /** `values`: as the database takes them. */
  update(
    table: string,
    where: Where,
    values: Record<string, Cell>,
    transaction: SqlTransaction,
  ): Promise<number> | undefined {
    const condition = this.#condition(where);
    const columns = Object.keys(values);
    if (!condition || columns.length === 0) return undefined;
    const sql = `UPDATE \`${table}\` SET ${columns.map((name) => `${quoted(name)} = ?`).join(", ")} WHERE ${condition.sql}`;
    const cells = [...Object.values(values), ...condition.values];
    return this.#run(sql, cells, transaction).then(({ changes }) => changes);
  }

  remove(table: string, where: Where, transaction: SqlTransaction): Promise<number> | undefined {
    const condition = this.#condition(where);
    if (!condition) return undefined;
    const sql = `DELETE FROM \`${table}\` WHERE ${condition.sql}`;
    return this.#run(sql, condition.values, transaction).then(({ changes }) => changes);
  }

  #condition(where: Where): { sql: string; values: Cell[] } | undefined {
    const parts: string[] = [];
    const values: Cell[] = [];
    for (const [name, value] of Object.entries(where) as [string, unknown][]) {
      if (value === undefined) continue;
      if (name === "and" || name === "or" || name === "not") return undefined;
      if (value === null) parts.push(`${quoted(name)} IS NULL`);
      else if (isScalar(value)) {
        parts.push(`${quoted(name)} = ?`);
        values.push(storable(value, name));
      } else {
        const list = listOf(value);
        // which of several conditions SQLite begins with is decided elsewhere
        if (!list || (name === "id" && Object.keys(where).length > 1)) return undefined;
        parts.push(`${quoted(name)} IN (${list.map(() => "?").join(", ")})`);
        values.push(...list.map((each) => storable(each, name)));
      }
    }
    return parts.length === 0 ? undefined : { sql: parts.join(" AND "), values };
  }

  #run(sql: string, values: Cell[], transaction: SqlTransaction): Promise<Answer> {
    const { connection, finished } = transaction as unknown as Inside;
    if (!connection || finished !== undefined) return Promise.reject(new Error("this transaction has ended"));
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(driverError(error, connection, this.sequelize));
      if ("runRows" in connection)
        connection.all(sql, values, function (error, rows = []) {
          if (error) fail(error);
          else resolve({ rows: rows as Row[], changes: this.changes });
        });
      else
        connection.query(sql, values, (error, result) => {
          if (error) fail(error);
          else if (Array.isArray(result)) resolve({ rows: result as Row[], changes: 0 });
          else resolve({ rows: [], changes: (result as { affectedRows: number }).affectedRows });
        });
    });
  }
}

function quoted(name: string): string {
  if (name.includes("`")) throw new Error(`${name} is no name of a column`);
  return `\`${name}\``;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** The values of a condition that is nothing but a short list. */
function listOf(value: unknown): (string | number | boolean)[] | undefined {
  const { in: list, ...others } = value as { in?: unknown };
  const isPlain = Array.isArray(list) && Object.keys(others).length === 0 && list.length > 0;
  return isPlain && list.length <= MOST_VALUES && list.every(isScalar) ? list : undefined;
}
