import type { Storage } from "../collections/caller.js";
import { towards } from "../collections/caller.js";
import { columnOf, uniqueRules } from "../collections/columns.js";
import type { Standing } from "../collections/rights.js";
import type { Row } from "../database/table.js";

const MAX_KNOWN = 20_000;
const AT_ONCE = 500;

/** What a text leads to: the id of a record, several, or none. */
export type Referred = { id: string } | "ambiguous" | undefined;

/** Finds the records that texts of a file mean: by title, by a field that is unique by itself, or by id. */
export class ReferenceLookup {
  readonly #known = new Map<string, Map<string, Referred>>();

  constructor(readonly storage: Storage) {}

  /** Looks all texts of a field up; those that lead nowhere are looked up again the next time, for they may be there then. */
  async find(standing: Standing, field: string, texts: Iterable<string>): Promise<Map<string, Referred>> {
    const known = this.#of(field);
    const missing = [...new Set(texts)].filter((text) => known.get(text) === undefined);
    if (missing.length > 0) {
      const target = standing.collection.definition.fields[field]?.collection ?? "";
      const there = towards(this.storage, standing)(standing.collection, target);
      for (let start = 0; start < missing.length; start += AT_ONCE)
        await this.#look(there, missing.slice(start, start + AT_ONCE), known);
    }
    return known;
  }

  #of(field: string): Map<string, Referred> {
    let known = this.#known.get(field);
    if (!known || known.size > MAX_KNOWN) {
      known = new Map<string, Referred>();
      this.#known.set(field, known);
    }
    return known;
  }

  async #look(there: Standing | undefined, texts: string[], known: Map<string, Referred>): Promise<void> {
    // what may not be read can still be named by its id; the write checks that it is there
    if (!there) return;
    const { collection, bureau } = there;
    const columns = ["id", ...namingFields(there).map(columnOf)];
    const rows = await this.storage.database.find(collection.table.name, {
      where: {
        and: [there.reach, { bureau, live: true, or: columns.map((column) => ({ [column]: { in: texts } })) }],
      },
      columns: [...new Set(columns)],
    });
    for (const column of columns) note(rows, column, new Set(texts), known);
  }
}

/** Fields of text that name a record and that the caller sees in full: its title and its unique numbers. */
function namingFields({ collection, fields }: Standing): string[] {
  const { definition } = collection;
  const single = uniqueRules(definition).flatMap((names) => (names.length === 1 ? names : []));
  return [...new Set([definition.display.title, ...single])].filter(
    (name) =>
      ["string", "serial"].includes(definition.fields[name]?.type ?? "") &&
      !fields.hidden.has(name) &&
      !fields.masked.has(name),
  );
}

function note(rows: readonly Row[], column: string, texts: ReadonlySet<string>, known: Map<string, Referred>): void {
  for (const row of rows) {
    const text = row[column];
    if (typeof text !== "string" || !texts.has(text)) continue;
    const id = String(row["id"]);
    const before = known.get(text);
    known.set(text, before === undefined || (before !== "ambiguous" && before.id === id) ? { id } : "ambiguous");
  }
}
