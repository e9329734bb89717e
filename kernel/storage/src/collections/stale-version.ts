import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { columnOf } from "./columns.js";
import { visible } from "./record-view.js";
import type { Standing } from "./rights.js";
import { shown } from "./values.js";

/** The 409 of a write that was made on an old version: who has changed what since, and what this write wanted. */
export async function staleVersion(
  tx: Transaction,
  standing: Standing,
  row: Row,
  version: number,
  wanted: Record<string, unknown>,
): Promise<JinshuiError> {
  const { collection } = standing;
  const { definition } = collection;
  const changes = await tx.find("audit_entry", {
    where: {
      resource: `${collection.id}/${String(row["id"])}`,
      bureau: String(row["bureau"]),
      action: "update",
      result: "ok",
    },
    orderBy: ["-id"],
    limit: Math.max(1, Math.min(20, Number(row["version"]) - version)),
  });
  const touched = new Set(changes.flatMap((change) => Object.keys(change["after_value"] ?? {})));
  const theirs = visible(
    standing,
    String(row["id"]),
    Object.fromEntries([...touched].map((name) => [name, shown(definition.fields[name], row[columnOf(name)]) ?? null])),
  );
  const fields = Object.entries(theirs).map(([field, value]) => ({
    field,
    title: definition.fields[field]?.title,
    theirs: value,
    ...(Object.hasOwn(wanted, field) ? { yours: wanted[field] ?? null } : {}),
  }));
  const by = row["updated_by"] as ActorRef;
  return new JinshuiError(
    "stale-version",
    `${collection.id}/${String(row["id"])} was changed by ${by.name}; read it again`,
    {
      details: { version: row["version"], changedBy: by.name, changedAt: row["updated_at"], fields },
    },
  );
}
