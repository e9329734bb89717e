import type { TableDefinition } from "@jinshui/storage";

/** Where events go and come from, and how each went. */
export const WEBHOOK_TABLES: TableDefinition[] = [
  {
    name: "webhook",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      title: { type: "string", length: 60, nullable: false },
      url: { type: "string", length: 500, nullable: false },
      events: { type: "json", nullable: false },
      /** `new`, `active` or `paused`. */
      state: { type: "id", nullable: false },
      paused_because: { type: "id" },
      /** Sealed, the newest first; former ones with their end. */
      secrets: { type: "json", nullable: false },
      /** Events before this are not for it. */
      active_since: { type: "instant" },
      failing_since: { type: "instant" },
      last_success_at: { type: "instant" },
      created_by: { type: "json", nullable: false },
      created_at: { type: "instant", nullable: false },
    },
    indexes: { bureau: ["bureau", "created_at", "id"], state: ["state"] },
  },
  {
    name: "webhook_delivery",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      webhook: { type: "id", nullable: false },
      event: { type: "id", nullable: false },
      name: { type: "string", length: 100, nullable: false },
      /** The event as it is sent. */
      body: { type: "text", nullable: false },
      /** `pending`, `delivered` or `dead`. */
      state: { type: "id", nullable: false },
      attempts: { type: "integer", nullable: false },
      /** Of what is pending. */
      next_at: { type: "instant" },
      status: { type: "integer" },
      error: { type: "string", length: 300 },
      duration_ms: { type: "integer" },
      created_at: { type: "instant", nullable: false },
      done_at: { type: "instant" },
    },
    unique: { event: ["webhook", "event"] },
    indexes: {
      due: ["state", "next_at"],
      of_webhook: ["webhook", "state", "next_at"],
      list: ["webhook", "created_at", "id"],
      done: ["state", "done_at"],
    },
  },
  {
    name: "inbound_hook",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      title: { type: "string", length: 60, nullable: false },
      source: { type: "id", nullable: false },
      names: { type: "json", nullable: false },
      state: { type: "id", nullable: false },
      secrets: { type: "json", nullable: false },
      last_received_at: { type: "instant" },
      created_by: { type: "json", nullable: false },
      created_at: { type: "instant", nullable: false },
    },
    unique: { source: ["bureau", "source"] },
    indexes: { list: ["bureau", "created_at", "id"] },
  },
  {
    /** What came, so that it has an effect once. */
    name: "inbound_event",
    primaryKey: ["hook", "event_hash"],
    columns: {
      hook: { type: "id" },
      /** Of the source and the id that the sender gave it. */
      event_hash: { type: "string", length: 64 },
      body_hash: { type: "string", length: 64, nullable: false },
      /** Its id on the bus. */
      event: { type: "id", nullable: false },
      at: { type: "instant", nullable: false },
    },
    indexes: { time: ["at"] },
  },
];
