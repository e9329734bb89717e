import { JinshuiError, type RecordChange } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import { DEFAULT_LIMIT } from "../page.js";
import { OF_RECORDS } from "./changes.js";
import { columnOf } from "./columns.js";
import { visible } from "./record-view.js";
import { found } from "./records.js";
import type { Standing } from "./rights.js";
import { stored } from "./values.js";

/** The changes of one record, also of a removed one, from the audit chain, newest first. */
export async function recordHistory(
  database: Database,
  standing: Standing,
  input: { id: string; limit?: number; cursor?: string },
): Promise<{ changes: RecordChange[]; nextCursor?: string }> {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const before = input.cursor === undefined ? undefined : Number(input.cursor);
  if (before !== undefined && !Number.isSafeInteger(before))
    throw new JinshuiError("invalid-request", "The cursor does not belong to this list");
  const { resource, bureau } = await reached(database, standing, input.id);
  const rows = await database.find("audit_entry", {
    where: { ...OF_RECORDS, bureau, resource, ...(before === undefined ? {} : { id: { lt: before } }) },
    orderBy: ["-id"],
    limit: limit + 1,
  });
  const last = rows[limit - 1];
  return {
    changes: rows.slice(0, limit).map((row) => toChange(standing, input.id, row)),
    ...(rows.length > limit && last ? { nextCursor: String(last["id"]) } : {}),
  };
}

/** A record's row as it was at a time, from its changes up to then; nothing when it was not there, or no longer. */
export async function rowAsOf(database: Database, standing: Standing, id: string, at: string): Promise<Row> {
  const { collection } = standing;
  const { resource, bureau, row } = await reached(database, standing, id);
  const instant = new Date(at).toISOString();
  const values: Record<string, unknown> = {};
  let last: Row | undefined;
  let version = 0;
  for (let after = 0; ;) {
    const rows = await database.find("audit_entry", {
      where: { ...OF_RECORDS, bureau, resource, id: { gt: after }, at: { lte: instant } },
      orderBy: ["id"],
      limit: 500,
    });
    for (const change of rows) {
      after = Number(change["id"]);
      version += 1;
      last = change;
      Object.assign(values, change["after_value"] ?? {});
    }
    if (rows.length < 500) break;
  }
  const known = last === undefined || last["action"] === "remove" ? undefined : last;
  const change = found(known, collection, id);
  const columns = Object.entries(collection.definition.fields).map(([name, field]) => [
    columnOf(name),
    stored(field, values[name]) ?? undefined,
  ]);
  return {
    ...row,
    ...(Object.fromEntries(columns) as Row),
    version,
    updated_at: change["at"],
    updated_by: { id: change["actor_id"], name: change["actor_name"] },
  };
}

/** A record that the caller reaches, live or removed, and where its history is. */
async function reached(
  database: Database,
  { collection, reach }: Standing,
  id: string,
): Promise<{ row: Row; resource: string; bureau: string }> {
  const row = found(await database.findOne(collection.table.name, { and: [reach, { id }] }), collection, id);
  return { row, resource: `${collection.id}/${id}`, bureau: String(row["bureau"]) };
}

function toChange(standing: Standing, id: string, row: Row): RecordChange {
  const before = visible(standing, id, (row["before_value"] ?? {}) as Record<string, unknown>);
  const after = visible(standing, id, (row["after_value"] ?? {}) as Record<string, unknown>);
  const { fields } = standing.collection.definition;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return {
    at: String(row["at"]),
    by: { id: String(row["actor_id"]), name: String(row["actor_name"]) },
    action: row["action"] as RecordChange["action"],
    fields: names
      .filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
      .map((name) => ({
        field: name,
        title: fields[name]?.title ?? { "zh-CN": name },
        before: before[name] ?? null,
        after: after[name] ?? null,
      })),
  };
}
