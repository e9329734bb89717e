import { convert, type FeelValue } from "./value.js";

/** Text of a name with its special characters set apart, so `a+b` and `a + b` are one name. */
export const normalizeName = (name: string): string =>
  name
    .replace(/\s*(\*\*|[./\-'+*])\s*/g, " $1 ")
    .replace(/\s+/g, " ")
    .trim();

/** A FEEL context: names and values in order. Plain JSON inside becomes FEEL values when it is asked for. */
export class FeelContext {
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
