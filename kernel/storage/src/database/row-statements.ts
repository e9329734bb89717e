import type { Sequelize, Transaction as SqlTransaction } from "sequelize";
import { type Figure, figureSql, type GroupColumn, groupSql } from "./aggregate.js";
import { type Cell, driverError } from "./many-rows.js";
import { indexName } from "./schema.js";
import { quoted, type Sql } from "./sql.js";
import type { FindOptions, Row, Where } from "./table.js";
import { whereSql } from "./where.js";

export interface AggregateOptions {
  where: Where;
  groups: GroupColumn[];
  figures: Figure[];
  /** Names of groups and figures, `-` in front for descending. */
  orderBy: string[];
  limit: number;
}

/** `SHARE` lets others read under the same lock and nobody change the row; `UPDATE` is for one transaction alone. */
export type RowLock = "SHARE" | "UPDATE";

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

type Connection = SqliteConnection | MysqlConnection;

/** What Sequelize keeps to itself of a transaction and of its pool. */
interface Inside {
  connection?: Connection;
  finished?: string;
}

interface Pool {
  getConnection(options: object): Promise<Connection>;
  releaseConnection(connection: Connection): void;
}

interface Answer {
  rows: Row[];
  changes: number;
}

const LOCKS = { UPDATE: " FOR UPDATE", SHARE: " LOCK IN SHARE MODE" };

/**
 * Statements on rows, with Sequelize's connections and transactions but without its models: those write all values into each statement and
 * take several times as long for it as the database to carry it out. Here the text is the same each time, so that SQLite keeps it prepared.
 * Rows come as the driver gives them, errors are Sequelize's.
 */
export class RowStatements {
  readonly #isMysql: boolean;

  constructor(readonly sequelize: Sequelize) {
    this.#isMysql = sequelize.getDialect() === "mysql";
  }

  async find(
    table: string,
    { where = {}, columns = [], orderBy = [], limit, offset, first, index }: FindOptions,
    transaction?: SqlTransaction,
    lock?: RowLock,
  ): Promise<Row[]> {
    const condition = whereSql(where, this.sequelize);
    const ahead = first ? whereSql(first, this.sequelize) : undefined;
    const listed = [
      ...columns.map(quoted),
      ...(ahead ? [`CASE WHEN ${ahead.text} THEN 1 ELSE 0 END AS \`first\``] : []),
    ];
    const sorted = orderBy.length > 0 ? [...(ahead ? ["-first"] : []), ...orderBy] : [];
    const page = this.#page(limit, offset);
    const text = [
      `SELECT ${listed.join(", ")} FROM ${quoted(table)}`,
      index !== undefined && this.#isMysql ? ` FORCE INDEX (${quoted(indexName(table, index))})` : "",
      ` WHERE ${condition.text}${order(sorted)}${page.text}`,
      lock !== undefined && this.#isMysql ? LOCKS[lock] : "",
    ].join("");
    const values = [...(ahead?.values ?? []), ...condition.values, ...page.values];
    return (await this.#run({ text, values }, transaction)).rows;
  }

  /** `cap`: counts no further than this. */
  async count(table: string, where: Where, transaction?: SqlTransaction, cap?: number): Promise<number> {
    const { text, values } = whereSql(where, this.sequelize);
    const from = `FROM ${quoted(table)} WHERE ${text}`;
    const sql =
      cap === undefined
        ? { text: `SELECT COUNT(*) AS n ${from}`, values }
        : { text: `SELECT COUNT(*) AS n FROM (SELECT 1 AS one ${from} LIMIT ?) AS counted`, values: [...values, cap] };
    const [row] = (await this.#run(sql, transaction)).rows;
    return Number(row?.["n"] ?? 0);
  }

  /** Groups with their figures, raw as the database gives them. */
  async aggregate(table: string, { where, groups, figures, orderBy, limit }: AggregateOptions): Promise<Row[]> {
    const { text, values } = whereSql(where, this.sequelize);
    const dialect = this.sequelize.getDialect();
    const listed = [
      ...groups.map((group) => `${groupSql(group, dialect)} AS ${quoted(group.as)}`),
      ...figures.map((figure) => `${figureSql(figure)} AS ${quoted(figure.as)}`),
    ];
    const by = groups.length > 0 ? ` GROUP BY ${groups.map(({ as }) => quoted(as)).join(", ")}` : "";
    const sql = {
      text: `SELECT ${listed.join(", ")} FROM ${quoted(table)} WHERE ${text}${by}${order(orderBy)} LIMIT ?`,
      values: [...values, limit],
    };
    return (await this.#run(sql)).rows;
  }

  /** `cells`: as the database takes them. Number of rows changed, or found where the database does not tell. */
  async update(table: string, where: Where, cells: Record<string, Cell>, transaction: SqlTransaction): Promise<number> {
    const columns = Object.keys(cells);
    if (columns.length === 0) return 0;
    const condition = whereSql(where, this.sequelize);
    const text = `UPDATE ${quoted(table)} SET ${columns.map((name) => `${quoted(name)} = ?`).join(", ")} WHERE ${condition.text}`;
    return (await this.#run({ text, values: [...Object.values(cells), ...condition.values] }, transaction)).changes;
  }

  async remove(table: string, where: Where, transaction: SqlTransaction, limit?: number): Promise<number> {
    const { text, values } = whereSql(where, this.sequelize);
    const from = `FROM ${quoted(table)} WHERE ${text}`;
    const sql =
      limit === undefined
        ? { text: `DELETE ${from}`, values }
        : {
            // SQLite is not made to delete up to a limit
            text: this.#isMysql
              ? `DELETE ${from} LIMIT ?`
              : `DELETE FROM ${quoted(table)} WHERE rowid IN (SELECT rowid ${from} LIMIT ?)`,
            values: [...values, limit],
          };
    return (await this.#run(sql, transaction)).changes;
  }

  #page(limit: number | undefined, offset: number | undefined): Sql {
    if (offset === undefined)
      return limit === undefined ? { text: "", values: [] } : { text: " LIMIT ?", values: [limit] };
    // neither database knows an offset alone
    return { text: " LIMIT ? OFFSET ?", values: [limit ?? Number.MAX_SAFE_INTEGER, offset] };
  }

  async #run(sql: Sql, transaction?: SqlTransaction): Promise<Answer> {
    if (transaction) {
      const { connection, finished } = transaction as unknown as Inside;
      if (!connection || finished !== undefined) throw new Error("this transaction has ended");
      return this.#query(connection, sql);
    }
    const { connectionManager: pool } = this.sequelize as unknown as { connectionManager: Pool };
    const connection = await pool.getConnection({});
    try {
      return await this.#query(connection, sql);
    } finally {
      pool.releaseConnection(connection);
    }
  }

  #query(connection: Connection, { text, values }: Sql): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(driverError(error, connection, this.sequelize));
      if ("runRows" in connection)
        connection.all(text, values, function (error, rows = []) {
          if (error) fail(error);
          else resolve({ rows: rows as Row[], changes: this.changes });
        });
      else
        connection.query(text, values, (error, result) => {
          if (error) fail(error);
          else if (Array.isArray(result)) resolve({ rows: result as Row[], changes: 0 });
          else resolve({ rows: [], changes: (result as { affectedRows: number }).affectedRows });
        });
    });
  }
}

function order(names: readonly string[]): string {
  if (names.length === 0) return "";
  const sorted = names.map((name) => (name.startsWith("-") ? `${quoted(name.slice(1))} DESC` : quoted(name)));
  return ` ORDER BY ${sorted.join(", ")}`;
}
