import {
  col,
  IndexHints,
  literal,
  type Model,
  type ModelStatic,
  type Order,
  QueryTypes,
  type Sequelize,
  type Transaction as SqlTransaction,
} from "sequelize";
import { type Figure, figureSql, type GroupColumn, groupSql } from "./aggregate.js";
import { writeError } from "./errors.js";
import { type Cell, ManyRows } from "./many-rows.js";
import { PlainRows } from "./plain-rows.js";
import { attribute, indexName } from "./schema.js";
import { countUp } from "./sequences.js";
import { storable } from "./storable.js";
import { type FindOptions, JsonText, type Row, type TableDefinition, type Where } from "./table.js";
import { toSequelize } from "./where.js";

export interface AggregateOptions {
  where: Where;
  groups: GroupColumn[];
  figures: Figure[];
  /** Names of groups and figures, `-` in front for descending. */
  orderBy: string[];
  limit: number;
}

type AnyModel = ModelStatic<Model>;

/** `SHARE` lets others read under the same lock and nobody change the row; `UPDATE` is for one transaction alone. */
export type RowLock = "SHARE" | "UPDATE";

/** What a transaction does with rows. */
export type RowAccess = Pick<Tables, "find" | "count" | "insert" | "update" | "updateEach" | "remove" | "countUp">;

/** Reads and writes rows of known tables, inside a transaction or not: the one place that talks to Sequelize's models. */
export class Tables {
  readonly #known = new Map<string, { model: AnyModel; table: TableDefinition }>();

  readonly #plain: PlainRows;

  constructor(readonly sequelize: Sequelize) {
    this.#plain = new PlainRows(sequelize);
  }

  define(table: TableDefinition): void {
    const dialect = this.sequelize.getDialect();
    const attributes = Object.fromEntries(
      Object.entries(table.columns).map(([name, column]) => [
        name,
        attribute(column, table.primaryKey.includes(name), dialect),
      ]),
    );
    const model = this.sequelize.define(table.name, attributes, {
      tableName: table.name,
      freezeTableName: true,
      timestamps: false,
    });
    this.#known.set(table.name, { model, table });
  }

  async find(name: string, options: FindOptions, transaction?: SqlTransaction, lock?: RowLock): Promise<Row[]> {
    const { model, table } = this.#of(name);
    const { first, columns = Object.keys(table.columns) } = options;
    const plain =
      transaction && lock !== "SHARE"
        ? this.#plain.find(name, { ...options, columns }, transaction, lock === "UPDATE")
        : undefined;
    if (plain) return (await plain).map((row) => fromDatabase(row, table));
    const ahead = first ? [literal(this.#asNumber(model, first))] : [];
    const rows = (await model.findAll({
      raw: true,
      where: toSequelize(options.where ?? {}, this.sequelize),
      ...(options.orderBy
        ? { order: [...ahead.map(() => [col("first"), "DESC"]), ...order(options.orderBy)] as Order }
        : {}),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      ...(options.offset === undefined ? {} : { offset: options.offset }),
      attributes: [...columns, ...ahead.map((sql): [typeof sql, string] => [sql, "first"])],
      // Sequelize leaves hints out where it does not speak MySQL
      ...(options.index === undefined
        ? {}
        : { indexHints: [{ type: IndexHints.FORCE, values: [indexName(name, options.index)] }] }),
      ...(transaction ? { transaction } : {}),
      ...(transaction && lock ? { lock: transaction.LOCK[lock] } : {}),
    })) as unknown as Row[];
    return rows.map((row) => fromDatabase(row, table));
  }

  /** `cap`: counts no further than this. */
  async count(name: string, where: Where, transaction?: SqlTransaction, cap?: number): Promise<number> {
    const { model } = this.#of(name);
    const conditions = toSequelize(where, this.sequelize);
    if (cap === undefined) return model.count({ where: conditions, ...(transaction ? { transaction } : {}) });
    const generator = this.sequelize.getQueryInterface().queryGenerator as {
      selectQuery(table: string, options: object, model: AnyModel): string;
    };
    const options = { attributes: [[literal("1"), "one"]], where: conditions, limit: cap };
    const inner = generator.selectQuery(name, options, model).replace(/;$/, "");
    const [row] = await this.sequelize.query<{ n: number }>(`SELECT COUNT(*) AS n FROM (${inner}) AS counted`, {
      type: QueryTypes.SELECT,
      ...(transaction ? { transaction } : {}),
    });
    return Number(row?.n ?? 0);
  }

  /** Groups with their figures, raw as the database gives them. */
  async aggregate(name: string, options: AggregateOptions): Promise<Row[]> {
    const { model } = this.#of(name);
    const groups = options.groups.map((group) => ({ as: group.as, sql: groupSql(group, this.sequelize) }));
    const rows: unknown = await model.findAll({
      raw: true,
      where: toSequelize(options.where, this.sequelize),
      attributes: [
        ...groups.map(({ as, sql }): [typeof sql, string] => [sql, as]),
        ...options.figures.map((figure): [ReturnType<typeof figureSql>, string] => [figureSql(figure), figure.as]),
      ],
      ...(groups.length > 0 ? { group: groups.map(({ as }) => col(as)) as unknown as string[] } : {}),
      order: options.orderBy.map((name) => [
        col(name.replace(/^-/, "")),
        name.startsWith("-") ? "DESC" : "ASC",
      ]) as Order,
      limit: options.limit,
    });
    return rows as Row[];
  }

  async insert(name: string, rows: Row[], transaction: SqlTransaction): Promise<void> {
    const { table } = this.#of(name);
    const columns = columnsOf(rows);
    const many = new ManyRows(this.sequelize, transaction, table, columns);
    for (let start = 0; start < rows.length; start += 500)
      await many.insert(cellsOf(table, columns, rows.slice(start, start + 500))).catch(rethrow(table));
  }

  async update(name: string, where: Where, values: Row, transaction: SqlTransaction): Promise<number> {
    const { model, table } = this.#of(name);
    const cells = toDatabase(values, table);
    const plain = this.#plain.update(name, where, cells, transaction);
    if (plain) return plain.catch(rethrow(table));
    const [affected] = await model
      .update(cells, { where: toSequelize(where, this.sequelize), transaction })
      .catch(rethrow(table));
    return affected;
  }

  async updateEach(name: string, rows: Row[], transaction: SqlTransaction): Promise<void> {
    const { table } = this.#of(name);
    const [first] = rows;
    if (!first) return;
    const [key = ""] = table.primaryKey;
    const columns = [key, ...Object.keys(first).filter((name) => name !== key)];
    await new ManyRows(this.sequelize, transaction, table, columns)
      .update(cellsOf(table, columns, rows))
      .catch(rethrow(table));
  }

  async remove(name: string, where: Where, transaction: SqlTransaction, limit?: number): Promise<number> {
    const plain = limit === undefined ? this.#plain.remove(name, where, transaction) : undefined;
    if (plain) return plain;
    return this.#of(name).model.destroy({
      where: toSequelize(where, this.sequelize),
      transaction,
      ...(limit === undefined ? {} : { limit }),
    });
  }

  /** Counts the messages of aggregates; see `countUp`. */
  countUp(steps: ReadonlyMap<string, number>, transaction: SqlTransaction): Promise<Map<string, number>> {
    return countUp(this.sequelize, transaction, steps);
  }

  /** A condition as 1 or 0. */
  #asNumber(model: AnyModel, where: Where): string {
    const generator = this.sequelize.getQueryInterface().queryGenerator as {
      getWhereConditions(where: unknown, table: unknown, model: AnyModel, options: object): string;
    };
    const conditions = toSequelize(where, this.sequelize);
    return `CASE WHEN ${generator.getWhereConditions(conditions, model.getTableName(), model, { model })} THEN 1 ELSE 0 END`;
  }

  #of(name: string): { model: AnyModel; table: TableDefinition } {
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

function order(fields: string[]): [string, string][] {
  return fields.map((field) => (field.startsWith("-") ? [field.slice(1), "DESC"] : [field, "ASC"]));
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
