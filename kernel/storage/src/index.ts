export { countStored, purgeSome, type Stored } from "./contract/purge.js";
export { audited } from "./audit/audited.js";
export type { AuditEntry } from "./audit/entry.js";
export { auditHandlers } from "./audit/service.js";
export { searchAudit } from "./audit/search.js";
export { AuditVerifications } from "./audit/verification.js";
export { type Leftover, SchemaContraction } from "./contract/schema-contraction.js";
export { AuditTrail } from "./audit/trail.js";
export { dayInChina } from "./china-time.js";
export { canonicalJson } from "@jinshui/contracts";
export {
  type Database,
  type DatabaseOptions,
  openDatabase,
  type Reader,
  type TransactionOptions,
} from "./database/database.js";
export { type DiskLimits, DiskMark, type DiskMarkOptions, type ReadSpace } from "./database/disk-mark.js";
export type { AggregateOptions } from "./database/row-statements.js";
export type { ServerWarning } from "./database/server-settings.js";
export { newId } from "./database/ids.js";
export { once, onceByKey } from "./database/once.js";
export type {
  ColumnDefinition,
  ColumnType,
  Condition,
  FindOptions,
  Row,
  TableDefinition,
  Where,
} from "./database/table.js";
export type { OutgoingEvent, OutgoingMessage, Transaction } from "./database/transaction.js";
export { busLosses } from "./relay/losses.js";
export { DueLoop, type DueLoopOptions, untilFirst } from "./relay/due-loop.js";
export { Lease } from "./relay/lease.js";
export { type ConsumerSpec, registerConsumer, unregisterConsumer } from "./relay/consumers.js";
export { type Relay, type RelayOptions, startRelay } from "./relay/relay.js";
export { buryMessage, type FailedMessage, retryDead } from "./inbox/dead-letters.js";
export { type InboxMessage, type InboxOptions, openInbox } from "./inbox/inbox.js";
export type { Access, Actor, ResolvedCall } from "./access.js";
export { type PluginData, StorageService } from "./collections/service.js";
export type { ByteRange } from "./files/blob-folder.js";
export { clamd } from "./files/clamd.js";
export { FileStore, type FileStoreOptions, type OpenedFile } from "./files/file-store.js";
export type { Arrival } from "./files/intake.js";
export { fileLimits } from "./files/limits.js";
export { type FileLink, insertLink, removeLink } from "./files/links.js";
export { type FoundPart, readZipParts, type ZipPart, zipParts } from "./files/zip-parts.js";
export type { Checksum, Upload, Uploader, Uploads } from "./files/uploads.js";
export { openSheet } from "./transfer/reading/open-sheet.js";
export type { Cell, Sheet, SheetRow } from "./transfer/reading/sheet.js";
export { pinyinOf } from "./search/pinyin.js";
export { shownText } from "./transfer/cell-value.js";
export { type TransferLimits, transferLimits } from "./transfer/limits.js";
export { afterCursor, cursorAfter, DEFAULT_LIMIT, type Page, pageOf } from "./page.js";
export { type AuditLinker, startAuditLinker } from "./audit/linker.js";
export { type AnchorKey, openAnchorKey, publicKeyFile, readAnchorKey } from "./audit/anchor.js";
export { anchoredBureaus, anchorFile } from "./audit/anchor-file.js";
export { type Anchoring, startAnchoring } from "./audit/anchoring.js";
export { auditedBureaus } from "./audit/link.js";
export { type AuditClient, identify, serving } from "./audit/request.js";
export { type AuditProblem, type AuditProblemKind, type AuditReport, verifyAudit } from "./audit/verify.js";
