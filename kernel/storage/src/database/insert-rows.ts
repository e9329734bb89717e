import type { Sequelize, Transaction as SqlTransaction } from "sequelize";

/** A value as drivers take it. */
export type Cell = string | number | null;

/** Texts of rows for an index of their own, SQLite's FTS5, in the order of the rows. */
export interface IndexedTexts {
  index: string;
  column: string;
  texts: readonly Cell[];
}

/** SQLite's connection: runs one prepared statement for each row, and another one with its text, if there is an index for it. */
export interface RowInserter {
  insertRows(sql: string, rows: readonly Cell[][], indexed?: { sql: string; texts: readonly Cell[] }): Promise<void>;
}

interface MysqlConnection {
  query(options: { sql: string; values: unknown[] }, done: (error: Error | null) => void): void;
}

/** What Sequelize keeps to itself of a transaction and a dialect. */
interface Inside {
  connection?: RowInserter | MysqlConnection;
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
 * Adds rows, straight through the driver's connection: Sequelize writes every value into a text of its own and reads that
 * text several times, half of what an insert costs us. Errors are Sequelize's.
 */
export async function insertRows(
  sequelize: Sequelize,
  transaction: SqlTransaction,
  table: string,
  columns: readonly string[],
  rows: readonly Cell[][],
  indexed?: IndexedTexts,
): Promise<void> {
  const { connection, finished } = transaction as unknown as Inside;
  if (!connection || finished !== undefined) throw new Error("this transaction has ended");
  const names = columns.map((name) => `\`${name}\``).join(",");
  const into = `INSERT INTO \`${table}\` (${names}) VALUES `;
  try {
    if ("insertRows" in connection)
      await connection.insertRows(
        `${into}(${columns.map(() => "?").join(",")})`,
        rows,
        indexed && {
          sql: `INSERT INTO \`${indexed.index}\` (rowid,\`${indexed.column}\`) VALUES (last_insert_rowid(),?)`,
          texts: indexed.texts,
        },
      );
    else await queried(connection, `${into}?`, rows);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { dialect } = sequelize as unknown as { dialect: Dialect };
    throw new dialect.Query(connection, sequelize, {}).formatError(error, error.stack);
  }
}

function queried(connection: MysqlConnection, sql: string, rows: readonly Cell[][]): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, values: [rows] }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
