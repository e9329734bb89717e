import type { TableDefinition } from "@jinshui/storage";

/** When bureaus work, and what is done about deadlines. The bureau `*` has what comes with the software. */
export const CALENDAR_TABLES: TableDefinition[] = [
  {
    /** A bureau that has entries of its own. */
    name: "wf_calendar",
    primaryKey: ["bureau"],
    columns: {
      bureau: { type: "id" },
      version: { type: "integer", nullable: false },
      reminders: { type: "json" },
    },
  },
  {
    name: "wf_calendar_year",
    primaryKey: ["bureau", "year"],
    columns: {
      bureau: { type: "id" },
      year: { type: "integer" },
      notice: { type: "string", nullable: false },
    },
  },
  {
    name: "wf_calendar_day",
    primaryKey: ["bureau", "day"],
    columns: {
      bureau: { type: "id" },
      day: { type: "id" },
      kind: { type: "id", nullable: false },
      name: { type: "string", length: 100 },
      hours: { type: "json" },
      /** From the notice of its year, not set by itself. */
      noticed: { type: "boolean", nullable: false },
    },
  },
  {
    name: "wf_calendar_hours",
    primaryKey: ["bureau", "from_day"],
    columns: { bureau: { type: "id" }, from_day: { type: "id" }, hours: { type: "json", nullable: false } },
  },
  {
    /** Bringing a bureau's open deadlines in step with its calendar. */
    name: "wf_recalculation",
    primaryKey: ["bureau"],
    columns: {
      bureau: { type: "id" },
      requested_at: { type: "instant", nullable: false },
      by: { type: "json" },
      /** The last matter that was looked at. */
      position: { type: "id" },
      done: { type: "integer", nullable: false },
      total: { type: "integer", nullable: false },
      changed: { type: "integer", nullable: false },
      finished_at: { type: "instant" },
    },
    indexes: { open: ["finished_at", "requested_at"] },
  },
  {
    /** A time in which the clock of a matter stands. */
    name: "wf_pause",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      instance: { type: "id", nullable: false },
      /** The step that stops it while it is open; absent: somebody did. */
      task: { type: "id" },
      since: { type: "instant", nullable: false },
      until: { type: "instant" },
      reason: { type: "string", length: 500, nullable: false },
      basis: { type: "string", length: 500 },
      by: { type: "json" },
    },
    indexes: { instance: ["instance", "since"], task: ["task"] },
  },
  {
    /** When people are reminded next of a task or, without one, of a matter; its id is that of what is due. */
    name: "wf_reminder",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      instance: { type: "id", nullable: false },
      task: { type: "id" },
      /** The last stage that was told. */
      told: { type: "id" },
      next_stage: { type: "id" },
      next_at: { type: "instant" },
    },
    indexes: { due: ["next_at"], instance: ["instance"] },
  },
];
