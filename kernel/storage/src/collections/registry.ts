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

/** What a plugin's version defines, and the bureaus in which that holds; absent: in all that no other version names. */
export interface Defined {
  collections: Collection[];
  bureaus?: readonly string[];
}

/** Collections of installed plugins by id; two bureaus may have different versions of a plugin. */
export class CollectionRegistry {
  readonly #plugins = new Map<string, Defined[]>();

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

  /** Takes a plugin's collections, the newest version last; what none of them defines is forgotten here but stays in the database. */
  set(plugin: string, versions: readonly Defined[]): void {
    this.#plugins.set(plugin, [...versions]);
  }

  /** Collections of all plugins or of one, as they are in a bureau; without one as the newest version has them. */
  of(plugin?: string, bureau?: string): Collection[] {
    const versions = plugin === undefined ? [...this.#plugins.values()] : [this.#plugins.get(plugin) ?? []];
    return versions.flatMap((each) => chosen(each, bureau)?.collections ?? []);
  }

  /** @throws JinshuiError `not-found` for one that the plugin's version in this bureau does not define. */
  get(id: string, bureau?: string): Collection {
    const [plugin = ""] = id.split(".");
    const collection = chosen(this.#plugins.get(plugin) ?? [], bureau)?.collections.find((known) => known.id === id);
    if (!collection)
      throw new JinshuiError("not-found", `There is no collection ${id}`, { details: { collection: id } });
    return collection;
  }
}

/** The version that a bureau has; the newest where none names it. */
function chosen(versions: readonly Defined[], bureau: string | undefined): Defined | undefined {
  const named = bureau === undefined ? undefined : versions.find(({ bureaus }) => bureaus?.includes(bureau));
  return named ?? versions.at(-1);
}

/** The tables of all versions: those of the newest, with what only older ones have. Rules and indexes are the newest's. */
export function tablesOf(versions: readonly Defined[]): TableDefinition[] {
  const tables = new Map<string, TableDefinition>();
  for (const { collections } of versions)
    for (const { table, search } of collections)
      for (const newer of [table, ...(search ? [search.table] : [])]) {
        const older = tables.get(newer.name);
        tables.set(newer.name, { ...newer, columns: { ...older?.columns, ...newer.columns } });
      }
  return [...tables.values()];
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
