import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { fileOperations } from "./file.js";
import { CollectionDefinition } from "./collection.js";
import { CollectionId, Filter, Rows, Search, Sort } from "./query.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText } from "./text.js";
import { transferOperations } from "./transfer.js";

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
  /** Records of other bureaus, where the right reaches below one's own. */
  bureau: Type.Optional(Type.String()),
  /** Fields that are shown only in part. */
  masked: Type.Optional(Type.Array(Type.String())),
  /** What was asked for with `relations`: targets of references by field, children by name. */
  related: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type StoredRecord = Static<typeof StoredRecord>;

/** Names of reference fields and of `children` whose records come along in `related`; children at most 200 each and 1,000 in all. */
const Relations = Type.Optional(Type.Array(Type.String(), { maxItems: 10 }));
const FieldName = Type.String({ pattern: "^[a-z][A-Za-z0-9]{0,39}$" });

/** A field to group by, dates and instants by `bucket`; `as` names it in the answer, the field's name when absent. */
export const GroupBy = Type.Object(
  {
    field: Type.String(),
    bucket: Type.Optional(Type.Enum(["day", "month", "quarter", "year"])),
    as: Type.Optional(FieldName),
  },
  { additionalProperties: false },
);
export type GroupBy = Static<typeof GroupBy>;

/** A figure of a group; all but `count` take a field. */
export const Measure = Type.Object(
  {
    fn: Type.Enum(["count", "countDistinct", "sum", "avg", "min", "max"]),
    field: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type Measure = Static<typeof Measure>;

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
    { op: Type.Literal("upsert"), collection: CollectionId, key: Values, values: Values },
    { additionalProperties: false },
  ),
  Type.Object(
    { op: Type.Literal("remove"), collection: CollectionId, id: Id, version: Type.Optional(Version) },
    { additionalProperties: false },
  ),
  Type.Object(
    { op: Type.Literal("restore"), collection: CollectionId, id: Id, version: Type.Optional(Version) },
    { additionalProperties: false },
  ),
]);
export type WriteOperation = Static<typeof WriteOperation>;

/** One change in the life of a record, newest first. */
export const RecordChange = Type.Object({
  at: Instant,
  by: ActorRef,
  action: Type.Enum(["insert", "update", "remove", "restore"]),
  fields: Type.Array(
    Type.Object({ field: Type.String(), title: LocalText, before: Type.Unknown(), after: Type.Unknown() }),
  ),
});
export type RecordChange = Static<typeof RecordChange>;

/** A collection as the actor meets it. */
export const DescribedCollection = Type.Object({
  id: CollectionId,
  writable: Type.Boolean(),
  exportable: Type.Boolean(),
  /** How far the actor may look. */
  rows: Type.Enum(["own", "department", "bureau", "subtree"]),
  definition: CollectionDefinition,
  /** Fields that the actor can't see, sees in part only, and can't write. */
  fields: Type.Object({
    hidden: Type.Array(Type.String()),
    masked: Type.Array(Type.String()),
    locked: Type.Array(Type.String()),
  }),
  /** What a right text looks like, by fields that have a format. */
  examples: Type.Record(Type.String(), Type.String()),
});
export type DescribedCollection = Static<typeof DescribedCollection>;

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
      collections: Type.Array(DescribedCollection),
    }),
  }),
  get: op({
    effect: "read",
    http: { method: "GET", path: "/collections/:collection/records/:id" },
    input: Type.Object(
      {
        collection: CollectionId,
        id: Id,
        /** The record as it was then, removed ones too; who wrote it last is as of then, relations are not given. */
        at: Type.Optional(Instant),
        /** Only these fields: a record of long texts may be too large for one answer. */
        fields: Type.Optional(Type.Array(Type.String())),
        relations: Relations,
      },
      { additionalProperties: false },
    ),
    output: StoredRecord,
  }),
  find: op({
    effect: "read",
    http: { method: "GET", path: "/collections/:collection/records" },
    input: Type.Object(
      {
        collection: CollectionId,
        filter: Type.Optional(Filter),
        /** Words, a phrase or pinyin initials; without `sort`, exact phrases come first. */
        search: Search,
        sort: Sort,
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
        fields: Type.Optional(Type.Array(Type.String())),
        relations: Relations,
        rows: Rows,
        /** Only removed records, for those who may write them. */
        removed: Type.Optional(Type.Boolean()),
        /** `none` saves the counting; default `capped`. */
        total: Type.Optional(Type.Enum(["none", "capped", "exact"])),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({
      records: Type.Array(StoredRecord),
      nextCursor: Type.Optional(Cursor),
      /** How many there are in all; `capped` counts to 10,000 and then says `totalIsMore`. */
      total: Type.Optional(Type.Integer()),
      totalIsMore: Type.Optional(Type.Boolean()),
    }),
  }),
  count: op({
    effect: "read",
    http: { method: "GET", path: "/collections/:collection/count" },
    input: Type.Object(
      {
        collection: CollectionId,
        filter: Type.Optional(Filter),
        search: Search,
        rows: Rows,
      },
      { additionalProperties: false },
    ),
    output: Type.Object({ total: Type.Integer() }),
  }),
  /** Groups and their figures; groups with empty values have no such key. Days and months are those of China (UTC+8). */
  aggregate: op({
    effect: "read",
    http: { method: "POST", path: "/collections/:collection/aggregate" },
    input: Type.Object(
      {
        collection: CollectionId,
        filter: Type.Optional(Filter),
        search: Search,
        rows: Rows,
        groupBy: Type.Optional(Type.Array(GroupBy, { maxItems: 4 })),
        measures: Type.Record(FieldName, Measure, { minProperties: 1, maxProperties: 10 }),
        /** Names of groups and measures, `-` in front for descending. */
        sort: Sort,
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({
      /** One value for each group and each measure, by their names; money in 分, an average to 6 digits behind the point. */
      groups: Type.Array(Values),
      /** Whether there are more groups than `limit`, which is 200 when not given. */
      more: Type.Boolean(),
    }),
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
  /** Changes the record that has these values of a unique rule, or makes it; `created` tells which. */
  upsert: op({
    effect: "write",
    http: { method: "PUT", path: "/collections/:collection/records" },
    input: Type.Object({ collection: CollectionId, key: Values, values: Values }, { additionalProperties: false }),
    output: Type.Object({ record: StoredRecord, created: Type.Boolean() }),
  }),
  /** Takes a record out of sight; 409 `still-used` while others refer to it. Its history stays, and it can be restored. */
  remove: op({
    effect: "write",
    http: { method: "DELETE", path: "/collections/:collection/records/:id" },
    input: Type.Object({ collection: CollectionId, id: Id, version: Version }, { additionalProperties: false }),
    output: Removed,
  }),
  restore: op({
    effect: "write",
    http: { method: "POST", path: "/collections/:collection/records/:id/restore" },
    input: Type.Object({ collection: CollectionId, id: Id, version: Version }, { additionalProperties: false }),
    output: StoredRecord,
  }),
  /**
   * All or nothing, in one database transaction; results in the order of the operations, only with id and version where whole
   * records would be too much for one answer.
   */
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
    audited: true,
    http: { method: "GET", path: "/collections/:collection/records/:id/history" },
    input: Type.Object(
      { collection: CollectionId, id: Id, limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) },
      { additionalProperties: false },
    ),
    output: Type.Object({ changes: Type.Array(RecordChange), nextCursor: Type.Optional(Cursor) }),
  }),
  /**
   * What happened to a collection's records, in order, from a cursor on: each change once and none left out. Without a
   * cursor it begins with the oldest change that is kept; `cursor` of an empty answer is the place to go on from later.
   */
  changes: op({
    effect: "read",
    http: { method: "GET", path: "/collections/:collection/changes" },
    input: Type.Object(
      { collection: CollectionId, cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) },
      { additionalProperties: false },
    ),
    output: Type.Object({
      changes: Type.Array(
        Type.Object({
          id: Id,
          action: Type.Enum(["insert", "update", "remove", "restore"]),
          at: Instant,
          by: ActorRef,
          /** The fields that were written, as they are after it. */
          values: Values,
        }),
      ),
      cursor: Cursor,
      more: Type.Boolean(),
    }),
  }),
  ...fileOperations,
  ...transferOperations,
});
export type StorageApi = typeof storageApi;
