import * as contracts from "@jinshui/contracts";

/** JSON, as it stands in a document. */
export type Json = Record<string, unknown>;

/** Schemas shorter than this are as easily read where they stand. */
const MIN_LENGTH = 150;

/** What the contracts name: the text of a schema, and its name. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(contracts)
    .filter(([name, value]) => /^[A-Z][a-z]/.test(name) && typeof value === "object")
    .map(([name, value]): [string, string] => [JSON.stringify(value), name])
    .filter(([text]) => text.length >= MIN_LENGTH),
);

/** The schemas of a document: what the contracts have a name for stands once, under `#/components/schemas`. */
export class NamedSchemas {
  readonly #used = new Map<string, Json>();

  /** A schema with references in place of those that have names. */
  of(schema: object): Json {
    const plain = JSON.parse(JSON.stringify(schema)) as Json;
    return this.#named(plain) as Json;
  }

  /** Those referred to, by name. */
  components(): Record<string, Json> {
    return Object.fromEntries([...this.#used].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  #named(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#named(item));
    if (typeof value !== "object" || value === null) return value;
    const name = NAMES.get(JSON.stringify(value));
    if (name === undefined) return this.#parts(value as Json);
    if (!this.#used.has(name)) {
      this.#used.set(name, {});
      this.#used.set(name, this.#parts(value as Json));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #parts(value: Json): Json {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.#named(part)]));
  }
}
