import { FeelDate } from "../temporal/date.js";
import { FeelDateTime } from "../temporal/date-time.js";
import { FeelDaysDuration, FeelMonthsDuration } from "../temporal/duration.js";
import { FeelTime } from "../temporal/time.js";
import { FeelFunction } from "./function.js";
import { fromNumber, isDecimal } from "./number.js";
import { FeelRange } from "./range.js";
import type { FeelValue } from "./value.js";

/** Text of a name with its special characters set apart, so `a+b` and `a + b` are one name. */
export const normalizeName = (name: string): string =>
  name
    .replace(/\*\*|[./\-'+*]/g, " $& ")
    .replace(/\s+/g, " ")
    .trim();

/** A FEEL context: names and values in order. Plain JSON inside becomes FEEL values when it is asked for. */
export class FeelContext {
  readonly type = "context";
  readonly #source: Map<string, unknown>;

  constructor(source: Iterable<readonly [string, unknown]> = []) {
    this.#source = new Map(source);
  }

  static of(record: Readonly<Record<string, unknown>>): FeelContext {
    return new FeelContext(Object.entries(record));
  }

  get size(): number {
    return this.#source.size;
  }

  /** Undefined when there is no such entry. */
  get(name: string): FeelValue | undefined {
    const raw = this.#source.get(name);
    if (raw === undefined && !this.#source.has(name)) return undefined;
    const value = convert(raw);
    if (value !== raw) this.#source.set(name, value);
    return value;
  }

  /** Like {@link get}, with names that differ by spaces around special characters taken as equal. */
  find(name: string): FeelValue | undefined {
    const exact = this.get(name);
    if (exact !== undefined) return exact;
    const wanted = normalizeName(name);
    for (const key of this.#source.keys()) if (normalizeName(key) === wanted) return this.get(key);
    return undefined;
  }

  /** Adds an entry; only whoever makes the context does so. */
  put(name: string, value: FeelValue): void {
    this.#source.set(name, value);
  }

  has(name: string): boolean {
    return this.#source.has(name);
  }

  keys(): string[] {
    return [...this.#source.keys()];
  }

  entries(): [string, FeelValue][] {
    return this.keys().map((key) => [key, this.get(key) ?? null]);
  }
}

const isFeelObject = (value: object): boolean =>
  isDecimal(value) ||
  value instanceof FeelContext ||
  value instanceof FeelDate ||
  value instanceof FeelDateTime ||
  value instanceof FeelTime ||
  value instanceof FeelDaysDuration ||
  value instanceof FeelMonthsDuration ||
  value instanceof FeelRange ||
  value instanceof FeelFunction;

/** A FEEL value from a FEEL value or plain JSON; objects convert their members when these are asked for. */
export function convert(value: unknown): FeelValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return fromNumber(value);
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return convertList(value);
      return isFeelObject(value) ? (value as FeelValue) : FeelContext.of(value as Record<string, unknown>);
    default:
      return null;
  }
}

/** Lists known to hold FEEL values only: asking for one again costs nothing. */
const converted = new WeakSet<object>();

function convertList(list: readonly unknown[]): readonly FeelValue[] {
  if (converted.has(list)) return list as readonly FeelValue[];
  const items = list.map(convert);
  converted.add(items);
  return items;
}
