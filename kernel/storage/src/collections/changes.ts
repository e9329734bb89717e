import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import { linkBureau } from "../audit/link.js";
import type { Row, Where } from "../database/table.js";
import { DEFAULT_LIMIT } from "../page.js";
import { visible } from "./record-view.js";
import type { Standing } from "./rights.js";

type Action = "insert" | "update" | "remove" | "restore";

/** Entries that changed a record; others on the same resource were refused or only looked. */
export const OF_RECORDS: Where = {
  action: { in: ["insert", "update", "remove", "restore"] satisfies Action[] },
  result: "ok",
};

/** One page of what happened to a collection's records in a bureau, in the order of the audit chain. */
export async function recordChanges(
  database: Database,
  standing: Standing,
  input: { cursor?: string; limit?: number },
): Promise<{
  changes: { id: string; action: Action; at: string; by: ActorRef; values: Record<string, unknown> }[];
  cursor: string;
  more: boolean;
}> {
  const { collection, bureau, rows: reach } = standing;
  if (reach === "own" || reach === "department")
    throw new JinshuiError("forbidden", `The changes of ${collection.id} take a right to all rows of the bureau`, {
      details: { collection: collection.id, title: collection.definition.title },
    });
  const after = input.cursor === undefined ? 0 : Number(input.cursor);
  if (!Number.isSafeInteger(after) || after < 0)
    throw new JinshuiError("invalid-request", "The cursor does not belong to this list");
  const limit = input.limit ?? DEFAULT_LIMIT;
  const prefix = `${collection.id}/`;
  // places in the chain are given after the commit, in order: what waits gets its place now, so that the reader's own writes are here
  await linkBureau(database, bureau);
  const rows = await database.find("audit_entry", {
    // resources of a collection lie together in the order of texts; "0" is the character behind "/"
    where: { ...OF_RECORDS, bureau, seq: { gt: after }, resource: { gte: prefix, lt: `${collection.id}0` } },
    orderBy: ["seq"],
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const idIn = (row: Row): string => String(row["resource"]).slice(prefix.length);
  return {
    changes: page.map((row) => ({
      id: idIn(row),
      action: row["action"] as Action,
      at: String(row["at"]),
      by: { id: String(row["actor_id"]), name: String(row["actor_name"]) },
      values: visible(standing, idIn(row), (row["after_value"] ?? {}) as Row),
    })),
    cursor: String(page.at(-1)?.["seq"] ?? after),
    more: rows.length > limit,
  };
}
