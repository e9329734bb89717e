import type { TableDefinition } from "@jinshui/storage";

/** Recorded ways through processes. */
export const TRIAL_TABLES: TableDefinition[] = [
  {
    name: "wf_scenario",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      process_key: { type: "string", length: 100, nullable: false },
      name: { type: "string", length: 100, nullable: false },
      /** The version it was recorded with, and how many acts it has. */
      version: { type: "integer", nullable: false },
      acts: { type: "integer", nullable: false },
      /** `RecordedTrial`: what was done, by whom and when, and where that led. */
      recorded: { type: "json", nullable: false },
      by: { type: "json", nullable: false },
      at: { type: "instant", nullable: false },
    },
    indexes: { process: ["bureau", "process_key", "name", "id"] },
  },
];
