import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { FileRef } from "./file.js";
import { FormSchema } from "./form.js";
import { HistoryEntry } from "./history.js";
import { SignatureCheck } from "./signature-api.js";
import { ActorRef, Cursor, Day, Id, Instant, Limit, LocalText } from "./text.js";

const closed = { additionalProperties: false };

/** How long archives are kept: for good, or years after the one in which the matter ended. */
export const RetentionClass = Type.Enum(["permanent", "30", "10"]);
export type RetentionClass = Static<typeof RetentionClass>;

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
  retention: RetentionClass,
  /** From when on it may be disposed of; absent for what is kept for good. */
  retainUntil: Type.Optional(Instant),
  /** Whether it must be kept whatever its retention says. */
  held: Type.Boolean(),
  /** When its content was removed: the entry stays. */
  disposedAt: Type.Optional(Instant),
});
export type ArchiveSummary = Static<typeof ArchiveSummary>;

/** That an archive must be kept whatever its retention says. */
export const ArchiveHold = Type.Object({ by: ActorRef, at: Instant, reason: Type.String() });
export type ArchiveHold = Static<typeof ArchiveHold>;

/** Who agreed to the disposal of an archive, when, why, and in which matter. */
export const ArchiveDisposal = Type.Object({
  by: Type.Array(ActorRef),
  at: Instant,
  reason: Type.String(),
  instance: Id,
  number: Type.String(),
});
export type ArchiveDisposal = Static<typeof ArchiveDisposal>;

/**
 * Which of a job's matter's variables is meant: one that lists numbers of archives, as text or as a list. What the people who
 * agreed have seen is what is done.
 */
const ofJob = { job: Id, variable: Type.String({ pattern: "^[a-z][A-Za-z0-9]{0,39}$" }) };

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
  /** What the actor may see: with `site.archives` the bureau's, else own matters, those one had a task in, and what is lent. */
  archives: op({
    effect: "read",
    http: { method: "GET", path: "/archives" },
    actor: "required",
    input: Type.Object(
      {
        search: Type.Optional(Type.String({ maxLength: 100 })),
        /** Key of the process. */
        matter: Type.Optional(Type.String({ maxLength: 100 })),
        applicant: Type.Optional(Id),
        retention: Type.Optional(RetentionClass),
        /** `due`: retention has ended, nothing holds it; `held`; `disposed`. */
        state: Type.Optional(Type.Enum(["due", "held", "disposed"])),
        /** Ended on these days or between them. */
        from: Type.Optional(Day),
        to: Type.Optional(Day),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      closed,
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
    input: Type.Object({ id: Id }, closed),
    output: Type.Object({
      ...ArchiveSummary.properties,
      variables: Type.Record(Type.String(), Type.Unknown()),
      forms: Type.Array(FormSchema),
      history: Type.Array(HistoryEntry),
      /** Absent where the process names no papers, and in archives from before it could. */
      documents: Type.Optional(Type.Array(FiledDocument)),
      signatures: Type.Array(SignatureCheck),
      attachments: Type.Array(
        Type.Object({ file: Id, name: Type.String(), size: Type.Integer(), sha256: Type.String() }),
      ),
      /** Always so where the content was disposed of: nothing is left that could differ. */
      intact: Type.Boolean(),
      hold: Type.Optional(ArchiveHold),
      disposal: Type.Optional(ArchiveDisposal),
      /** Whether the actor may hold it and let it go. */
      mayHold: Type.Boolean(),
    }),
  }),
  /** The archive item as a PDF with the signature of the site: a file of the one who asks, for a day. */
  archiveDocument: op({
    effect: "write",
    http: { method: "POST", path: "/archives/:id/document" },
    actor: "required",
    input: Type.Object({ id: Id }, closed),
    output: FileRef,
  }),
  /** The archive item with its files as one .zip that proves itself by its manifest: a file of the one who asks, for a day. */
  archivePackage: op({
    effect: "write",
    http: { method: "POST", path: "/archives/:id/package" },
    actor: "required",
    input: Type.Object({ id: Id }, closed),
    output: FileRef,
  }),
  /** Keeps an archive from disposal, or lets it go again; takes `site.archives`. */
  holdArchive: op({
    effect: "write",
    http: { method: "POST", path: "/archives/:id/hold" },
    actor: "required",
    callers: "kernel",
    input: Type.Object({ id: Id, held: Type.Boolean(), reason: Type.String({ minLength: 2, maxLength: 500 }) }, closed),
    output: ArchiveSummary,
  }),
  /**
   * For a job of a plugin that may (`grants.archives` in its manifest): lets the applicant of the job's matter read archives
   * until the end of a day. 409 `conflict` with `details.archives` for those that are not there any more.
   */
  lendArchives: op({
    effect: "write",
    input: Type.Object({ ...ofJob, until: Day }, closed),
    output: Type.Object({ archives: Type.Integer() }),
  }),
  /**
   * For a job of a plugin that may (`grants.archives`): removes the content of archives; the entry, its seal and who agreed stay. Two
   * people, neither of them the applicant, must have approved steps of the job's matter. All of them or none: 409 `conflict`
   * with `details.archives` for those whose retention has not ended, that are held, or gone already.
   */
  disposeArchives: op({
    effect: "write",
    input: Type.Object({ ...ofJob, reason: Type.String({ minLength: 2, maxLength: 2000 }) }, closed),
    output: Type.Object({ archives: Type.Integer() }),
  }),
};
