import { type CollectionDefinition, type Field, type FieldType, JinshuiError } from "@jinshui/contracts";
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
  string: (field) => ({ type: "string", length: field.maxLength ?? 200 }),
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

/** Column of a field; the prefix keeps a plugin's names apart from ours. */
export function columnOf(field: string): string {
  return `f_${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

/** Collections of installed plugins by id. */
export class CollectionRegistry {
  readonly #collections = new Map<string, Collection>();

  /** Takes a plugin's definitions; what it no longer defines is forgotten here but stays in the database. */
  set(plugin: string, definitions: CollectionDefinition[]): Collection[] {
    for (const [id, known] of this.#collections) if (known.plugin === plugin) this.#collections.delete(id);
    const collections = definitions.map((definition) => ({
      id: `${plugin}.${definition.name}`,
      plugin,
      definition,
      table: tableOf(plugin, definition),
    }));
    for (const collection of collections) this.#collections.set(collection.id, collection);
    return collections;
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

function tableOf(plugin: string, definition: CollectionDefinition): TableDefinition {
  const fields = Object.entries(definition.fields).map(([name, field]): [string, ColumnDefinition] => [
    columnOf(name),
    COLUMN[field.type](field),
  ]);
  const unique = (definition.unique ?? []).map((names): [string, string[]] => [
    `u_${names.join("_").toLowerCase()}`,
    ["bureau", ...names.map(columnOf), "live"],
  ]);
  const indexes = (definition.indexes ?? []).map((names): [string, string[]] => [
    `i_${names.join("_").toLowerCase()}`,
    ["bureau", ...names.map(columnOf)],
  ]);
  return {
    name: `c_${plugin}_${definition.name}`.replaceAll("-", "_"),
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
