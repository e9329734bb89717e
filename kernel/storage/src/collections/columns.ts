import type { CollectionDefinition, Field, FieldType } from "@jinshui/contracts";
import { shortName } from "../database/schema.js";
import type { ColumnDefinition, TableDefinition } from "../database/table.js";

const COLUMN: Record<FieldType, (field: Field) => ColumnDefinition> = {
  string: (field) =>
    (field.maxLength ?? 0) > 500 ? { type: "text" } : { type: "string", length: field.maxLength ?? 200 },
  text: () => ({ type: "text" }),
  integer: () => ({ type: "integer" }),
  money: () => ({ type: "integer" }),
  // kept as a whole number of its last digit, so that both databases calculate with it exactly
  decimal: () => ({ type: "integer" }),
  boolean: () => ({ type: "boolean" }),
  date: () => ({ type: "string", length: 10 }),
  datetime: () => ({ type: "instant" }),
  enum: () => ({ type: "id" }),
  reference: () => ({ type: "id" }),
  person: () => ({ type: "id" }),
  department: () => ({ type: "id" }),
  serial: () => ({ type: "string", length: 150 }),
  attachments: () => ({ type: "json" }),
  json: () => ({ type: "json" }),
};

/** Ids of a record's ancestors and its own, each with a slash in front and behind; as deep as an index can hold. */
export const TREE_PATH = "tree_path";
export const MAX_TREE_DEPTH = 20;

/** Column of a field; the prefix keeps a plugin's names apart from ours. */
export function columnOf(field: string): string {
  let column = columnNames.get(field);
  if (column === undefined) {
    column = shortName(`f_${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`);
    // also asked for names that callers make up
    if (columnNames.size > 10_000) columnNames.clear();
    columnNames.set(field, column);
  }
  return column;
}

/** What a field's values are; types whose values are read alike are one kind. */
function kindOf({ type, scale = 0 }: Field): string {
  if (type === "enum" || type === "text") return "string";
  return type === "decimal" ? `decimal (${scale})` : type;
}

const columnNames = new Map<string, string>();

/** Name of the table's rule that these fields are unique together. */
export function uniqueRule(names: string[]): string {
  return `u_${names.map(columnOf).join("__")}`;
}

/** Unique rules of a collection: its own, and that no serial number is given twice. */
export function uniqueRules({ unique = [], fields }: CollectionDefinition): string[][] {
  const serials = Object.entries(fields).filter(([, { type }]) => type === "serial");
  return [...unique, ...serials.map(([name]) => [name])];
}

/** The table that holds a collection's records. */
export function tableOf(plugin: string, definition: CollectionDefinition): TableDefinition {
  const { owner, tree } = definition;
  const fields = Object.entries(definition.fields).map(([name, field]): [string, ColumnDefinition] => [
    columnOf(name),
    { ...COLUMN[field.type](field), of: { field: name, kind: kindOf(field) } },
  ]);
  const unique = uniqueRules(definition).map((names): [string, string[]] => [
    uniqueRule(names),
    ["bureau", ...names.map(columnOf), "live"],
  ]);
  const indexed = [
    ...(definition.indexes ?? []),
    // what is looked up at every removal and for row rights
    ...Object.entries(definition.fields)
      .filter(([, { type }]) => type === "reference")
      .map(([name]) => [name]),
    ...[owner?.person, owner?.department].filter((name) => name !== undefined).map((name) => [name]),
  ];
  const indexes = indexed.map((names): [string, string[]] => [
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
      // whose the record is when no field says so
      made_by: { type: "string", length: 80 },
      made_in: { type: "id" },
      // 1 while the record lives, empty when it is removed: unique rules then no longer see it
      live: { type: "boolean" },
      ...(tree === undefined ? {} : { [TREE_PATH]: { type: "string" as const, length: 41 * MAX_TREE_DEPTH + 1 } }),
      ...Object.fromEntries(fields),
    },
    unique: Object.fromEntries(unique),
    indexes: {
      bureau: ["bureau", "id"],
      ...(tree === undefined ? {} : { tree: [TREE_PATH] }),
      ...Object.fromEntries(indexes),
    },
  };
}
