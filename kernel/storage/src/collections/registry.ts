import { type CollectionDefinition, JinshuiError } from "@jinshui/contracts";
import type { TableDefinition } from "../database/table.js";
import { tableOf } from "./columns.js";
import { type Format, type Formats } from "./formats.js";
import { type SearchIndex, searchIndexOf } from "../search/search-index.js";
import { type RecordRules, recordRules } from "./record-rules.js";

/** A collection as the kernel knows it. */
export interface Collection {
  /** `<plugin>.<name>`. */
  id: string;
  plugin: string;
  definition: CollectionDefinition;
  table: TableDefinition;
  /** Formats of its fields, by field. */
  formats: ReadonlyMap<string, Format>;
  rules: RecordRules;
  /** Absent when no field is searched. */
  search?: SearchIndex;
}

/** `<name>-changed` must be a token of a subject. */
const MAX_NAME = 32;

/** Collections of installed plugins by id. */
export class CollectionRegistry {
  readonly #collections = new Map<string, Collection>();

  /**
   * @throws JinshuiError `conflict` when a collection would share its table with another plugin's; `invalid-request` when
   * its name is too long for the subject of its events.
   */
  check(collections: Collection[]): void {
    for (const { id, plugin, table, definition } of collections) {
      if (definition.name.length > MAX_NAME) {
        throw new JinshuiError("invalid-request", `The name of ${id} is longer than ${MAX_NAME}`, {
          details: { collection: id, limit: MAX_NAME },
        });
      }
      const other = this.of().find((known) => known.plugin !== plugin && known.table.name === table.name);
      if (other)
        throw new JinshuiError("conflict", `${id} would share the table of ${other.id}; rename it`, {
          details: { collection: id, other: other.id },
        });
    }
  }

  /** Takes a plugin's collections; what it no longer defines is forgotten here but stays in the database. */
  set(plugin: string, collections: Collection[]): void {
    for (const [id, known] of this.#collections) if (known.plugin === plugin) this.#collections.delete(id);
    for (const collection of collections) this.#collections.set(collection.id, collection);
  }

  of(plugin?: string): Collection[] {
    return [...this.#collections.values()].filter((collection) => plugin === undefined || collection.plugin === plugin);
  }

  get(id: string): Collection {
    const collection = this.#collections.get(id);
    if (!collection)
      throw new JinshuiError("not-found", `There is no collection ${id}`, { details: { collection: id } });
    return collection;
  }
}

/**
 * The collections that a plugin's definitions describe.
 * @throws JinshuiError `invalid-request` when a rule is no FEEL or a format is not there.
 */
export function collectionsOf(plugin: string, definitions: CollectionDefinition[], formats: Formats): Collection[] {
  return definitions.map((definition) => {
    const table = tableOf(plugin, definition);
    const search = searchIndexOf(table.name, definition);
    return {
      id: `${plugin}.${definition.name}`,
      plugin,
      definition,
      table,
      formats: formats.ofFields(plugin, definition),
      rules: recordRules(`${plugin}.${definition.name}`, definition),
      ...(search ? { search } : {}),
    };
  });
}
