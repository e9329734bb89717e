import type { TableDefinition } from "../database/table.js";

/**
 * What was done, in the order in which it was written. An entry commits with its write and without `seq`, `previous_hash` and
 * `hash`: the linker gives it its place in the bureau's chain (ADR 8).
 */
export const AUDIT_ENTRY: TableDefinition = {
  name: "audit_entry",
  primaryKey: ["id"],
  columns: {
    id: { type: "serial" },
    bureau: { type: "id", nullable: false },
    seq: { type: "integer" },
    at: { type: "instant", nullable: false },
    actor_id: { type: "string", length: 80, nullable: false },
    actor_name: { type: "string", length: 100, nullable: false },
    for_id: { type: "string", length: 80 },
    for_name: { type: "string", length: 100 },
    caller: { type: "string", length: 40, nullable: false },
    address: { type: "string", length: 60 },
    session: { type: "string", length: 64 },
    action: { type: "string", length: 80, nullable: false },
    resource: { type: "string", length: 150, nullable: false },
    result: { type: "string", length: 10, nullable: false },
    reason: { type: "string", length: 80 },
    before_value: { type: "json" },
    after_value: { type: "json" },
    trace: { type: "string", length: 64 },
    digest: { type: "string", length: 64, nullable: false },
    previous_hash: { type: "string", length: 64 },
    hash: { type: "string", length: 64 },
  },
  unique: { chain: ["bureau", "seq"] },
  indexes: { time: ["bureau", "at"], actor: ["actor_id", "at"], resource: ["resource", "id"] },
};

/** The audit trail's tables. */
export const AUDIT_TABLES: TableDefinition[] = [
  AUDIT_ENTRY,
  {
    name: "audit_chain",
    primaryKey: ["bureau"],
    columns: {
      bureau: { type: "id" },
      seq: { type: "integer", nullable: false },
      hash: { type: "string", length: 64, nullable: false },
    },
  },
  {
    // the last anchor that each kernel's key has signed: an anchor file that ends before it was cut
    name: "audit_anchor",
    primaryKey: ["signer", "bureau"],
    columns: {
      signer: { type: "id" },
      bureau: { type: "id" },
      number: { type: "integer", nullable: false },
      at: { type: "instant", nullable: false },
    },
  },
  {
    // looks at whole chains; one that runs beats now and then, so that a killed kernel's can be told
    name: "audit_verification",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      state: { type: "id", nullable: false },
      started_at: { type: "instant", nullable: false },
      beat_at: { type: "instant", nullable: false },
      finished_at: { type: "instant" },
      started_by: { type: "json", nullable: false },
      entries: { type: "integer", nullable: false },
      total: { type: "integer", nullable: false },
      anchors: { type: "integer", nullable: false },
      problems: { type: "json", nullable: false },
    },
    indexes: { time: ["bureau", "started_at"] },
  },
];
