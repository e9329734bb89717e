import { failpoint } from "@jinshui/bus";
import { JinshuiError } from "@jinshui/contracts";
import { createHash } from "node:crypto";
import {
  type ColumnsDescription,
  DataTypes,
  type Logging,
  type ModelAttributeColumnOptions,
  type QueryInterface,
  type Sequelize,
  type Transaction,
  UniqueConstraintError,
} from "sequelize";
import { JOURNAL } from "./system-tables.js";
import type { ColumnDefinition, TableDefinition } from "./table.js";

/** The transaction that steps belong to, as Sequelize's options. */
type Within = Readonly<{ transaction?: Transaction }>;

/** Sequelize's description of a column. */
function attribute(column: ColumnDefinition, inPrimaryKey: boolean, dialect: string): ModelAttributeColumnOptions {
  const type = {
    id: () => DataTypes.STRING(40),
    string: () => DataTypes.STRING(column.length ?? 200),
    text: () => (dialect === "mysql" ? DataTypes.TEXT("medium") : DataTypes.TEXT),
    json: () => (dialect === "mysql" ? DataTypes.TEXT("medium") : DataTypes.TEXT),
    integer: () => DataTypes.BIGINT,
    boolean: () => DataTypes.TINYINT,
    instant: () => DataTypes.STRING(24),
    serial: () => (dialect === "mysql" ? DataTypes.BIGINT : DataTypes.INTEGER),
  }[column.type]();
  return {
    type,
    allowNull: !inPrimaryKey && (column.nullable ?? true),
    ...(inPrimaryKey ? { primaryKey: true } : {}),
    ...(column.type === "serial" ? { autoIncrement: true } : {}),
  };
}

/**
 * Brings tables to their definitions without ever taking data away: creates what is missing, adds columns (nullable) and
 * indexes, lengthens texts; unique rules that the definition does not have no longer bind. Every step looks first, so a run
 * that was cut off, or met another kernel's run, is simply done again.
 * @throws JinshuiError `conflict` when rows that are there break a new unique rule, or a column would mean something else.
 */
export async function ensureTables(sequelize: Sequelize, tables: TableDefinition[]): Promise<void> {
  // SQLite makes tables in transactions as it writes rows: one durable commit instead of one for each table and index
  if (sequelize.getDialect() !== "sqlite") return bringUp(sequelize, tables, {});
  await sequelize.transaction((transaction) => bringUp(sequelize, tables, { transaction }));
}

async function bringUp(sequelize: Sequelize, tables: TableDefinition[], within: Within): Promise<void> {
  const schema = sequelize.getQueryInterface();
  const existing = new Set(await schema.showAllTables(within));
  if (!existing.has(JOURNAL.name)) await create(schema, JOURNAL, within);
  else if (tables.length > 0) await expand(schema, JOURNAL, within);
  await checkTables(sequelize, tables, within);
  const known = await journal(sequelize, within);
  for (const table of tables) {
    const hash = hashOf(table);
    if (existing.has(table.name) && known.get(table.name)?.hash === hash) continue;
    await note(sequelize, table, hash, "started", within);
    if (existing.has(table.name)) await expand(schema, table, within);
    else await create(schema, table, within);
    await indexes(schema, table, within);
    await note(sequelize, table, hash, "done", within);
  }
}

/**
 * Compares tables with what is there, and changes nothing.
 * @throws JinshuiError `conflict` for a field whose stored values would be read as something else from now on.
 */
export async function checkTables(sequelize: Sequelize, tables: TableDefinition[], within: Within = {}): Promise<void> {
  const schema = sequelize.getQueryInterface();
  const existing = new Set(await schema.showAllTables(within));
  if (!existing.has(JOURNAL.name)) return;
  const known = await journal(sequelize, within);
  for (const table of tables) {
    const { columns: before = {}, hash } = known.get(table.name) ?? {};
    if (!existing.has(table.name) || hash === hashOf(table)) continue;
    const present = (await describe(schema, table.name, within)) as Record<string, { type: string }>;
    for (const [name, column] of Object.entries(table.columns)) {
      const is = present[name]?.type;
      if (is === undefined) continue;
      const kind = before[name]?.of?.kind;
      const isKept = kind === undefined || column.of === undefined || kind === column.of.kind;
      if (isKept && storageOf(is) === storageOf(String(attribute(column, false, "mysql").type))) continue;
      throw otherMeaning(table.name, name, column, kind ?? before[name]?.type ?? is);
    }
  }
}

/** What a table has; Sequelize's types don't know that it may be asked within a transaction. */
function describe(schema: QueryInterface, table: string, within: Within): Promise<ColumnsDescription> {
  return schema.describeTable(table, { ...within } as Logging);
}

/** How a database keeps the values of a column: a text in place of a number would be calculated with. */
function storageOf(type: string): "number" | "boolean" | "text" {
  if (/^(BIGINT|INT)/i.test(type)) return "number";
  return /^TINYINT/i.test(type) ? "boolean" : "text";
}

function otherMeaning(table: string, name: string, column: ColumnDefinition, before: string): JinshuiError {
  const { field = name, kind: after = column.type } = column.of ?? {};
  return new JinshuiError(
    "conflict",
    `"${field}" of ${table} holds values of type ${before} and can't become ${after}: give the new field another name and fill it from the old one`,
    { details: { table, field, before, after } },
  );
}

async function create(schema: QueryInterface, table: TableDefinition, within: Within): Promise<void> {
  const dialect = schema.sequelize.getDialect();
  const attributes = Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [
      name,
      attribute(column, table.primaryKey.includes(name), dialect),
    ]),
  );
  await schema.createTable(
    table.name,
    attributes,
    dialect === "mysql" ? { charset: "utf8mb4", collate: "utf8mb4_bin", engine: "InnoDB" } : { ...within },
  );
  failpoint("migration-step");
}

async function expand(schema: QueryInterface, table: TableDefinition, within: Within): Promise<void> {
  const dialect = schema.sequelize.getDialect();
  const columnsOf = (): Promise<ColumnsDescription> => describe(schema, table.name, within);
  const present = await columnsOf();
  for (const [name, column] of Object.entries(table.columns)) {
    const before = present[name];
    if (!before) {
      const added = attribute({ ...column, nullable: true }, false, dialect);
      await unlessThere(
        () => schema.addColumn(table.name, name, added, { ...within }),
        async () => name in (await columnsOf()),
      );
    } else if (dialect === "mysql" && isShorter(before.type, column)) {
      await schema.changeColumn(table.name, name, attribute({ ...column, nullable: before.allowNull }, false, dialect));
    }
  }
}

/** Whether a column of MariaDB's holds less text than is wanted now; SQLite's have no limit. */
function isShorter(present: string, wanted: ColumnDefinition): boolean {
  const length = /^VARCHAR\((\d+)\)$/i.exec(present)?.[1];
  if (length === undefined) return false;
  return wanted.type === "text" || (wanted.type === "string" && Number(length) < (wanted.length ?? 200));
}

async function indexes(schema: QueryInterface, table: TableDefinition, within: Within): Promise<void> {
  const namesOf = async (): Promise<Set<string>> =>
    new Set(((await schema.showIndex(table.name, { ...within })) as { name: string }[]).map(({ name }) => name));
  const present = await namesOf();
  const wanted = [
    ...Object.entries(table.unique ?? {}).map(([name, fields]) => ({ name, fields, unique: true })),
    ...Object.entries(table.indexes ?? {}).map(([name, fields]) => ({ name, fields, unique: false })),
  ];
  for (const { name, fields, unique } of wanted) {
    const full = indexName(table.name, name);
    if (present.has(full)) continue;
    await unlessThere(
      () => schema.addIndex(table.name, { name: full, fields, unique, ...within }).catch(brokenBy(table.name, fields)),
      async () => (await namesOf()).has(full),
    );
  }
  const kept = new Set(wanted.map(({ name }) => indexName(table.name, name)));
  for (const name of await uniqueIndexes(schema, table.name, within))
    if (!kept.has(name))
      await unlessThere(
        () => schema.removeIndex(table.name, name, { ...within }),
        async () => !(await namesOf()).has(name),
      );
}

/** The unique indexes of a table that were made here. */
async function uniqueIndexes(schema: QueryInterface, table: string, within: Within): Promise<string[]> {
  const all = (await schema.showIndex(table, { ...within })) as { name: string; unique: boolean }[];
  const beginning = indexName(table, "").slice(0, PREFIX);
  return all.filter(({ name, unique }) => unique && name.startsWith(beginning)).map(({ name }) => name);
}

/** Another kernel may do the same step at the same time; who comes second finds it done. */
async function unlessThere(step: () => Promise<void>, isThere: () => Promise<boolean>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(await isThere())) throw error;
  }
  failpoint("migration-step");
}

function brokenBy(table: string, fields: string[]): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof UniqueConstraintError)) throw cause;
    throw new JinshuiError(
      "conflict",
      `${table} holds rows with the same ${fields.join(", ")}, which its new unique rule forbids`,
      { details: { table, fields }, cause },
    );
  };
}

/** Index names are one name space in SQLite. */
export function indexName(table: string, name: string): string {
  return shortName(`${table}__${name}`);
}

/** What is kept of a name that is too long. */
const PREFIX = 47;

/** A name that fits: MySQL's have 64 characters at most. What is cut off is told apart by a hash. */
export function shortName(full: string): string {
  if (full.length <= 60) return full;
  return `${full.slice(0, PREFIX)}_${createHash("sha256").update(full).digest("hex").slice(0, 12)}`;
}

function hashOf(table: TableDefinition): string {
  return createHash("sha256").update(JSON.stringify(table)).digest("hex");
}

/** What each table was last brought to; the hash only where that was done to its end. */
async function journal(
  sequelize: Sequelize,
  within: Within,
): Promise<Map<string, { hash?: string; columns?: Record<string, ColumnDefinition> }>> {
  const [rows] = await sequelize.query(`SELECT name, hash, state, definition FROM ${JOURNAL.name}`, { ...within });
  return new Map(
    (rows as { name: string; hash: string; state: string; definition: string | null }[]).map(
      ({ name, hash, state, definition }) => {
        if (definition === null) return [name, {}];
        const { columns } = JSON.parse(definition) as TableDefinition;
        return [name, { columns, ...(state === "done" ? { hash } : {}) }];
      },
    ),
  );
}

async function note(
  sequelize: Sequelize,
  table: TableDefinition,
  hash: string,
  state: string,
  within: Within,
): Promise<void> {
  failpoint("migration-step");
  await sequelize.query(`REPLACE INTO ${JOURNAL.name} (name, hash, state, at, definition) VALUES (?, ?, ?, ?, ?)`, {
    replacements: [table.name, hash, state, new Date().toISOString(), JSON.stringify(table)],
    ...within,
  });
}
