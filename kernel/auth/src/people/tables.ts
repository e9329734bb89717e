import type { TableDefinition } from "@jinshui/storage";

/** People, the organisation and sessions. */
export const AUTH_TABLES: TableDefinition[] = [
  {
    name: "person",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      username: { type: "string", length: 40, nullable: false },
      name: { type: "string", length: 60, nullable: false },
      department: { type: "id", nullable: false },
      password_hash: { type: "string", length: 200, nullable: false },
      disabled: { type: "boolean" },
      created_at: { type: "instant", nullable: false },
    },
    unique: { username: ["username"] },
    indexes: { bureau: ["bureau", "name"] },
  },
  {
    name: "held_position",
    primaryKey: ["person", "position", "department"],
    columns: {
      person: { type: "id" },
      position: { type: "id" },
      department: { type: "id" },
      bureau: { type: "id", nullable: false },
    },
    indexes: { holders: ["bureau", "position", "department"] },
  },
  {
    name: "session",
    primaryKey: ["secret_hash"],
    columns: {
      secret_hash: { type: "string", length: 64 },
      person: { type: "id", nullable: false },
      created_at: { type: "instant", nullable: false },
      used_at: { type: "instant", nullable: false },
      expires_at: { type: "instant", nullable: false },
    },
    indexes: { person: ["person"], expiry: ["expires_at"] },
  },
  {
    name: "sign_in_failure",
    primaryKey: ["subject"],
    columns: {
      subject: { type: "string", length: 110 },
      failures: { type: "integer", nullable: false },
      first_at: { type: "instant", nullable: false },
      locked_until: { type: "instant" },
    },
  },
];
