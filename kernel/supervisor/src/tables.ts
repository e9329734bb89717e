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
  {
    // when a schedule is due next; only of plugins that are on. `timing` is what that was worked out from
    name: "plugin_schedule",
    primaryKey: ["bureau", "plugin", "schedule"],
    columns: {
      bureau: { type: "id" },
      plugin: { type: "id" },
      schedule: { type: "id" },
      timing: { type: "string", length: 200, nullable: false },
      due_at: { type: "instant" },
    },
    indexes: { due: ["due_at"] },
  },
  {
    // one row for each time at which a schedule was due; `next_at`: when an open one is tried next
    name: "schedule_run",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      plugin: { type: "id", nullable: false },
      schedule: { type: "id", nullable: false },
      due_at: { type: "instant", nullable: false },
      state: { type: "id", nullable: false },
      attempt: { type: "integer", nullable: false },
      next_at: { type: "instant" },
      started_at: { type: "instant" },
      finished_at: { type: "instant" },
      reason: { type: "id" },
      problem: { type: "string", length: 500 },
    },
    unique: { once: ["bureau", "plugin", "schedule", "due_at"] },
    indexes: { open: ["state", "next_at"] },
  },
  {
    // what is set of a plugin in a bureau; `secrets` are sealed, by name
    name: "plugin_setting",
    primaryKey: ["bureau", "plugin"],
    columns: {
      bureau: { type: "id" },
      plugin: { type: "id" },
      version: { type: "integer", nullable: false },
      values_set: { type: "json", nullable: false },
      secrets: { type: "json", nullable: false },
      at: { type: "instant", nullable: false },
      by_name: { type: "string", length: 100, nullable: false },
    },
  },
];
