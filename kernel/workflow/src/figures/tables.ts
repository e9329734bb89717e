import type { TableDefinition } from "@jinshui/storage";

/**
 * What figures are computed from: a row for each task and each matter, made from theirs and thrown away with them. Nothing here is
 * the truth about anything; `rebuild` makes it anew.
 */
export const FIGURE_TABLES: TableDefinition[] = [
  {
    name: "wf_figure_task",
    primaryKey: ["id"],
    columns: {
      /** Of the task. */
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      instance: { type: "id", nullable: false },
      number: { type: "string", length: 40, nullable: false },
      matter: { type: "string", length: 100, nullable: false },
      /** `<matter>/<element>`. */
      place: { type: "string", length: 301, nullable: false },
      step: { type: "string", length: 200, nullable: false },
      position: { type: "id" },
      department: { type: "id" },
      /** Who finished it. */
      person: { type: "id" },
      state: { type: "id", nullable: false },
      action: { type: "id" },
      arrived_at: { type: "instant", nullable: false },
      due_at: { type: "instant" },
      ended_at: { type: "instant" },
      /** Whether it was finished and had a limit; and whether that was kept. */
      is_due: { type: "boolean", nullable: false },
      is_late: { type: "boolean", nullable: false },
      /** Whether it sent the matter back. */
      is_returned: { type: "boolean", nullable: false },
      minutes: { type: "integer" },
    },
    indexes: {
      instance: ["instance"],
      ended: ["bureau", "state", "ended_at"],
      arrived: ["bureau", "arrived_at"],
      left: ["bureau", "ended_at"],
      person: ["person", "ended_at"],
    },
  },
  {
    name: "wf_figure_matter",
    primaryKey: ["instance"],
    columns: {
      instance: { type: "id" },
      bureau: { type: "id", nullable: false },
      /** Of the instance when this was made. */
      version: { type: "integer", nullable: false },
      number: { type: "string", length: 40, nullable: false },
      matter: { type: "string", length: 100, nullable: false },
      /** The applicant, and where they belonged. */
      person: { type: "id", nullable: false },
      department: { type: "id" },
      state: { type: "id", nullable: false },
      arrived_at: { type: "instant", nullable: false },
      due_at: { type: "instant" },
      ended_at: { type: "instant" },
      is_due: { type: "boolean", nullable: false },
      is_late: { type: "boolean", nullable: false },
      /** Whether it was finished and never sent back. */
      is_smooth: { type: "boolean", nullable: false },
      minutes: { type: "integer" },
    },
    indexes: {
      ended: ["bureau", "state", "ended_at"],
      arrived: ["bureau", "arrived_at"],
      left: ["bureau", "ended_at"],
    },
  },
  {
    /** How far the history was read. */
    name: "wf_figure_cursor",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      /** Nothing of or before this entry comes any more. */
      settled: { type: "integer", nullable: false },
    },
  },
];
