import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { FileRef } from "./file.js";
import { FormSchema } from "./form.js";
import { HistoryEntry } from "./history.js";
import { SignatureCheck } from "./signature-api.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText } from "./text.js";

export const ArchiveSummary = Type.Object({
  id: Id,
  instance: Id,
  number: Type.String(),
  title: Type.String(),
  definitionTitle: LocalText,
  /** Whether it was finished, or ended before its time. */
  state: Type.Enum(["completed", "cancelled"]),
  applicant: ActorRef,
  startedAt: Instant,
  endedAt: Instant,
  sha256: Type.String(),
});
export type ArchiveSummary = Static<typeof ArchiveSummary>;

/** A paper that a matter files: whether it is there, and what the field that stands for it holds. */
export const FiledDocument = Type.Object({
  title: Type.String(),
  filed: Type.Boolean(),
  /** A number, a date, whether it is an original; absent where there is none. */
  value: Type.Optional(Type.String()),
});
export type FiledDocument = Static<typeof FiledDocument>;

/** Finished matters; a part of the workflow API. */
export const archiveOps = {
  archives: op({
    effect: "read",
    http: { method: "GET", path: "/archives" },
    actor: "required",
    input: Type.Object(
      {
        search: Type.Optional(Type.String({ maxLength: 100 })),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({
      archives: Type.Array(ArchiveSummary),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  archive: op({
    effect: "read",
    http: { method: "GET", path: "/archives/:id" },
    actor: "required",
    input: Type.Object({ id: Id }, { additionalProperties: false }),
    output: Type.Object({
      ...ArchiveSummary.properties,
      variables: Type.Record(Type.String(), Type.Unknown()),
      forms: Type.Array(FormSchema),
      history: Type.Array(HistoryEntry),
      /** Absent where the process names no papers, and in archives from before it could. */
      documents: Type.Optional(Type.Array(FiledDocument)),
      signatures: Type.Array(SignatureCheck),
      intact: Type.Boolean(),
    }),
  }),
  /** The archive item as a PDF with the signature of the site: a file of the one who asks, for a day. */
  archiveDocument: op({
    effect: "write",
    http: { method: "POST", path: "/archives/:id/document" },
    actor: "required",
    input: Type.Object({ id: Id }, { additionalProperties: false }),
    output: FileRef,
  }),
};
