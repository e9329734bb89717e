import type { Sequelize, Transaction as SqlTransaction } from "sequelize";
import { fullTextInsert } from "./full-text.js";
import type { TableDefinition } from "./table.js";

/** A value as drivers take it. */
export type Cell = string | number | null;

/** A statement and what it takes for each of many rows. */
export interface RowStatement {
  sql: string;
  rows: readonly Cell[][];
}

/** SQLite's connection: runs prepared statements, for each row one after the other. */
export interface RowRunner {
  runRows(statements: readonly RowStatement[]): Promise<void>;
}

interface MysqlConnection {
  query(options: { sql: string; values: unknown[] }, done: (error: Error | null) => void): void;
}

/** What Sequelize keeps to itself of a transaction and a dialect. */
interface Inside {
  connection?: RowRunner | MysqlConnection;
  finished?: string;
}
interface Dialect {
  Query: new (
    connection: unknown,
    sequelize: Sequelize,
    options: object,
  ) => {
    formatError(error: Error, stack: string | undefined): Error;
  };
}

/**
 * Adds and changes many rows of a table straight through the driver's connection: Sequelize writes every value into a text of
 * its own and reads that text several times, half of what an insert costs us. Errors are Sequelize's. In SQLite a row that
 * can't be written undoes the transaction, as a deadlock does in MariaDB.
 */
export class ManyRows {
  constructor(
    readonly sequelize: Sequelize,
    readonly transaction: SqlTransaction,
    readonly table: TableDefinition,
    readonly columns: readonly string[],
  ) {}

  insert(rows: readonly Cell[][]): Promise<void> {
    const { columns, table } = this;
    return this.#run(
      () => [insertion(table.name, columns, rows), ...fullTextOf(table, columns, rows)],
      () => ({ sql: `${into(table.name, columns)} ?`, values: [rows] }),
    );
  }

  /** Gives each row values of its own; the first column is the primary key. */
  update(rows: readonly Cell[][]): Promise<void> {
    const { columns, table } = this;
    const [key = "", ...changed] = columns;
    return this.#run(
      () => [
        {
          sql: `UPDATE \`${table.name}\` SET ${changed.map((name) => `\`${name}\` = ?`).join(", ")} WHERE \`${key}\` = ?`,
          rows: rows.map(([id = null, ...values]) => [...values, id]),
        },
      ],
      () => ({ sql: joinedUpdate(table, columns), values: [JSON.stringify(rows)] }),
    );
  }

  async #run(statements: () => RowStatement[], query: () => { sql: string; values: unknown[] }): Promise<void> {
    const { connection, finished } = this.transaction as unknown as Inside;
    if (!connection || finished !== undefined) throw new Error("this transaction has ended");
    try {
      if ("runRows" in connection) await connection.runRows(statements());
      else await queried(connection, query());
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw driverError(error, connection, this.sequelize);
    }
  }
}

/** A driver's error as Sequelize gives it. */
export function driverError(error: Error, connection: unknown, sequelize: Sequelize): Error {
  const { dialect } = sequelize as unknown as { dialect: Dialect };
  return new dialect.Query(connection, sequelize, {}).formatError(error, error.stack);
}

function into(table: string, columns: readonly string[]): string {
  return `INSERT INTO \`${table}\` (${columns.map((name) => `\`${name}\``).join(",")}) VALUES`;
}

function insertion(table: string, columns: readonly string[], rows: readonly Cell[][]): RowStatement {
  return { sql: `${into(table, columns)} (${columns.map(() => "?").join(",")})`, rows };
}

/** SQLite's index of words gets those of each row; the row itself keeps none. */
function fullTextOf(table: TableDefinition, columns: readonly string[], rows: readonly Cell[][]): RowStatement[] {
  const at = table.fullText === undefined ? -1 : columns.indexOf(table.fullText);
  if (at < 0) return [];
  const words = rows.map((row) => row.splice(at, 1, null));
  return [{ sql: fullTextInsert(table), rows: words }];
}

/** One statement for many rows: a loop of updates would be a round trip each. The list is read first, so only its rows are locked. */
function joinedUpdate({ name: table, columns: types }: TableDefinition, columns: readonly string[]): string {
  const numbers = { integer: "BIGINT", serial: "BIGINT", boolean: "TINYINT" } as Record<string, string>;
  const [key = "", ...changed] = columns;
  const listed = columns.map(
    (name, index) =>
      `${name} ${numbers[types[name]?.type ?? ""] ?? "MEDIUMTEXT CHARACTER SET utf8mb4"} PATH '$[${index}]'`,
  );
  const set = changed.map((name) => `${table}.${name} = given.${name}`);
  return `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (${listed.join(", ")})) AS given STRAIGHT_JOIN ${table} ON ${table}.${key} = given.${key} SET ${set.join(", ")}`;
}

function queried(connection: MysqlConnection, options: { sql: string; values: unknown[] }): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(options, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
