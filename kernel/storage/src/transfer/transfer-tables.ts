import type { TableDefinition } from "../database/table.js";

/** Imports and exports, and the rows of files that could not be imported, until these are in an error file. */
export const TRANSFER_TABLES: TableDefinition[] = [
  {
    name: "transfer_job",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      kind: { type: "string", length: 10, nullable: false },
      collection: { type: "string", length: 90, nullable: false },
      state: { type: "string", length: 12, nullable: false },
      owner: { type: "string", length: 80, nullable: false },
      owner_name: { type: "string", nullable: false },
      /** What was asked for, and through whom. */
      request: { type: "json", nullable: false },
      /** Which of the places it has that work on jobs. */
      slot: { type: "integer" },
      /** Last row of the file that is done with: moves in the transaction that writes the rows. */
      last_row: { type: "integer", nullable: false },
      progress: { type: "json", nullable: false },
      result: { type: "id" },
      error: { type: "json" },
      created_at: { type: "instant", nullable: false },
      started_at: { type: "instant" },
      finished_at: { type: "instant" },
    },
    indexes: { state: ["state", "id"], owner: ["bureau", "owner", "id"], age: ["finished_at"] },
  },
  {
    name: "transfer_bad_row",
    primaryKey: ["job", "row_number"],
    columns: {
      job: { type: "id" },
      row_number: { type: "integer" },
      cells: { type: "json", nullable: false },
      problems: { type: "json", nullable: false },
    },
  },
];
