import type { TableDefinition } from "@jinshui/storage";

/** Keys of the software token, certificates, and keys that were agreed to but not made yet. */
export const SIGNATURE_TABLES: TableDefinition[] = [
  {
    name: "signing_key",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      slot: { type: "id", nullable: false },
      mechanism: { type: "string", length: 40, nullable: false },
      /** Sealed. */
      private_key: { type: "text", nullable: false },
    },
    indexes: { slot: ["slot"] },
  },
  {
    name: "signing_certificate",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      person: { type: "id", nullable: false },
      signing_key: { type: "id", nullable: false },
      algorithm: { type: "id", nullable: false },
      serial: { type: "string", length: 64, nullable: false },
      /** DER as base64. */
      certificate: { type: "text", nullable: false },
      not_after: { type: "instant", nullable: false },
      issued_at: { type: "instant", nullable: false },
      revoked_at: { type: "instant" },
      revoked_by: { type: "json" },
      reason: { type: "string", length: 200 },
    },
    unique: { serial: ["serial"] },
    indexes: { person: ["person", "issued_at"], ending: ["bureau", "not_after"] },
  },
  {
    name: "signing_grant",
    primaryKey: ["person"],
    columns: {
      person: { type: "id" },
      bureau: { type: "id", nullable: false },
      algorithm: { type: "id", nullable: false },
      until: { type: "instant", nullable: false },
    },
  },
];
