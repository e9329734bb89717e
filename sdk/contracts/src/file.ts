import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { Cursor, Id, Instant, Limit } from "./text.js";

/** `pending` until scanned, then `clean` or `infected`; `unscanned` where the site has no scanner that must be asked. */
export const FileState = Type.Enum(["pending", "clean", "infected", "unscanned"]);
export type FileState = Static<typeof FileState>;

/** Answer of `PUT /api/v1/files?name=…` (the body is the file). */
export const FileRef = Type.Object({
  file: Id,
  name: Type.String(),
  size: Type.Integer(),
  /** By content, not by what the sender claimed. */
  mediaType: Type.String(),
  sha256: Type.String(),
  state: FileState,
});
export type FileRef = Static<typeof FileRef>;

/** Answer of `GET /api/v1/uploads/:id`; `file` is there once the last byte is in and the content was accepted. */
export const UploadStatus = Type.Object({
  length: Type.Integer(),
  offset: Type.Integer(),
  expiresAt: Instant,
  file: Type.Optional(FileRef),
});
export type UploadStatus = Static<typeof UploadStatus>;

export const QuarantinedFile = Type.Object({
  file: Id,
  bureau: Type.String(),
  name: Type.String(),
  size: Type.Integer(),
  sha256: Type.String(),
  /** What the scanner calls it. */
  signature: Type.String(),
  uploadedBy: Type.String(),
  uploadedAt: Instant,
});
export type QuarantinedFile = Static<typeof QuarantinedFile>;

/** What is wrong with a stored content: `missing` and `damaged` have files that need it, `orphaned` has none. */
export const FileProblem = Type.Object({
  sha256: Type.String(),
  problem: Type.Enum(["missing", "damaged", "orphaned"]),
  /** Ids of files with this content, 20 at most. */
  files: Type.Array(Type.String()),
});
export type FileProblem = Static<typeof FileProblem>;

export const FileCheck = Type.Object({
  running: Type.Boolean(),
  /** Contents looked at so far. */
  checked: Type.Integer(),
  startedAt: Type.Optional(Instant),
  finishedAt: Type.Optional(Instant),
  problems: Type.Array(FileProblem),
});
export type FileCheck = Static<typeof FileCheck>;

/** What becomes of a file in quarantine; the reason stands in the audit trail. */
const Verdict = Type.Object(
  { file: Id, reason: Type.String({ minLength: 2, maxLength: 200 }) },
  { additionalProperties: false },
);

/** The operations of the storage API that are about files. */
export const fileOperations = {
  /**
   * A link that may be fetched once within five minutes, whoever holds it. `inline`: for a page that shows the file; such a
   * link answers ranges again and again as long as it is in use. 404 for a file the caller may not read, 409 `file-pending`
   * until the virus scanner has let it through, 423 `file-infected`.
   */
  claimFile: op({
    effect: "read",
    audited: true,
    http: { method: "POST", path: "/files/:file/claim" },
    input: Type.Object({ file: Id, inline: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
    output: Type.Object({
      url: Type.String(),
      name: Type.String(),
      size: Type.Integer(),
      mediaType: Type.String(),
      sha256: Type.String(),
    }),
  }),
  /** What is known of a file the caller may read, infected or not. */
  fileInfo: op({
    effect: "read",
    http: { method: "GET", path: "/files/:file/info" },
    input: Type.Object({ file: Id }, { additionalProperties: false }),
    output: FileRef,
  }),
  /**
   * Lets the caller upload one file within five minutes: `PUT` to `url` with a `name` in the query, or tus to `resumable`;
   * `ticket` goes into the header `Jinshui-Ticket` beside `X-Jinshui: 1`.
   */
  allowUpload: op({
    effect: "write",
    input: Type.Object({}, { additionalProperties: false }),
    output: Type.Object({ url: Type.String(), resumable: Type.String(), ticket: Type.String(), expiresAt: Instant }),
  }),
  /**
   * Files that hold a virus, of one's bureau and those below, newest first; for administrators (`site.files`). A page is at most
   * `limit` contents, each with all its files.
   */
  quarantinedFiles: op({
    effect: "read",
    audited: true,
    http: { method: "GET", path: "/quarantined-files" },
    actor: "required",
    input: Type.Object({ limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) }, { additionalProperties: false }),
    output: Type.Object({ files: Type.Array(QuarantinedFile), nextCursor: Type.Optional(Cursor) }),
  }),
  /** Lets a file out of quarantine in which there is no virus after all, with all that have its content. */
  releaseFile: op({
    effect: "write",
    http: { method: "POST", path: "/quarantined-files/:file/release" },
    actor: "required",
    input: Verdict,
    output: Type.Object({}),
  }),
  /** Removes the content of a file in quarantine for good; that it was there is still known, and it is refused when it comes again. */
  destroyFile: op({
    effect: "write",
    http: { method: "POST", path: "/quarantined-files/:file/destroy" },
    actor: "required",
    input: Verdict,
    output: Type.Object({}),
  }),
  /** Begins to hash all contents again, unless that is under way; `fileCheck` tells how far it is. */
  checkFiles: op({
    effect: "write",
    audited: true,
    http: { method: "POST", path: "/file-check" },
    actor: "required",
    input: Type.Object({}, { additionalProperties: false }),
    output: FileCheck,
  }),
  fileCheck: op({
    effect: "read",
    http: { method: "GET", path: "/file-check" },
    actor: "required",
    input: Type.Object({}, { additionalProperties: false }),
    output: FileCheck,
  }),
};
