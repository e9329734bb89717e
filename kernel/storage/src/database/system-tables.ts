import { AUDIT_TABLES } from "../audit/tables.js";
import { FILE_TABLES } from "../files/file-tables.js";
import { TRANSFER_TABLES } from "../transfer/transfer-tables.js";
import type { TableDefinition } from "./table.js";

/** Tables every site has, whatever its plugins. */
export const SYSTEM_TABLES: TableDefinition[] = [
  {
    name: "outbox",
    primaryKey: ["seq"],
    columns: {
      seq: { type: "serial" },
      event_id: { type: "id", nullable: false },
      bureau: { type: "id" },
      aggregate: { type: "string", length: 250 },
      agg_seq: { type: "integer" },
      subject: { type: "string", length: 250, nullable: false },
      headers: { type: "json" },
      body: { type: "json", nullable: false },
      created_at: { type: "instant", nullable: false },
      published_at: { type: "instant" },
    },
    unique: { event: ["event_id"], sequence: ["aggregate", "agg_seq"] },
    indexes: { waiting: ["bureau", "published_at", "seq"] },
  },
  {
    name: "outbox_aggregate",
    primaryKey: ["aggregate"],
    columns: { aggregate: { type: "string", length: 250 }, seq: { type: "integer", nullable: false } },
  },
  {
    name: "inbox",
    primaryKey: ["consumer", "message_id"],
    columns: {
      consumer: { type: "string", length: 120 },
      message_id: { type: "id" },
      at: { type: "instant", nullable: false },
    },
    indexes: { age: ["at"] },
  },
  {
    name: "inbox_position",
    primaryKey: ["consumer", "aggregate"],
    columns: {
      consumer: { type: "string", length: 120 },
      aggregate: { type: "string", length: 250 },
      seq: { type: "integer", nullable: false },
    },
  },
  {
    name: "consumer",
    primaryKey: ["stream", "name"],
    columns: {
      stream: { type: "id" },
      name: { type: "string", length: 120 },
      filter_subject: { type: "string", length: 250, nullable: false },
      has_inbox: { type: "boolean", nullable: false },
      registered_at: { type: "instant", nullable: false },
    },
  },
  {
    name: "dead_letter",
    primaryKey: ["consumer", "event_id"],
    columns: {
      consumer: { type: "string", length: 120 },
      event_id: { type: "id" },
      subject: { type: "string", length: 250, nullable: false },
      body: { type: "json" },
      attempts: { type: "integer", nullable: false },
      error: { type: "text" },
      at: { type: "instant", nullable: false },
      dead: { type: "boolean", nullable: false },
    },
    indexes: { dead: ["dead", "at"] },
  },
  {
    name: "idempotency",
    primaryKey: ["caller", "request_key"],
    columns: {
      caller: { type: "string", length: 100 },
      request_key: { type: "string", length: 100 },
      request_hash: { type: "string", length: 64, nullable: false },
      response: { type: "json" },
      created_at: { type: "instant", nullable: false },
    },
    indexes: { age: ["created_at"] },
  },
  ...AUDIT_TABLES,
  {
    name: "lease",
    primaryKey: ["name"],
    columns: {
      name: { type: "string", length: 60 },
      owner: { type: "id" },
      fence: { type: "integer", nullable: false },
      lease_until: { type: "instant", nullable: false },
    },
  },
  {
    name: "stream_epoch",
    primaryKey: ["stream"],
    columns: {
      stream: { type: "id" },
      created: { type: "string", length: 60, nullable: false },
      last_sequence: { type: "integer", nullable: false },
      last_event_id: { type: "id" },
      epoch: { type: "integer" },
    },
  },
  {
    name: "serial_number",
    primaryKey: ["series"],
    columns: { series: { type: "string", length: 250 }, last: { type: "integer", nullable: false } },
  },
  {
    // the newest version of its data that a plugin has written in a bureau, and from which version on that can be read
    name: "plugin_data_version",
    primaryKey: ["plugin", "bureau"],
    columns: {
      plugin: { type: "id" },
      bureau: { type: "id" },
      version: { type: "integer", nullable: false },
      readable_from: { type: "integer", nullable: false },
      at: { type: "instant", nullable: false },
    },
  },
  ...FILE_TABLES,
  ...TRANSFER_TABLES,
];

/** Which definition of each table is in the database; a row in state `started` was interrupted and is done again. */
export const JOURNAL: TableDefinition = {
  name: "schema_journal",
  primaryKey: ["name"],
  columns: {
    name: { type: "string", length: 100 },
    hash: { type: "string", length: 64, nullable: false },
    state: { type: "string", length: 10, nullable: false },
    at: { type: "instant", nullable: false },
    /** What the table was brought to; columns that it does not name are left over. */
    definition: { type: "json" },
  },
};
