import { storageApi, type StoredRecord } from "@jinshui/contracts";
import { client } from "../api-client.js";
import { departmentTitles, peopleNames } from "../directory.js";
import { type KnownCollection, recordTitle, siblingOf } from "./known-collection.js";

/** Names that values of person, department and reference fields stand for, by id. */
export interface Names {
  people: ReadonlyMap<string, string>;
  departments: ReadonlyMap<string, string>;
  records: ReadonlyMap<string, string>;
}

export const NO_NAMES: Names = { people: new Map(), departments: new Map(), records: new Map() };

/** Names for what is in these records, and in other values of their fields. */
export async function namesOf(
  known: KnownCollection,
  records: readonly StoredRecord[],
  others: readonly { field: string; value: unknown }[] = [],
): Promise<Names> {
  const fields = Object.entries(known.definition.fields);
  const people = fields
    .filter(([, { type }]) => type === "person")
    .flatMap(([name]) => [
      ...records.map(({ values }) => values[name]),
      ...others.filter(({ field }) => field === name).map(({ value }) => value),
    ])
    .filter((id) => typeof id === "string");
  return {
    people: people.length > 0 ? await peopleNames(people) : NO_NAMES.people,
    departments: fields.some(([, { type }]) => type === "department") ? await departmentTitles() : NO_NAMES.departments,
    records: await recordNames(known, records, others),
  };
}

/** Titles of the records that are referred to: those that came along, and others that are asked for. */
async function recordNames(
  known: KnownCollection,
  records: readonly StoredRecord[],
  others: readonly { field: string; value: unknown }[],
): Promise<Map<string, string>> {
  const fields = Object.entries(known.definition.fields);
  const named = new Map(fields.flatMap(([name, field]) => titles(known, records, name, field.collection)));
  for (const [name, { type, collection }] of fields) {
    const target = type === "reference" ? siblingOf(known, collection) : undefined;
    const ids = others.flatMap(({ field, value }) => (field === name && typeof value === "string" ? [value] : []));
    const unknown = [...new Set(ids)].filter((id) => !named.has(id)).slice(0, LOOKED_UP);
    if (!target || unknown.length === 0) continue;
    const found = await client(storageApi).find({
      collection: target.id,
      filter: { id: { in: unknown } },
      limit: LOOKED_UP,
    });
    for (const record of found.records) named.set(record.id, recordTitle(target, record.values));
  }
  return named;
}

/** How many records are asked for by their ids at once. */
const LOOKED_UP = 100;

/** References that can be asked for with `relations`. */
export function referencesOf({ definition }: KnownCollection, names: readonly string[]): string[] {
  return names.filter((name) => definition.fields[name]?.type === "reference").slice(0, 10);
}

function titles(
  known: KnownCollection,
  records: readonly StoredRecord[],
  field: string,
  collection: string | undefined,
): [string, string][] {
  const target = siblingOf(known, collection);
  if (!target) return [];
  return records
    .map(({ related }) => related?.[field] as StoredRecord | undefined)
    .filter((record) => record !== undefined)
    .map((record) => [record.id, recordTitle(target, record.values)]);
}
