import { auditHash, GENESIS } from "./audit-hash.js";
import type { Reader } from "./database/database.js";

/** First entry of a bureau's audit chain that does not fit, or nothing when the chain is whole. */
export async function brokenAuditEntry(
  reader: Reader,
  bureau: string,
): Promise<{ seq: number; reason: string } | undefined> {
  let seq = 0;
  let previous = GENESIS;
  for (;;) {
    const rows = await reader.find("audit", { where: { bureau, seq: { gt: seq } }, orderBy: ["seq"], limit: 500 });
    if (rows.length === 0) break;
    for (const row of rows) {
      if (row["seq"] !== seq + 1) return { seq: seq + 1, reason: "missing" };
      if (row["previous_hash"] !== previous) return { seq: seq + 1, reason: "not linked to its predecessor" };
      if (auditHash(row) !== row["hash"]) return { seq: seq + 1, reason: "changed" };
      previous = String(row["hash"]);
      seq += 1;
    }
  }
  const head = await reader.findOne("audit_head", { bureau });
  if ((head?.["seq"] ?? 0) !== seq || (head?.["hash"] ?? GENESIS) !== previous)
    return { seq, reason: "cut off at the end" };
  return undefined;
}
