import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { ErrorBody } from "./error.js";
import { FileRef } from "./file.js";
import { CollectionId, Filter, Search, Sort, Rows } from "./query.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText } from "./text.js";

/** A cell of an imported file that can't be taken. */
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
    "ambiguous",
    "not-writable",
    "out-of-reach",
    "format",
    "check",
    "scientific",
    "formula",
    "cell-error",
    "refused",
  ]),
  params: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** What is wrong, in words. */
  message: LocalText,
});
export type ImportProblem = Static<typeof ImportProblem>;

/** `waiting` for a place, `running`, then one of the others for good. */
export const TransferState = Type.Enum(["waiting", "running", "done", "failed", "cancelled"]);
export type TransferState = Static<typeof TransferState>;

/** An import or export that goes on in the background, as its owner sees it. Jobs and their files are kept for some days. */
export const TransferJob = Type.Object({
  id: Id,
  kind: Type.Enum(["import", "export"]),
  collection: CollectionId,
  state: TransferState,
  by: ActorRef,
  createdAt: Instant,
  startedAt: Type.Optional(Instant),
  finishedAt: Type.Optional(Instant),
  /** Only looked at, nothing written. */
  checkOnly: Type.Optional(Type.Boolean()),
  /** Rows that are done with, good or bad. */
  done: Type.Integer(),
  /** Rows in all; an estimate until the end is seen, absent while not even that is known. */
  total: Type.Optional(Type.Integer()),
  inserted: Type.Integer(),
  updated: Type.Integer(),
  /** `upsert`: rows that are in the register just so. */
  unchanged: Type.Integer(),
  /** Rows without a problem. */
  valid: Type.Integer(),
  problemRows: Type.Integer(),
  problemCount: Type.Integer(),
  /** The first 200. */
  problems: Type.Array(ImportProblem),
  /** Columns that were passed over, as `ignoreUnknown` allows. */
  ignored: Type.Optional(Type.Array(Type.String())),
  /** The exported file, or the rows that could not be imported; gone a day after it was made. */
  result: Type.Optional(FileRef),
  /** Why it failed. */
  error: Type.Optional(ErrorBody),
});
export type TransferJob = Static<typeof TransferJob>;

const Job = Type.Object({ id: Id }, { additionalProperties: false });

/** The operations of the storage API that move many records in and out of files, as jobs in the background. */
export const transferOperations = {
  /**
   * Begins to import an uploaded .xlsx or .csv file (UTF-8, GB18030 or UTF-16, told by its content). Its first row names fields
   * by title or name; unknown, missing or doubled columns fail the job before anything is written. Good rows go in, bad ones
   * into a file that can be corrected and imported again. Rights are those of the person, looked up anew for each batch.
   */
  startImport: op({
    effect: "write",
    http: { method: "POST", path: "/collections/:collection/imports" },
    actor: "required",
    input: Type.Object(
      {
        collection: CollectionId,
        file: Id,
        /** `upsert`: a row whose `key` is in the register changes that record; its empty cells leave what is there. */
        mode: Type.Optional(Type.Enum(["insert", "upsert"])),
        /** `upsert`: a field that is unique by itself. */
        key: Type.Optional(Type.String()),
        checkOnly: Type.Optional(Type.Boolean()),
        /** Passes over columns that name no field, and says which. */
        ignoreUnknown: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    output: TransferJob,
  }),
  /** Begins to write what `find` would give with the same arguments into a file. The audit trail says who took what. */
  startExport: op({
    effect: "write",
    http: { method: "POST", path: "/collections/:collection/exports" },
    actor: "required",
    input: Type.Object(
      {
        collection: CollectionId,
        filter: Type.Optional(Filter),
        search: Search,
        sort: Sort,
        rows: Rows,
        /** Columns, in order; all that the person may see when absent. */
        fields: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 500 })),
        format: Type.Enum(["xlsx", "csv"]),
        /** Of .csv; `utf-8`, with a byte order mark, when absent. */
        encoding: Type.Optional(Type.Enum(["utf-8", "gb18030"])),
      },
      { additionalProperties: false },
    ),
    output: TransferJob,
  }),
  transfer: op({
    effect: "read",
    http: { method: "GET", path: "/transfers/:id" },
    actor: "required",
    input: Job,
    output: TransferJob,
  }),
  /** The person's own jobs, newest first. */
  transfers: op({
    effect: "read",
    http: { method: "GET", path: "/transfers" },
    actor: "required",
    input: Type.Object(
      {
        collection: Type.Optional(CollectionId),
        kind: Type.Optional(Type.Enum(["import", "export"])),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({ jobs: Type.Array(TransferJob), nextCursor: Type.Optional(Cursor) }),
  }),
  /** Stops a job after the batch that is under way; what was imported so far stays. */
  cancelTransfer: op({
    effect: "write",
    http: { method: "POST", path: "/transfers/:id/cancel" },
    actor: "required",
    input: Job,
    output: TransferJob,
  }),
  /** A workbook to be filled in: columns of the fields the person may write, choices, formats, an example. */
  importTemplate: op({
    effect: "write",
    http: { method: "POST", path: "/collections/:collection/template" },
    actor: "required",
    input: Type.Object({ collection: CollectionId }, { additionalProperties: false }),
    output: FileRef,
  }),
};
