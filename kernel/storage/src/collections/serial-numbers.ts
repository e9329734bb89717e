import { type Field, JinshuiError, type SerialRule } from "@jinshui/contracts";
import { dayInChina } from "../china-time.js";
import type { Database } from "../database/database.js";
import type { Transaction } from "../database/transaction.js";
import type { Collection } from "./registry.js";
import { isEmpty } from "./values.js";

/** Numbers that are taken at once where gaps don't matter. */
const BLOCK = 20;

/** The number of a record in its series, and the text it makes. */
interface Series {
  /** Everything but the count: records of the same series count together. */
  key: string;
  text: (count: number) => string;
}

/** Gives numbers to new records: one after the other in their transaction, or in blocks ahead of it where gaps are allowed. */
export class SerialNumbers {
  readonly #blocks = new Map<string, { next: number; end: number }>();

  constructor(readonly database: Database) {}

  /** Takes blocks for the series of these records that may have gaps; to be called before the transaction. */
  async reserve(
    collection: Collection,
    bureau: string,
    entries: readonly { values: Record<string, unknown> }[],
  ): Promise<void> {
    for (const [name, rule] of serialFields(collection)) {
      if (rule.gaps !== "allowed") continue;
      const wanted = new Map<string, number>();
      for (const { values } of entries) {
        const { key } = seriesOf(collection, name, rule, bureau, values, new Date());
        wanted.set(key, (wanted.get(key) ?? 0) + 1);
      }
      for (const [key, count] of wanted) {
        const block = this.#blocks.get(key);
        if (block && block.end - block.next >= count) continue;
        const size = Math.max(BLOCK, count);
        const first = await this.database.transaction((tx) => take(tx, key, size));
        this.#blocks.set(key, { next: first, end: first + size });
      }
      if (this.#blocks.size > 10_000) this.#blocks.clear();
    }
  }

  /** The numbers of new records, by field, in the order of the records. */
  async numbers(
    tx: Transaction,
    collection: Collection,
    bureau: string,
    records: readonly Record<string, unknown>[],
  ): Promise<Record<string, string>[]> {
    const numbers = records.map((): Record<string, string> => ({}));
    for (const [name, rule] of serialFields(collection)) {
      const series = records.map((values) => seriesOf(collection, name, rule, bureau, values, new Date(tx.time)));
      const next = new Map<string, number>();
      for (const [at, { key, text }] of series.entries()) {
        const block = rule.gaps === "allowed" ? this.#blocks.get(key) : undefined;
        let count: number;
        if (block && block.next < block.end) {
          count = block.next;
          block.next += 1;
        } else {
          const left = (): number => series.slice(at).filter((other) => other.key === key).length;
          count = next.get(key) ?? (await take(tx, key, left()));
          next.set(key, count + 1);
        }
        (numbers[at] ?? {})[name] = text(count);
      }
    }
    return numbers;
  }
}

function serialFields({ definition }: Collection): [string, SerialRule][] {
  return Object.entries(definition.fields).flatMap(([name, { serial }]): [string, SerialRule][] =>
    serial ? [[name, serial]] : [],
  );
}

/** Counts a series on; the row stays locked to the end of the transaction, so that no number is lost or given twice. */
async function take(tx: Transaction, key: string, count: number): Promise<number> {
  const row = await tx.findOneForUpdate("serial_number", { series: key });
  if (!row) {
    await tx.insertUnlessRaced("serial_number", { series: key, last: count });
    return 1;
  }
  const last = Number(row["last"]);
  await tx.update("serial_number", { series: key }, { last: last + count });
  return last + 1;
}

function seriesOf(
  collection: Collection,
  field: string,
  { pattern, reset = "year" }: SerialRule,
  bureau: string,
  values: Record<string, unknown>,
  now: Date,
): Series {
  const [year = "", month = "", day = ""] = dayInChina(now.toISOString()).split("-");
  const parts: Record<string, string> = { year, month, day, bureau };
  const filled = pattern.replace(/\{([A-Za-z0-9]+)\}/g, (whole, name: string) => {
    if (name === "seq") return whole;
    return parts[name] ?? partOf(collection, field, name, values);
  });
  const period = { never: "", year, month: `${year}-${month}`, day: `${year}-${month}-${day}` }[reset];
  // bureau, register and period count for themselves whether the text names them or not
  const key = [collection.id, field, bureau, period, filled].join("|").slice(0, 250);
  return {
    key,
    text: (count) =>
      filled.replace(/\{seq(?::(\d))?\}/, (_, width?: string) => String(count).padStart(Number(width ?? 1), "0")),
  };
}

function partOf({ id, definition }: Collection, field: string, name: string, values: Record<string, unknown>): string {
  const source: Field | undefined = definition.fields[name];
  const value = values[name];
  if (isEmpty(value))
    throw new JinshuiError("invalid-request", `${id}: the number "${field}" needs "${name}"`, {
      details: { fields: [{ field: name, title: source?.title, code: "required" }] },
    });
  const option = source?.options?.find((candidate) => candidate.value === value);
  return option?.title["zh-CN"] ?? String(value);
}
