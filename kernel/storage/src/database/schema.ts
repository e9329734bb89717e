import { createHash } from "node:crypto";
import { DataTypes, type ModelAttributeColumnOptions, type QueryInterface, type Sequelize } from "sequelize";
import { JOURNAL } from "./system-tables.js";
import type { ColumnDefinition, TableDefinition } from "./table.js";

/** Sequelize's description of a column. */
export function attribute(
  column: ColumnDefinition,
  inPrimaryKey: boolean,
  dialect: string,
): ModelAttributeColumnOptions {
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
 * Brings tables to their definitions without ever taking anything away: creates what is missing, adds columns (nullable)
 * and indexes. Every step looks first, so a run that was cut off is simply done again.
 */
export async function ensureTables(sequelize: Sequelize, tables: TableDefinition[]): Promise<void> {
  const schema = sequelize.getQueryInterface();
  const existing = new Set(await schema.showAllTables());
  if (!existing.has(JOURNAL.name)) await create(schema, JOURNAL, sequelize.getDialect());
  const known = await journal(sequelize);
  for (const table of tables) {
    const hash = createHash("sha256").update(JSON.stringify(table)).digest("hex");
    if (existing.has(table.name) && known.get(table.name) === hash) continue;
    await note(sequelize, table.name, hash, "started");
    if (existing.has(table.name)) await expand(schema, table, sequelize.getDialect());
    else await create(schema, table, sequelize.getDialect());
    await indexes(schema, table);
    await note(sequelize, table.name, hash, "done");
  }
}

async function create(schema: QueryInterface, table: TableDefinition, dialect: string): Promise<void> {
  const attributes = Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [
      name,
      attribute(column, table.primaryKey.includes(name), dialect),
    ]),
  );
  await schema.createTable(
    table.name,
    attributes,
    dialect === "mysql" ? { charset: "utf8mb4", collate: "utf8mb4_bin", engine: "InnoDB" } : {},
  );
}

async function expand(schema: QueryInterface, table: TableDefinition, dialect: string): Promise<void> {
  const present = await schema.describeTable(table.name);
  for (const [name, column] of Object.entries(table.columns)) {
    if (!(name in present))
      await schema.addColumn(table.name, name, attribute({ ...column, nullable: true }, false, dialect));
  }
}

async function indexes(schema: QueryInterface, table: TableDefinition): Promise<void> {
  const present = new Set(((await schema.showIndex(table.name)) as { name: string }[]).map(({ name }) => name));
  const wanted = [
    ...Object.entries(table.unique ?? {}).map(([name, fields]) => ({ name, fields, unique: true })),
    ...Object.entries(table.indexes ?? {}).map(([name, fields]) => ({ name, fields, unique: false })),
  ];
  for (const { name, fields, unique } of wanted) {
    const full = indexName(table.name, name);
    if (!present.has(full)) await schema.addIndex(table.name, { name: full, fields, unique });
  }
}

/** Index names are one name space in SQLite and at most 64 characters in MySQL. */
function indexName(table: string, name: string): string {
  const full = `${table}__${name}`;
  return full.length <= 60
    ? full
    : `${full.slice(0, 47)}_${createHash("sha256").update(full).digest("hex").slice(0, 12)}`;
}

async function journal(sequelize: Sequelize): Promise<Map<string, string>> {
  const [rows] = await sequelize.query(`SELECT name, hash FROM ${JOURNAL.name} WHERE state = 'done'`);
  return new Map((rows as { name: string; hash: string }[]).map(({ name, hash }) => [name, hash]));
}

async function note(sequelize: Sequelize, name: string, hash: string, state: string): Promise<void> {
  await sequelize.query(`REPLACE INTO ${JOURNAL.name} (name, hash, state, at) VALUES (?, ?, ?, ?)`, {
    replacements: [name, hash, state, new Date().toISOString()],
  });
}
