import type { Sequelize, Transaction as SqlTransaction } from "sequelize";
import { writeError } from "./errors.js";
import { type Cell, ManyRows } from "./many-rows.js";
import { type AggregateOptions, type RowLock, RowStatements } from "./row-statements.js";
import { countUp } from "./sequences.js";
import { storable } from "./storable.js";
import { type FindOptions, JsonText, type Row, type TableDefinition, type Where } from "./table.js";

/** What a transaction does with rows. */
export type RowAccess = Pick<
  Tables,
  "keyOf" | "find" | "count" | "insert" | "update" | "updateEach" | "remove" | "countUp"
> & {
  /** Reads rows whose column has one of some values, and keeps them for who asks next, where that is worth it. */
  readAhead?(
    name: string,
    column: string,
    values: readonly (string | number | boolean)[],
    transaction: SqlTransaction,
    lock?: "UPDATE",
  ): Promise<Row[]>;
};

/** Reads and writes rows of known tables, inside a transaction or not: the one place that knows what their columns hold. */
export class Tables {
  readonly #known = new Map<string, TableDefinition>();
  readonly #statements: RowStatements;

  constructor(readonly sequelize: Sequelize) {
    this.#statements = new RowStatements(sequelize);
  }

  define(table: TableDefinition): void {
    this.#known.set(table.name, table);
  }

  /** The columns of a table's primary key; nothing where the database gives it. */
  keyOf(name: string): readonly string[] | undefined {
    const { primaryKey, columns } = this.#of(name);
    return primaryKey.some((column) => columns[column]?.type === "serial") ? undefined : primaryKey;
  }

  async find(name: string, options: FindOptions, transaction?: SqlTransaction, lock?: RowLock): Promise<Row[]> {
    const table = this.#of(name);
    const { columns = Object.keys(table.columns) } = options;
    const rows = await this.#statements.find(name, { ...options, columns }, transaction, lock);
    return rows.map((row) => fromDatabase(row, table));
  }

  /** `cap`: counts no further than this. */
  count(name: string, where: Where, transaction?: SqlTransaction, cap?: number): Promise<number> {
    return this.#statements.count(this.#of(name).name, where, transaction, cap);
  }

  /** Groups with their figures, raw as the database gives them. */
  aggregate(name: string, options: AggregateOptions): Promise<Row[]> {
    return this.#statements.aggregate(this.#of(name).name, options);
  }

  async insert(name: string, rows: Row[], transaction: SqlTransaction): Promise<void> {
    const table = this.#of(name);
    const columns = columnsOf(rows);
    const many = new ManyRows(this.sequelize, transaction, table, columns);
    for (let start = 0; start < rows.length; start += 500)
      await many.insert(cellsOf(table, columns, rows.slice(start, start + 500))).catch(rethrow(table));
  }

  update(name: string, where: Where, values: Row, transaction: SqlTransaction): Promise<number> {
    const table = this.#of(name);
    return this.#statements.update(name, where, toDatabase(values, table), transaction).catch(rethrow(table));
  }

  async updateEach(name: string, rows: Row[], transaction: SqlTransaction): Promise<void> {
    const table = this.#of(name);
    const [first] = rows;
    if (!first) return;
    const [key = ""] = table.primaryKey;
    const columns = [key, ...Object.keys(first).filter((name) => name !== key)];
    await new ManyRows(this.sequelize, transaction, table, columns)
      .update(cellsOf(table, columns, rows))
      .catch(rethrow(table));
  }

  remove(name: string, where: Where, transaction: SqlTransaction, limit?: number): Promise<number> {
    return this.#statements.remove(this.#of(name).name, where, transaction, limit);
  }

  /** Counts the messages of aggregates; see `countUp`. */
  countUp(steps: ReadonlyMap<string, number>, transaction: SqlTransaction): Promise<Map<string, number>> {
    return countUp(this.sequelize, transaction, steps);
  }

  #of(name: string): TableDefinition {
    const known = this.#known.get(name);
    if (!known) throw new Error(`table ${name} is not defined`);
    return known;
  }
}

function rethrow(table: TableDefinition): (error: unknown) => never {
  return (error) => {
    throw writeError(error, table);
  };
}

/** All columns that any of the rows gives, in the order they come. */
function columnsOf(rows: readonly Row[]): string[] {
  const names = new Set<string>();
  for (const row of rows) for (const name in row) names.add(name);
  return [...names];
}

function cellsOf(table: TableDefinition, columns: readonly string[], rows: readonly Row[]): Cell[][] {
  const cells = columns.map((name): [string, (value: unknown) => Cell] => [name, cellOf(table, name)]);
  return rows.map((row) => cells.map(([name, cell]) => cell(row[name])));
}

/** How values of a column are written. */
function cellOf(table: TableDefinition, name: string): (value: unknown) => Cell {
  const type = table.columns[name]?.type;
  if (type === undefined) throw new Error(`table ${table.name} has no column ${name}`);
  return (value) => {
    if (value === undefined || value === null) return null;
    if (type === "json") return value instanceof JsonText ? value.text : JSON.stringify(value);
    return storable(value as string | number | boolean, name);
  };
}

function toDatabase(row: Row, table: TableDefinition): Record<string, Cell> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(table, name)(value)]));
}

function fromDatabase(row: Row, table: TableDefinition): Row {
  const result: Row = {};
  for (const [name, value] of Object.entries(row)) {
    if (value === null || value === undefined) continue;
    const type = table.columns[name]?.type;
    if (type === "json") result[name] = JSON.parse(String(value)) as unknown;
    else if (type === "boolean") result[name] = Boolean(Number(value));
    else if (type === "integer" || type === "serial") result[name] = Number(value);
    else result[name] = value;
  }
  return result;
}
