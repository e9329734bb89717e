import { JinshuiError, type StoredRecord } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import { columnOf } from "./columns.js";
import { toRecord } from "./record-view.js";
import type { Collection } from "./registry.js";
import type { Standing } from "./rights.js";

/** Children that come along with each record, and with all records of a page. */
const MAX_CHILDREN = 200;
const MAX_CHILDREN_IN_ALL = 1_000;

/** A caller's standing towards another collection of the same plugin, or nothing when it may not be read. */
export type Towards = (collection: Collection, name: string) => Standing | undefined;

/** Puts into records what they refer to and what refers to them, as far as the caller may see it. */
export async function relate(
  database: Database,
  standing: Standing,
  records: StoredRecord[],
  names: readonly string[],
  towards: Towards,
): Promise<void> {
  const { definition, id } = standing.collection;
  for (const name of names) {
    const field = Object.hasOwn(definition.fields, name) ? definition.fields[name] : undefined;
    const children =
      definition.children && Object.hasOwn(definition.children, name) ? definition.children[name] : undefined;
    if (field?.type === "reference" && field.collection !== undefined)
      await targets(database, records, name, towards(standing.collection, field.collection));
    else if (children)
      await lists(database, records, name, children.field, towards(standing.collection, children.collection));
    else throw new JinshuiError("invalid-request", `${id} has no relation "${name}"`, { details: { relation: name } });
  }
}

async function targets(
  database: Database,
  records: StoredRecord[],
  name: string,
  standing: Standing | undefined,
): Promise<void> {
  if (!standing) return;
  const ids = [...new Set(records.map(({ values }) => values[name]).filter((id) => typeof id === "string"))];
  if (ids.length === 0) return;
  // a removed target still has its name
  const rows = await database.find(standing.collection.table.name, {
    where: { and: [standing.reach, { id: { in: ids } }] },
  });
  const found = new Map(rows.map((row) => [String(row["id"]), toRecord(standing, row)]));
  for (const record of records) {
    const target = found.get(String(record.values[name]));
    if (target) (record.related ??= {})[name] = target;
  }
}

async function lists(
  database: Database,
  records: StoredRecord[],
  name: string,
  field: string,
  standing: Standing | undefined,
): Promise<void> {
  if (!standing || standing.fields.hidden.has(field)) return;
  const column = columnOf(field);
  const ids = records.map(({ id }) => id);
  const limit = Math.min(MAX_CHILDREN_IN_ALL, MAX_CHILDREN * ids.length);
  const rows = await database.find(standing.collection.table.name, {
    where: { and: [standing.reach, { live: true, [column]: { in: ids } }] },
    orderBy: [column, "id"],
    limit: limit + 1,
  });
  // the children of whoever comes behind the last one that was read are not known
  const known = rows.length > limit ? String(rows.at(-1)?.[column]) : undefined;
  const children = Map.groupBy(rows.slice(0, limit), (row) => String(row[column]));
  for (const record of records) {
    const own = children.get(record.id) ?? [];
    (record.related ??= {})[name] = {
      records: own.slice(0, MAX_CHILDREN).map((row) => toRecord(standing, row)),
      more: own.length > MAX_CHILDREN || (known !== undefined && record.id >= known),
    };
  }
}
