import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { type Collection, columnOf } from "./registry.js";

/** The 409 of a write that was made on an old version: who has changed what since, and what this write wanted. */
export async function staleVersion(
  tx: Transaction,
  collection: Collection,
  row: Row,
  version: number,
  wanted: Record<string, unknown>,
): Promise<JinshuiError> {
  const changes = await tx.find("audit", {
    where: { resource: `${collection.id}/${String(row["id"])}`, bureau: String(row["bureau"]), action: "update" },
    orderBy: ["-seq"],
    limit: Math.max(1, Math.min(20, Number(row["version"]) - version)),
  });
  const touched = new Set(changes.flatMap((change) => Object.keys(change["after_value"] ?? {})));
  const fields = [...touched].map((name) => ({
    field: name,
    title: collection.definition.fields[name]?.title,
    theirs: row[columnOf(name)] ?? null,
    ...(name in wanted ? { yours: wanted[name] ?? null } : {}),
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
