import type { Row } from "./table.js";
import type { RowAccess } from "./tables.js";

type Sql = Parameters<RowAccess["insert"]>[2];

/** A locked row by its only key, with its changes that are not written yet. */
interface Locked {
  row: Row;
  changes: Row;
}

/**
 * Rows of one transaction that does the same thing many times over: what it adds, and how it changes rows that it has locked
 * before, is written together, at the latest before somebody looks at the table or the transaction ends; what it reads is read
 * once as long as it changes nothing there. An error of a row comes later than its call, and takes the transaction with it.
 */
export class GatheredRows implements RowAccess {
  readonly #added = new Map<string, Map<string, Row[]>>();
  readonly #read = new Map<string, Map<string, Row[]>>();
  readonly #locked = new Map<string, Map<string, Locked>>();

  constructor(readonly rows: RowAccess) {}

  async find(...[name, options, sql, lock]: Parameters<RowAccess["find"]>): Promise<Row[]> {
    if (sql) await this.#write(name, sql);
    // a lock is asked for to see what is true now
    if (lock) {
      const locked = await this.rows.find(name, options, sql, lock);
      if (lock === "UPDATE" && options.columns === undefined) this.#remember(name, locked);
      return locked;
    }
    const known = this.#read.get(name) ?? new Map<string, Row[]>();
    this.#read.set(name, known);
    const question = JSON.stringify(options);
    const found = known.get(question) ?? (await this.rows.find(name, options, sql));
    known.set(question, found);
    return structuredClone(found);
  }

  async count(...[name, where, sql, cap]: Parameters<RowAccess["count"]>): Promise<number> {
    if (sql) await this.#write(name, sql);
    return this.rows.count(name, where, sql, cap);
  }

  insert(name: string, rows: Row[]): Promise<void> {
    this.#read.delete(name);
    const table = this.#added.get(name) ?? new Map<string, Row[]>();
    this.#added.set(name, table);
    for (const row of rows) {
      // rows with other columns go apart: a column left out has its default, not NULL
      const columns = Object.keys(row).join(" ");
      const alike = table.get(columns);
      if (alike) alike.push(row);
      else table.set(columns, [row]);
    }
    return Promise.resolve();
  }

  async update(...[name, where, values, sql]: Parameters<RowAccess["update"]>): Promise<number> {
    this.#read.delete(name);
    const locked = this.#locked.get(name)?.get(String(where["id"]));
    // nobody else changes a locked row: whether it is the one meant is known without asking
    if (locked && Object.values(where).every(isPlain)) {
      if (Object.entries(where).some(([column, value]) => (locked.row[column] ?? null) !== value)) return 0;
      Object.assign(locked.row, values);
      Object.assign(locked.changes, values);
      return 1;
    }
    await this.#write(name, sql);
    this.#locked.delete(name);
    return this.rows.update(name, where, values, sql);
  }

  async updateEach(...[name, rows, sql]: Parameters<RowAccess["updateEach"]>): Promise<void> {
    await this.#write(name, sql);
    this.#read.delete(name);
    this.#locked.delete(name);
    await this.rows.updateEach(name, rows, sql);
  }

  async remove(...[name, where, sql, limit]: Parameters<RowAccess["remove"]>): Promise<number> {
    await this.#write(name, sql);
    this.#read.delete(name);
    this.#locked.delete(name);
    return this.rows.remove(name, where, sql, limit);
  }

  countUp(...[steps, sql]: Parameters<RowAccess["countUp"]>): ReturnType<RowAccess["countUp"]> {
    return this.rows.countUp(steps, sql);
  }

  /** Writes all that is not written yet. */
  async finish(sql: Sql): Promise<void> {
    for (const name of new Set([...this.#added.keys(), ...this.#locked.keys()])) await this.#write(name, sql);
  }

  /** Keeps locked rows of tables whose only key is `id`. */
  #remember(name: string, rows: readonly Row[]): void {
    const table = this.#locked.get(name) ?? new Map<string, Locked>();
    this.#locked.set(name, table);
    for (const row of rows)
      if (typeof row["id"] === "string") table.set(row["id"], { row: structuredClone(row), changes: {} });
  }

  async #write(name: string, sql: Sql): Promise<void> {
    const added = this.#added.get(name);
    this.#added.delete(name);
    for (const rows of added?.values() ?? []) await this.rows.insert(name, rows, sql);
    const alike = new Map<string, Row[]>();
    for (const [id, locked] of this.#locked.get(name) ?? []) {
      const columns = Object.keys(locked.changes).join(" ");
      if (columns !== "") alike.set(columns, [...(alike.get(columns) ?? []), { id, ...locked.changes }]);
      locked.changes = {};
    }
    for (const rows of alike.values()) await this.rows.updateEach(name, rows, sql);
  }
}

function isPlain(value: unknown): boolean {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
