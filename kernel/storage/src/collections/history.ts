import { JinshuiError, type RecordChange } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import { DEFAULT_LIMIT } from "../page.js";
import type { Collection } from "./registry.js";

/** The changes of one record, also of a removed one, from the audit chain, newest first. */
export async function recordHistory(
  database: Database,
  collection: Collection,
  bureau: string,
  input: { id: string; limit?: number; cursor?: string },
): Promise<{ changes: RecordChange[]; nextCursor?: string }> {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const before = input.cursor === undefined ? undefined : Number(input.cursor);
  if (before !== undefined && !Number.isSafeInteger(before))
    throw new JinshuiError("invalid-request", "The cursor does not belong to this list");
  const rows = await database.find("audit", {
    where: {
      bureau,
      resource: `${collection.id}/${input.id}`,
      ...(before === undefined ? {} : { seq: { lt: before } }),
    },
    orderBy: ["-seq"],
    limit: limit + 1,
  });
  // a removed record still has its history; one that never was here has none
  if (rows.length === 0 && before === undefined) {
    throw new JinshuiError("not-found", `${collection.id} has no record ${input.id}`, {
      details: { collection: collection.id, id: input.id },
    });
  }
  const last = rows[limit - 1];
  return {
    changes: rows.slice(0, limit).map((row) => toChange(collection, row)),
    ...(rows.length > limit && last ? { nextCursor: String(last["seq"]) } : {}),
  };
}

function toChange(collection: Collection, row: Row): RecordChange {
  const before = (row["before_value"] ?? {}) as Record<string, unknown>;
  const after = (row["after_value"] ?? {}) as Record<string, unknown>;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return {
    at: String(row["at"]),
    by: { id: String(row["actor_id"]), name: String(row["actor_name"]) },
    action: row["action"] as RecordChange["action"],
    fields: names
      .filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
      .map((name) => ({
        field: name,
        title: collection.definition.fields[name]?.title ?? { "zh-CN": name },
        before: before[name] ?? null,
        after: after[name] ?? null,
      })),
  };
}
