import type { TableDefinition } from "@jinshui/storage";

/** Plugins switched at run time; `file_value` is what the bureau's file said then, so that a later change of the file wins. */
export const SUPERVISOR_TABLES: TableDefinition[] = [
  {
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
];
