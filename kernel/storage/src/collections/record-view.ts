import type { ActorRef, StoredRecord } from "@jinshui/contracts";
import type { Row } from "../database/table.js";
import { columnOf } from "./columns.js";
import { masked, type Standing } from "./rights.js";
import { isEmpty, shown } from "./values.js";

/** A database row as this caller may see it. */
export function toRecord(standing: Standing, row: Row, fields?: string[]): StoredRecord {
  const { collection, bureau } = standing;
  const names = fields ?? Object.keys(collection.definition.fields);
  const values = visible(
    standing,
    String(row["id"]),
    Object.fromEntries(
      names
        .map((name): [string, unknown] => [name, shown(collection.definition.fields[name], row[columnOf(name)])])
        .filter(([, value]) => value !== undefined),
    ),
  );
  const hiddenParts = [...standing.fields.masked.keys()].filter((name) => values[name] !== undefined);
  return {
    id: String(row["id"]),
    version: Number(row["version"]),
    createdAt: String(row["created_at"]),
    createdBy: row["created_by"] as ActorRef,
    updatedAt: String(row["updated_at"]),
    updatedBy: row["updated_by"] as ActorRef,
    values,
    ...(row["bureau"] === bureau ? {} : { bureau: String(row["bureau"]) }),
    ...(hiddenParts.length > 0 ? { masked: hiddenParts } : {}),
  };
}

/** Values of a record without what a caller may not see of them. */
export function visible(standing: Standing, id: string, values: Record<string, unknown>): Record<string, unknown> {
  const { fields, collection, disclosed } = standing;
  for (const name of fields.clear) {
    if (isEmpty(values[name]) || fields.hidden.has(name)) continue;
    const shown = disclosed.get(collection.id) ?? { fields: new Set(), records: new Set() };
    shown.fields.add(`${collection.id}.${name}`);
    shown.records.add(id);
    disclosed.set(collection.id, shown);
  }
  if (fields.hidden.size === 0 && fields.masked.size === 0) return values;
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => !fields.hidden.has(name))
      .map(([name, value]) => {
        const mask = fields.masked.get(name);
        return [name, mask ? masked(value, mask) : value];
      }),
  );
}
