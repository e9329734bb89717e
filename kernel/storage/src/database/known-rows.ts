import { JsonText, type Row, type Where } from "./table.js";

type Scalar = string | number | boolean;

/** All rows of a table whose column has one value, and whether nobody else can change them. */
interface KnownSet {
  keys: Set<string>;
  isLocked: boolean;
}

/**
 * Rows of one table as they stand in a transaction: for some values of some columns all rows that have them. Conditions of which one names
 * such values, and which are no more than equalities, are answered from here.
 */
export class KnownRows {
  readonly #rows = new Map<string, Row>();
  readonly #sets = new Map<string, Map<Scalar, KnownSet>>();

  /** @param primaryKey Columns of the table's primary key. */
  constructor(readonly primaryKey: readonly string[]) {}

  /** The primary key of a row as one text. */
  keyOf(row: Row): string {
    return this.primaryKey.map((name) => String(row[name])).join("\n");
  }

  /** Rows that were read after all of the transaction's changes were written: all that have one of these values in a column. */
  load(column: string, values: readonly Scalar[], rows: readonly Row[], isLocked: boolean): void {
    const sets = this.#setsOf(column);
    for (const value of values) sets.set(value, { keys: new Set(), isLocked });
    for (const row of rows) this.#rows.set(this.keyOf(row), structuredClone(row));
    for (const [key, row] of this.#rows) sets.get(row[column] as Scalar)?.keys.add(key);
  }

  /** The rows that fulfil a condition, as they are kept; nothing when not all of them are known. */
  matching(where: Where, lock: boolean): Row[] | undefined {
    const conditions = Object.entries(where).filter(([, condition]) => condition !== undefined);
    if (!conditions.every(([name, condition]) => isPlain(name, condition))) return undefined;
    for (const [column, sets] of this.#sets) {
      const found = listOf(where[column])?.map((value) => sets.get(value));
      if (!found?.every((set) => set !== undefined && (set.isLocked || !lock))) continue;
      return [...new Set(found.flatMap((set) => [...(set?.keys ?? [])]))]
        .map((key) => this.#rows.get(key))
        .filter((row) => row !== undefined)
        .filter((row) => conditions.every(([name, condition]) => fits(row[name], condition)));
    }
    return undefined;
  }

  /** A row that was added; of its primary key there is no other. */
  add(row: Row): void {
    const key = this.keyOf(row);
    const kept = asRead(row);
    this.#rows.set(key, kept);
    const [only, ...others] = this.primaryKey;
    if (only !== undefined && others.length === 0)
      this.#setsOf(only).set(kept[only] as Scalar, { keys: new Set([key]), isLocked: true });
    for (const [column, sets] of this.#sets) sets.get(kept[column] as Scalar)?.keys.add(key);
  }

  /** A row that was changed; false where it would belong to other sets, which nobody asks for. */
  change(row: Row, values: Row): boolean {
    if (Object.keys(values).some((name) => this.#sets.has(name) || this.primaryKey.includes(name))) return false;
    for (const name of Object.keys(values)) Reflect.deleteProperty(row, name);
    Object.assign(row, asRead(values));
    return true;
  }

  remove(row: Row): void {
    const key = this.keyOf(row);
    this.#rows.delete(key);
    for (const sets of this.#sets.values()) for (const { keys } of sets.values()) keys.delete(key);
  }

  #setsOf(column: string): Map<Scalar, KnownSet> {
    const sets = this.#sets.get(column) ?? new Map<Scalar, KnownSet>();
    this.#sets.set(column, sets);
    return sets;
  }
}

/** Rows in the order and with the columns that were asked for. */
export function picked(
  rows: readonly Row[],
  { orderBy = [], limit, columns }: { orderBy?: string[]; limit?: number; columns?: string[] },
): Row[] {
  const sorted = [...rows].sort((one, other) => {
    for (const by of orderBy) {
      const name = by.replace(/^-/, "");
      const order = compared(one[name], other[name]);
      if (order !== 0) return by === name ? order : -order;
    }
    return 0;
  });
  return sorted.slice(0, limit).map((row) => {
    if (!columns) return structuredClone(row);
    return structuredClone(Object.fromEntries(Object.entries(row).filter(([name]) => columns.includes(name))));
  });
}

/** As the databases sort: what is empty comes first, texts go by code point. */
function compared(one: unknown, other: unknown): number {
  if (one === undefined || other === undefined) return Number(other === undefined) - Number(one === undefined);
  if (typeof one === "string") return Buffer.compare(Buffer.from(one), Buffer.from(String(other)));
  return Number(one) - Number(other);
}

/** A row that is written as it will be read. */
function asRead(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [
        name,
        value instanceof JsonText ? (JSON.parse(value.text) as unknown) : structuredClone(value),
      ]),
  );
}

/** Whether a condition can be told from a row alone: equality, one of several, or anything but one. */
function isPlain(name: string, condition: unknown): boolean {
  if (name === "and" || name === "or" || name === "not") return false;
  if (typeof condition !== "object" || condition === null) return true;
  return Object.entries(condition).every(([operator, value]) => ["in", "ne"].includes(operator) && value !== undefined);
}

function fits(actual: unknown, condition: unknown): boolean {
  if (typeof condition !== "object" || condition === null) return (actual ?? null) === condition;
  const { in: list, ne } = condition as { in?: readonly unknown[]; ne?: unknown };
  return (list === undefined || list.includes(actual)) && (ne === undefined || (actual ?? null) !== ne);
}

/** The values of which a condition wants one. */
function listOf(condition: unknown): Scalar[] | undefined {
  if (typeof condition !== "object") return condition === undefined ? undefined : [condition as Scalar];
  const list = (condition as { in?: readonly Scalar[] } | null)?.in;
  return list && [...list];
}
