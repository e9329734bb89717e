export { brokenAuditEntry } from "./audit.js";
export { canonicalJson } from "./audit-hash.js";
export { type Database, openDatabase, type Reader } from "./database/database.js";
export { newId } from "./database/ids.js";
export type {
  ColumnDefinition,
  ColumnType,
  Condition,
  FindOptions,
  Row,
  TableDefinition,
  Where,
} from "./database/table.js";
export type { AuditEntry, OutgoingEvent, OutgoingMessage, Transaction } from "./database/transaction.js";
export { Lease } from "./relay/lease.js";
export { type Relay, startRelay } from "./relay/relay.js";
export type { Access, Actor, ResolvedCall } from "./access.js";
export { StorageService } from "./collections/service.js";
export { FileStore, MAX_FILE_BYTES } from "./files/file-store.js";
export { afterCursor, cursorAfter, DEFAULT_LIMIT } from "./page.js";
