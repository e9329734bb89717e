import type { CollectionDefinition, Field } from "@jinshui/contracts";
import { columnOf } from "../collections/columns.js";
import { shortName } from "../database/schema.js";
import type { Row, TableDefinition } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { normal } from "./normal.js";
import { tokensOf, TOKENS_VERSION } from "./tokens.js";

/** A collection's search: what it looks at and where its index is. */
export interface SearchIndex {
  table: TableDefinition;
  /** The searched fields, those of texts longer than a line apart. */
  short: readonly string[];
  long: readonly string[];
  /** The field that names a record, if it is searched. */
  title?: string;
  /** Differs when existing records need other tokens. */
  version: string;
  /** Whether every record is in the index; without that search looks at the records themselves. */
  ready: boolean;
  /** Whether there are more records than can be looked at one by one; once so, it stays so. */
  large: boolean;
}

/** Longest text that counts as a line, in characters; what a `string` field may hold. */
const LINE = 500;
/** Characters of tokens that one statement writes: 500 long articles at once would not go through a connection. */
const BATCH = 1_000_000;

/**
 * The fields that search looks in: `display.search`, or the title. What not everybody who reads a record may see in full is
 * never among them, since a list of what was found would tell it.
 */
function searchFields({ display, fields }: CollectionDefinition): string[] {
  return (display.search ?? [display.title]).filter((name) => {
    const field = fields[name];
    return field && !field.masked && !field.permissions?.read && field.type !== "json" && field.type !== "attachments";
  });
}

/** The search of a collection whose table is `records`; nothing when it has no field for it. */
export function searchIndexOf(records: string, definition: CollectionDefinition): SearchIndex | undefined {
  const names = searchFields(definition);
  if (names.length === 0) return undefined;
  const long = names.filter((name) => isLong(definition.fields[name]));
  const short = names.filter((name) => !long.includes(name));
  const { title } = definition.display;
  return {
    table: {
      name: shortName(`s${records.slice(1)}`),
      primaryKey: ["doc"],
      columns: {
        doc: { type: "serial" },
        record: { type: "id", nullable: false },
        title: { type: "string", length: LINE },
        tokens: { type: "text" },
      },
      unique: { record: ["record"] },
      fullText: "tokens",
    },
    short,
    long,
    ...(short.includes(title) ? { title } : {}),
    version: `${TOKENS_VERSION}:${short.includes(title) ? title : ""}:${short.join()}:${long.join()}`,
    ready: false,
    large: false,
  };
}

function isLong(field: Field | undefined): boolean {
  return field?.type === "text" || (field?.maxLength ?? 0) > LINE;
}

/** Whether a write of these fields changes what search finds. */
export function isSearched({ short, long }: SearchIndex, names: readonly string[]): boolean {
  return names.some((name) => short.includes(name) || long.includes(name));
}

/** Puts records into the index, in the transaction that writes them; `again` when they may be there already. */
export async function indexRecords(
  tx: Transaction,
  search: SearchIndex | undefined,
  rows: readonly Row[],
  again = false,
): Promise<void> {
  if (!search || rows.length === 0) return;
  if (again) await tx.remove(search.table.name, { record: { in: rows.map((row) => String(row["id"])) } });
  let batch: Row[] = [];
  let size = 0;
  for (const row of rows) {
    const entry = entryOf(search, row);
    batch.push(entry);
    size += String(entry["tokens"]).length;
    if (size < BATCH) continue;
    await tx.insert(search.table.name, batch);
    batch = [];
    size = 0;
  }
  if (batch.length > 0) await tx.insert(search.table.name, batch);
}

function entryOf({ short, long, title }: SearchIndex, row: Row): Row {
  const textOf = (name: string): string => normal(String(row[columnOf(name)] ?? ""));
  const texts = short.map(textOf);
  const named = title === undefined ? "" : (texts[short.indexOf(title)] ?? "");
  return {
    record: row["id"],
    title: named.length <= LINE ? named : [...named].slice(0, LINE).join(""),
    tokens: tokensOf(texts, long.map(textOf)),
  };
}
