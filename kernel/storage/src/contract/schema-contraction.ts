import { JinshuiError } from "@jinshui/contracts";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { QueryTypes, type Sequelize } from "sequelize";
import { connectSequelize } from "../database/connect.js";
import { type Database, openDatabase } from "../database/database.js";
import { JOURNAL } from "../database/system-tables.js";
import { type BackupLine, readBackup, writeBackup } from "./backup-file.js";

/** A column that is there and that no definition in force asks for. */
export interface Leftover {
  table: string;
  column: string;
  type: string;
  /** Rows that hold a value in it. */
  values: number;
}

const PAGE = 1_000;

/**
 * Takes away what expansion leaves behind. Tables only ever grow by themselves, so that the version before still runs;
 * columns that no version needs any more go when an administrator says so, each after its values are in a backup, from which
 * they can be brought back.
 */
export class SchemaContraction {
  private constructor(
    readonly database: Database,
    readonly sequelize: Sequelize,
  ) {}

  static async open(url: string): Promise<SchemaContraction> {
    return new SchemaContraction(await openDatabase(url), connectSequelize(url, { unlimited: true }));
  }

  async close(): Promise<void> {
    await this.sequelize.close();
    await this.database.close();
  }

  /** Columns of known tables that are not in the definition by which their table was last brought up. */
  async leftovers(): Promise<Leftover[]> {
    const found: Leftover[] = [];
    for (const { table, columns } of await this.#known()) {
      const present = await this.sequelize.getQueryInterface().describeTable(table);
      for (const [column, { type }] of Object.entries(present)) {
        if (columns.includes(column)) continue;
        const [row] = await this.#select<{ n: number }>(
          `SELECT COUNT(*) AS n FROM ${quoted(table)} WHERE ${quoted(column)} IS NOT NULL`,
        );
        found.push({ table, column, type, values: Number(row?.n ?? 0) });
      }
    }
    return found;
  }

  /**
   * Backs up a leftover column into `folder` and drops it. Cut off, it is done again from the start.
   * @throws JinshuiError `not-found` for a column that isn't there, `conflict` for one that is still asked for.
   */
  async drop(
    table: string,
    column: string,
    folder: string,
    operator: string,
  ): Promise<{ file: string; values: number; sha256: string }> {
    const { key, columns } = await this.#table(table);
    const present = await this.sequelize.getQueryInterface().describeTable(table);
    const type = present[column]?.type;
    if (type === undefined) throw new JinshuiError("not-found", `${table} has no column ${column}`);
    if (columns.includes(column))
      throw new JinshuiError("conflict", `${table}.${column} is still asked for by the version in force`);
    await mkdir(folder, { recursive: true });
    const at = new Date().toISOString();
    const file = join(folder, `${table}.${column}.${at.replace(/[:.]/g, "-")}.jsonl.gz`);
    const head = { kind: "jinshui-column", table, column, type, key, at } as const;
    const backup = await writeBackup(file, head, this.#values(table, column, key));
    // noted before it is gone: what nobody knows of can't be brought back
    await this.#audit("schema-contract", operator, { table, column, file, ...backup });
    await this.#dropIndexes(table, column);
    await this.sequelize.query(`ALTER TABLE ${quoted(table)} DROP COLUMN ${quoted(column)}`);
    return { file, ...backup };
  }

  /** Brings a column back from its backup; rows that are gone stay gone, values given since then stay. */
  async restore(file: string, operator: string): Promise<{ table: string; column: string; values: number }> {
    if (!existsSync(file)) throw new JinshuiError("not-found", `There is no backup ${file}`);
    // read to its end before anything is changed
    const nothing = (): Promise<void> => Promise.resolve();
    await readBackup(file, nothing, nothing);
    let target = { table: "", column: "", key: [] as string[] };
    const values = await readBackup(
      file,
      async ({ table, column, type, key }) => {
        const { key: now } = await this.#table(table);
        if (now.join() !== key.join())
          throw new JinshuiError("conflict", `${table} has another primary key than when the backup was made`);
        target = { table, column, key };
        const present = await this.sequelize.getQueryInterface().describeTable(table);
        if (!present[column])
          await this.sequelize.query(`ALTER TABLE ${quoted(table)} ADD COLUMN ${quoted(column)} ${type}`);
      },
      (lines) => this.#putBack(target, lines),
    );
    const { table, column } = target;
    await this.#audit("schema-restore", operator, { table, column, file, values });
    return { table, column, values };
  }

  async #known(): Promise<{ table: string; columns: string[]; key: string[] }[]> {
    const rows = await this.#select<{ name: string; definition: string | null }>(
      `SELECT name, definition FROM ${JOURNAL.name} WHERE state = 'done' AND definition IS NOT NULL ORDER BY name`,
    );
    return rows.map(({ name, definition }) => {
      const { columns, primaryKey } = JSON.parse(definition ?? "{}") as { columns: object; primaryKey: string[] };
      return { table: name, columns: Object.keys(columns), key: primaryKey };
    });
  }

  async #table(table: string): Promise<{ columns: string[]; key: string[] }> {
    const known = (await this.#known()).find((candidate) => candidate.table === table);
    if (!known) throw new JinshuiError("not-found", `There is no table ${table}`);
    return known;
  }

  /** All values of a column, a page at a time in the order of the key. */
  async *#values(table: string, column: string, key: string[]): AsyncGenerator<BackupLine> {
    const keys = key.map(quoted);
    let after: (string | number)[] | undefined;
    for (;;) {
      const beyond = after === undefined ? "" : `AND (${keys.join(", ")}) > (${keys.map(() => "?").join(", ")})`;
      const rows = await this.#select<Record<string, string | number>>(
        `SELECT ${[...keys, quoted(column)].join(", ")} FROM ${quoted(table)} WHERE ${quoted(column)} IS NOT NULL ${beyond} ORDER BY ${keys.join(", ")} LIMIT ${PAGE}`,
        after ?? [],
      );
      for (const row of rows) {
        after = key.map((name) => row[name] ?? "");
        yield [after, row[column] ?? ""];
      }
      if (rows.length < PAGE) return;
    }
  }

  async #putBack(
    { table, column, key }: { table: string; column: string; key: string[] },
    lines: BackupLine[],
  ): Promise<void> {
    const where = key.map((name) => `${quoted(name)} = ?`).join(" AND ");
    await this.sequelize.transaction(async (transaction) => {
      for (const [keys, value] of lines)
        await this.sequelize.query(
          `UPDATE ${quoted(table)} SET ${quoted(column)} = ? WHERE ${where} AND ${quoted(column)} IS NULL`,
          { replacements: [value, ...keys], transaction },
        );
    });
  }

  /** SQLite drops no column that an index holds; MariaDB would silently make the index narrower. */
  async #dropIndexes(table: string, column: string): Promise<void> {
    const schema = this.sequelize.getQueryInterface();
    const indexes = (await schema.showIndex(table)) as { name: string; fields: { attribute: string }[] }[];
    for (const { name, fields } of indexes)
      if (fields.some(({ attribute }) => attribute === column)) await schema.removeIndex(table, name);
  }

  async #audit(action: string, operator: string, after: Record<string, unknown>): Promise<void> {
    await this.database.transaction((tx) => {
      tx.audit({
        bureau: "site",
        actor: { id: "operator", name: operator },
        action,
        resource: `schema/${String(after["table"])}.${String(after["column"])}`,
        after,
      });
      return Promise.resolve();
    });
  }

  #select<T extends object>(sql: string, replacements: (string | number)[] = []): Promise<T[]> {
    return this.sequelize.query<T>(sql, { type: QueryTypes.SELECT, replacements });
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "")}\``;
}
