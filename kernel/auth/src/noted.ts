import type { AuditEntry, Transaction } from "@jinshui/storage";

/** Writes the audit entry of a change of the organisation and tells open pages what it is about, e.g. `holding`. */
export function noted(tx: Transaction, entry: AuditEntry): void {
  const [what] = entry.resource.split("/");
  tx.audit(entry);
  tx.event({ bureau: entry.bureau, source: "organisation", name: "changed", data: { what } });
}
