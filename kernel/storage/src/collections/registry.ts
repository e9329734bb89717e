import { type CollectionDefinition, type Field, type FieldType, JinshuiError } from "@jinshui/contracts";
import { shortName } from "../database/schema.js";
import type { ColumnDefinition, TableDefinition } from "../database/table.js";

/** A collection as the kernel knows it. */
export interface Collection {
  /** `<plugin>.<name>`. */
  id: string;
  plugin: string;
  definition: CollectionDefinition;
  table: TableDefinition;
}

const COLUMN: Record<FieldType, (field: Field) => ColumnDefinition> = {
  string: (field) =>
    (field.maxLength ?? 0) > 500 ? { type: "text" } : { type: "string", length: field.maxLength ?? 200 },
  text: () => ({ type: "text" }),
  integer: () => ({ type: "integer" }),
  money: () => ({ type: "integer" }),
  boolean: () => ({ type: "boolean" }),
  date: () => ({ type: "string", length: 10 }),
  datetime: () => ({ type: "instant" }),
  enum: () => ({ type: "id" }),
  reference: () => ({ type: "id" }),
  person: () => ({ type: "id" }),
  department: () => ({ type: "id" }),
  json: () => ({ type: "json" }),
};

/** `<name>-changed` must be a token of a subject. */
const MAX_NAME = 32;

/** Column of a field; the prefix keeps a plugin's names apart from ours. */
export function columnOf(field: string): string {
  return shortName(`f_${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`);
}

/** Name of the table's rule that these fields are unique together. */
export function uniqueRule(names: string[]): string {
  return `u_${names.map(columnOf).join("__")}`;
}

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

/** The collections that a plugin's definitions describe. */
export function collectionsOf(plugin: string, definitions: CollectionDefinition[]): Collection[] {
  return definitions.map((definition) => ({
    id: `${plugin}.${definition.name}`,
    plugin,
    definition,
    table: tableOf(plugin, definition),
  }));
}

function tableOf(plugin: string, definition: CollectionDefinition): TableDefinition {
  const fields = Object.entries(definition.fields).map(([name, field]): [string, ColumnDefinition] => [
    columnOf(name),
    COLUMN[field.type](field),
  ]);
  const unique = (definition.unique ?? []).map((names): [string, string[]] => [
    uniqueRule(names),
    ["bureau", ...names.map(columnOf), "live"],
  ]);
  const indexes = (definition.indexes ?? []).map((names): [string, string[]] => [
    `i_${names.map(columnOf).join("__")}`,
    ["bureau", ...names.map(columnOf)],
  ]);
  return {
    // two underscores: `a-b.c` and `a.b-c` are not one table
    name: shortName(`c_${plugin}__${definition.name}`.replaceAll("-", "_")),
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      version: { type: "integer", nullable: false },
      created_at: { type: "instant", nullable: false },
      created_by: { type: "json", nullable: false },
      updated_at: { type: "instant", nullable: false },
      updated_by: { type: "json", nullable: false },
      // 1 while the record lives, empty when it is removed: unique rules then no longer see it
      live: { type: "boolean" },
      ...Object.fromEntries(fields),
    },
    unique: Object.fromEntries(unique),
    indexes: { bureau: ["bureau", "id"], ...Object.fromEntries(indexes) },
  };
}
