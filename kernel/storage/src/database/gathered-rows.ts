import { KnownRows, picked } from "./known-rows.js";
import type { Row, Where } from "./table.js";
import type { RowAccess } from "./tables.js";

type Sql = Parameters<RowAccess["insert"]>[2];
type Values = Parameters<NonNullable<RowAccess["readAhead"]>>[2];

/** What is to be written to one table. */
interface Pending {
  /** By primary key, in the order in which they came. */
  added: Map<string, Row>;
  /** Rows that are there, by primary key: the key, and what they get. */
  changed: Map<string, { key: Row; values: Row }>;
  removed: Map<string, Row>;
}

/**
 * Rows of one transaction that does the same thing many times over: what it adds, and how it changes and removes rows that it knows, is
 * written together, at the latest before somebody asks the database about the table or the transaction ends; what it reads is read once
 * as long as it changes nothing there. Known are rows that it has locked, has added, or has read ahead. An error of a row comes later than
 * its call, and takes the transaction with it.
 */
export class GatheredRows implements RowAccess {
  readonly #pending = new Map<string, Pending>();
  readonly #read = new Map<string, Map<string, Row[]>>();
  readonly #known = new Map<string, KnownRows>();
  #serial = 0;

  constructor(readonly rows: RowAccess) {}

  keyOf(name: string): readonly string[] | undefined {
    return this.rows.keyOf(name);
  }

  /** Reads all rows whose column has one of some values; whoever asks for them from then on is answered without the database. */
  async readAhead(name: string, column: string, values: Values, sql: Sql, lock?: "UPDATE"): Promise<Row[]> {
    const key = this.rows.keyOf(name);
    await this.#write(name, sql);
    const where = { [column]: { in: values } };
    const found = await this.rows.find(name, { where, ...(key ? { orderBy: [...key] } : {}) }, sql, lock);
    if (key) this.#knownOf(name, key).load(column, values, found, lock !== undefined);
    return found;
  }

  async find(...[name, options, sql, lock]: Parameters<RowAccess["find"]>): Promise<Row[]> {
    const known = this.#matching(name, options, lock);
    if (known) return picked(known, options);
    if (sql) await this.#write(name, sql);
    // a lock is asked for to see what is true now
    if (lock) {
      const locked = await this.rows.find(name, options, sql, lock);
      if (lock === "UPDATE" && options.columns === undefined) this.#remember(name, locked);
      return locked;
    }
    const questions = this.#read.get(name) ?? new Map<string, Row[]>();
    this.#read.set(name, questions);
    const question = JSON.stringify(options);
    const found = questions.get(question) ?? (await this.rows.find(name, options, sql));
    questions.set(question, found);
    return structuredClone(found);
  }

  async count(...[name, where, sql, cap]: Parameters<RowAccess["count"]>): Promise<number> {
    const known = this.#known.get(name)?.matching(where, false);
    if (known) return Math.min(known.length, cap ?? Number.POSITIVE_INFINITY);
    if (sql) await this.#write(name, sql);
    return this.rows.count(name, where, sql, cap);
  }

  insert(name: string, rows: Row[]): Promise<void> {
    this.#read.delete(name);
    const { added } = this.#pendingOf(name);
    const known = this.#known.get(name);
    const key = this.rows.keyOf(name);
    for (const row of rows) {
      // a row that gets its number when it is written, and one that is there twice, which the database will refuse
      const own = key && keyText(key, row);
      const place = own === undefined || added.has(own) ? `#${(this.#serial += 1)}` : own;
      added.set(place, { ...row });
      known?.add(row);
    }
    return Promise.resolve();
  }

  async update(...[name, where, values, sql]: Parameters<RowAccess["update"]>): Promise<number> {
    this.#read.delete(name);
    const known = this.#known.get(name);
    const found = known?.matching(where, false);
    if (known && found) {
      const { added, changed } = this.#pendingOf(name);
      const kept = found.every((row) => {
        const key = known.keyOf(row);
        const isNew = added.get(key);
        if (isNew) Object.assign(isNew, values);
        else {
          const own = Object.fromEntries(known.primaryKey.map((column) => [column, row[column]]));
          changed.set(key, { key: own, values: { ...changed.get(key)?.values, ...values } });
        }
        return known.change(row, values);
      });
      if (!kept) this.#known.delete(name);
      return found.length;
    }
    if (this.#changeAdded(name, where, values)) return 1;
    await this.#writeAndForget(name, sql);
    return this.rows.update(name, where, values, sql);
  }

  async updateEach(...[name, rows, sql]: Parameters<RowAccess["updateEach"]>): Promise<void> {
    await this.#writeAndForget(name, sql);
    await this.rows.updateEach(name, rows, sql);
  }

  async remove(...[name, where, sql, limit]: Parameters<RowAccess["remove"]>): Promise<number> {
    const known = this.#known.get(name);
    const found = limit === undefined ? known?.matching(where, false) : undefined;
    if (known && found) {
      this.#read.delete(name);
      const { added, changed, removed } = this.#pendingOf(name);
      for (const row of found) {
        const key = known.keyOf(row);
        changed.delete(key);
        if (!added.delete(key))
          removed.set(key, Object.fromEntries(known.primaryKey.map((column) => [column, row[column]])));
        known.remove(row);
      }
      return found.length;
    }
    await this.#writeAndForget(name, sql);
    return this.rows.remove(name, where, sql, limit);
  }

  countUp(...[steps, sql]: Parameters<RowAccess["countUp"]>): ReturnType<RowAccess["countUp"]> {
    return this.rows.countUp(steps, sql);
  }

  /** Writes all that is not written yet. */
  async finish(sql: Sql): Promise<void> {
    for (const name of [...this.#pending.keys()]) await this.#write(name, sql);
  }

  #matching(name: string, options: Parameters<RowAccess["find"]>[1], lock?: string): Row[] | undefined {
    const { where, offset, first, index } = options;
    if (!where || lock === "SHARE" || offset !== undefined || first !== undefined || index !== undefined)
      return undefined;
    return this.#known.get(name)?.matching(where, lock !== undefined);
  }

  /** Changes a row that is not written yet, where its key alone says which; false when there is none. */
  #changeAdded(name: string, where: Where, values: Row): boolean {
    const key = this.rows.keyOf(name);
    const given = Object.keys(where).filter((column) => where[column] !== undefined);
    if (key?.length !== given.length || !key.every((column) => typeof where[column] === "string")) return false;
    const row = this.#pending.get(name)?.added.get(keyText(key, where) ?? "");
    if (!row) return false;
    Object.assign(row, values);
    return true;
  }

  /** Keeps locked rows of tables with one key. */
  #remember(name: string, rows: readonly Row[]): void {
    const key = this.rows.keyOf(name);
    const [only, ...others] = key ?? [];
    if (!key || only === undefined || others.length > 0) return;
    const values = rows.map((row) => row[only]).filter((value) => typeof value === "string");
    this.#knownOf(name, key).load(only, values, rows, true);
  }

  #knownOf(name: string, key: readonly string[]): KnownRows {
    const known = this.#known.get(name) ?? new KnownRows(key);
    this.#known.set(name, known);
    return known;
  }

  #pendingOf(name: string): Pending {
    const pending = this.#pending.get(name) ?? { added: new Map(), changed: new Map(), removed: new Map() };
    this.#pending.set(name, pending);
    return pending;
  }

  /** Before something is changed of which nobody knows which rows it concerns. */
  async #writeAndForget(name: string, sql: Sql): Promise<void> {
    await this.#write(name, sql);
    this.#read.delete(name);
    this.#known.delete(name);
  }

  async #write(name: string, sql: Sql): Promise<void> {
    const pending = this.#pending.get(name);
    if (!pending) return;
    this.#pending.delete(name);
    const [only = "", ...others] = this.rows.keyOf(name) ?? [];
    const isOne = others.length === 0;
    const those = (keys: readonly Row[]): Where =>
      isOne ? { [only]: { in: keys.map((key) => key[only] as string) } } : { or: keys.map((key) => key as Where) };
    if (pending.removed.size > 0) await this.rows.remove(name, those([...pending.removed.values()]), sql);
    const changes = [...pending.changed.values()];
    // where only some columns differ from row to row, one statement changes all that have the same ones
    for (const alike of grouped(changes, ({ values }) =>
      isOne ? Object.keys(values).join() : JSON.stringify(values),
    )) {
      const [{ key, values } = { key: {}, values: {} }] = alike;
      if (alike.length === 1) await this.rows.update(name, key as Where, values, sql);
      else if (isOne)
        await this.rows.updateEach(
          name,
          alike.map((change) => ({ ...change.key, ...change.values })),
          sql,
        );
      else await this.rows.update(name, those(alike.map((change) => change.key)), values, sql);
    }
    // rows with other columns go apart: a column left out has its default, not NULL
    for (const alike of grouped([...pending.added.values()], (row) => Object.keys(row).join()))
      await this.rows.insert(name, alike, sql);
  }
}

/** The primary key of a row as one text, if it has one. */
function keyText(key: readonly string[], row: Row): string | undefined {
  const parts = key.map((name) => row[name]);
  return parts.some((part) => part === undefined || part === null) ? undefined : parts.map(String).join("\n");
}

function grouped<T>(all: readonly T[], by: (each: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(by(each));
    if (group) group.push(each);
    else groups.set(by(each), [each]);
  }
  return [...groups.values()];
}
