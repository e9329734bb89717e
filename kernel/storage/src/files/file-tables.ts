import type { TableDefinition } from "../database/table.js";

/** Tables of the files: what people uploaded, the contents on the disk, who refers to them, and who may come in or take out. */
export const FILE_TABLES: TableDefinition[] = [
  {
    name: "file",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      sha256: { type: "string", length: 64, nullable: false },
      name: { type: "string", length: 255, nullable: false },
      size: { type: "integer", nullable: false },
      media_type: { type: "string", length: 120, nullable: false },
      created_at: { type: "instant", nullable: false },
      created_by: { type: "string", length: 80, nullable: false },
      /** Since when no record refers to it; absent while one does. */
      unlinked_at: { type: "instant" },
    },
    indexes: { content: ["sha256"], unlinked: ["unlinked_at"] },
  },
  {
    name: "file_blob",
    primaryKey: ["sha256"],
    columns: {
      sha256: { type: "string", length: 64 },
      size: { type: "integer", nullable: false },
      /** Base64 of the SHA-256 of each piece, for contents of more than one. */
      sums: { type: "text" },
      state: { type: "string", length: 12, nullable: false },
      signature: { type: "string", length: 200 },
      stored_at: { type: "instant", nullable: false },
      scanned_at: { type: "instant" },
    },
    indexes: { state: ["state", "stored_at"] },
  },
  {
    name: "file_link",
    primaryKey: ["file", "collection", "record", "field"],
    columns: {
      file: { type: "id" },
      collection: { type: "string", length: 100 },
      record: { type: "id" },
      field: { type: "string", length: 60 },
      bureau: { type: "id", nullable: false },
      at: { type: "instant", nullable: false },
    },
    indexes: { record: ["collection", "record"] },
  },
  {
    name: "file_ticket",
    primaryKey: ["hash"],
    columns: {
      hash: { type: "string", length: 64 },
      purpose: { type: "string", length: 10, nullable: false },
      bureau: { type: "id", nullable: false },
      holder: { type: "string", length: 80, nullable: false },
      file: { type: "id" },
      expires_at: { type: "instant", nullable: false },
      used_at: { type: "instant" },
    },
    indexes: { age: ["expires_at"] },
  },
  {
    name: "file_upload",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      owner: { type: "string", length: 80, nullable: false },
      /** Hash of the ticket it was begun with; absent for a person's own. */
      ticket: { type: "string", length: 64 },
      name: { type: "string", length: 255, nullable: false },
      media_type: { type: "string", length: 120, nullable: false },
      length: { type: "integer", nullable: false },
      /** Bytes that have reached the disk. */
      received: { type: "integer", nullable: false },
      touched_at: { type: "instant", nullable: false },
      file: { type: "id" },
      /** Why the finished content was refused. */
      problem: { type: "json" },
    },
    indexes: { owner: ["owner", "touched_at"], age: ["touched_at"] },
  },
];
