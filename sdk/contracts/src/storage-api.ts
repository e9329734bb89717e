import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { CollectionDefinition } from "./collection.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText } from "./text.js";

/** `<plugin>.<collection>`, e.g. `asset-tracking.equipment`. */
export const CollectionId = Type.String({ pattern: "^[a-z0-9-]{1,40}\\.[a-z0-9-]{1,40}$" });
const Values = Type.Record(Type.String(), Type.Unknown());
const Version = Type.Integer({ minimum: 1 });

/** A row as everybody sees it; `values` holds only fields the actor may read. */
export const StoredRecord = Type.Object({
  id: Id,
  version: Version,
  createdAt: Instant,
  createdBy: ActorRef,
  updatedAt: Instant,
  updatedBy: ActorRef,
  values: Values,
});
export type StoredRecord = Static<typeof StoredRecord>;

/**
 * A condition on records: `{ status: "idle", price: { gte: 100 }, or: [{…}, {…}] }`. A field takes a value (equal) or
 * one of `eq ne lt lte gt gte in contains startsWith empty`; `and`, `or` take lists, `not` one condition. Depth ≤ 5.
 */
export const Filter = Type.Record(Type.String(), Type.Unknown());
export type Filter = Static<typeof Filter>;

const One = Type.Object({ collection: CollectionId, id: Id }, { additionalProperties: false });
const Removed = Type.Object({ id: Id, version: Version });

/** One write of a transaction. */
export const WriteOperation = Type.Union([
  Type.Object(
    { op: Type.Literal("insert"), collection: CollectionId, id: Type.Optional(Id), values: Values },
    { additionalProperties: false },
  ),
  Type.Object(
    { op: Type.Literal("update"), collection: CollectionId, id: Id, version: Type.Optional(Version), values: Values },
    { additionalProperties: false },
  ),
  Type.Object(
    { op: Type.Literal("remove"), collection: CollectionId, id: Id, version: Type.Optional(Version) },
    { additionalProperties: false },
  ),
]);
export type WriteOperation = Static<typeof WriteOperation>;

/** A cell of an imported file that can't be taken. `code`: see the shell's `importErrors` texts. */
export const ImportProblem = Type.Object({
  /** Row number as the spreadsheet shows it (the heading is row 1). */
  row: Type.Integer(),
  /** Column letter; absent when the row as a whole is wrong. */
  column: Type.Optional(Type.String()),
  field: Type.Optional(Type.String()),
  title: Type.Optional(LocalText),
  value: Type.Optional(Type.String()),
  code: Type.Enum([
    "required",
    "type",
    "option",
    "pattern",
    "too-long",
    "too-small",
    "too-large",
    "not-unique",
    "duplicate-row",
    "reference",
    "not-writable",
  ]),
  params: Type.Optional(Type.Record(Type.String(), Type.String())),
});
export type ImportProblem = Static<typeof ImportProblem>;

export const ImportReport = Type.Object({
  /** Data rows in the file. */
  rows: Type.Integer(),
  /** Rows without a problem. */
  valid: Type.Integer(),
  /** Rows written; 0 when only checked. */
  inserted: Type.Integer(),
  /** At most 1,000; `problemCount` tells how many there are. */
  problems: Type.Array(ImportProblem),
  problemCount: Type.Integer(),
  problemRows: Type.Integer(),
});
export type ImportReport = Static<typeof ImportReport>;

/** One change in the life of a record, newest first. */
export const RecordChange = Type.Object({
  at: Instant,
  by: ActorRef,
  action: Type.Enum(["insert", "update", "remove"]),
  fields: Type.Array(
    Type.Object({ field: Type.String(), title: LocalText, before: Type.Unknown(), after: Type.Unknown() }),
  ),
});
export type RecordChange = Static<typeof RecordChange>;

/**
 * Records and files of plugins. Rights of every call: the calling plugin's own collections ∩ the actor's permissions ∩ the
 * call's bureau; another bureau's record is 404. Without an actor the plugin acts for itself (its jobs and schedules).
 */
export const storageApi = defineApi("storage", 1, {
  /** Collections of enabled plugins that the actor may read; `writable` tells whether the actor may also write. */
  describe: op({
    effect: "read",
    http: { method: "GET", path: "/collections" },
    input: Type.Object({ plugin: Type.Optional(Type.String()) }, { additionalProperties: false }),
    output: Type.Object({
      collections: Type.Array(
        Type.Object({ id: CollectionId, writable: Type.Boolean(), definition: CollectionDefinition }),
      ),
    }),
  }),
  get: op({
    effect: "read",
    http: { method: "GET", path: "/collections/:collection/records/:id" },
    input: One,
    output: StoredRecord,
  }),
  find: op({
    effect: "read",
    http: { method: "GET", path: "/collections/:collection/records" },
    input: Type.Object(
      {
        collection: CollectionId,
        filter: Type.Optional(Filter),
        search: Type.Optional(Type.String({ maxLength: 100 })),
        /** Field names, `-` in front for descending; the id is always the last criterion. */
        sort: Type.Optional(Type.Array(Type.String(), { maxItems: 4 })),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
        fields: Type.Optional(Type.Array(Type.String())),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({
      records: Type.Array(StoredRecord),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  count: op({
    effect: "read",
    http: { method: "GET", path: "/collections/:collection/count" },
    input: Type.Object(
      {
        collection: CollectionId,
        filter: Type.Optional(Filter),
        search: Type.Optional(Type.String({ maxLength: 100 })),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({ total: Type.Integer() }),
  }),
  insert: op({
    effect: "write",
    http: { method: "POST", path: "/collections/:collection/records" },
    input: Type.Object(
      { collection: CollectionId, id: Type.Optional(Id), values: Values },
      { additionalProperties: false },
    ),
    output: StoredRecord,
  }),
  /** Changes the named fields; 409 `stale-version` says who changed what since `version`. */
  update: op({
    effect: "write",
    http: { method: "PATCH", path: "/collections/:collection/records/:id" },
    input: Type.Object(
      { collection: CollectionId, id: Id, version: Version, values: Values },
      { additionalProperties: false },
    ),
    output: StoredRecord,
  }),
  remove: op({
    effect: "write",
    http: { method: "DELETE", path: "/collections/:collection/records/:id" },
    input: Type.Object({ collection: CollectionId, id: Id, version: Version }, { additionalProperties: false }),
    output: Removed,
  }),
  /** All or nothing, in one database transaction; results in the order of the operations. */
  transact: op({
    effect: "write",
    input: Type.Object(
      { operations: Type.Array(WriteOperation, { minItems: 1, maxItems: 500 }) },
      { additionalProperties: false },
    ),
    output: Type.Object({ results: Type.Array(Type.Union([StoredRecord, Removed])) }),
  }),
  history: op({
    effect: "read",
    http: { method: "GET", path: "/collections/:collection/records/:id/history" },
    input: Type.Object(
      { collection: CollectionId, id: Id, limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) },
      { additionalProperties: false },
    ),
    output: Type.Object({ changes: Type.Array(RecordChange), nextCursor: Type.Optional(Cursor) }),
  }),
  /** Reads an .xlsx (columns by title); `commit: false` only checks, `true` writes the rows without a problem in one transaction. */
  importFile: op({
    effect: "write",
    http: { method: "POST", path: "/collections/:collection/import" },
    actor: "required",
    input: Type.Object({ collection: CollectionId, file: Id, commit: Type.Boolean() }, { additionalProperties: false }),
    output: ImportReport,
  }),
  /** A link that anyone may GET once within five minutes: how a plugin reads a file's content. */
  claimFile: op({
    effect: "read",
    input: Type.Object({ file: Id }, { additionalProperties: false }),
    output: Type.Object({
      url: Type.String(),
      name: Type.String(),
      size: Type.Integer(),
      mediaType: Type.String(),
      sha256: Type.String(),
    }),
  }),
});
export type StorageApi = typeof storageApi;

/** Answer of `PUT /api/v1/files?name=…` (the body is the file). */
export const FileRef = Type.Object({
  file: Id,
  name: Type.String(),
  size: Type.Integer(),
  mediaType: Type.String(),
  sha256: Type.String(),
});
export type FileRef = Static<typeof FileRef>;
