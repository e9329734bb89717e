import type { TableDefinition } from "@jinshui/storage";

/** What administrators have decided about plugins. */
export const SUPERVISOR_TABLES: TableDefinition[] = [
  {
    // switched at run time; `file_value` is what the bureau's file said then, so that a later change of the file wins
    name: "plugin_switch",
    primaryKey: ["bureau", "plugin"],
    columns: {
      bureau: { type: "id" },
      plugin: { type: "id" },
      enabled: { type: "boolean", nullable: false },
      file_value: { type: "boolean", nullable: false },
      at: { type: "instant", nullable: false },
      by_name: { type: "string", length: 100, nullable: false },
    },
  },
  {
    // the version of a plugin that a bureau has; `file_version` is what its lock file said then
    name: "plugin_version",
    primaryKey: ["bureau", "plugin"],
    columns: {
      bureau: { type: "id" },
      plugin: { type: "id" },
      version: { type: "string", length: 60, nullable: false },
      previous: { type: "string", length: 60 },
      rolled_back_from: { type: "string", length: 60 },
      reason: { type: "string", length: 500 },
      file_version: { type: "string", length: 60 },
      at: { type: "instant", nullable: false },
      by_name: { type: "string", length: 100, nullable: false },
    },
  },
];
