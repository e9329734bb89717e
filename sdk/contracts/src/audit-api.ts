import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText, Name } from "./text.js";

/** The permission to read the audit trail; an audit administrator's, and nobody's who administers anything else. */
export const AUDIT_PERMISSION = "site.audit";

/** What somebody did or tried, as the audit trail has it. */
export const AuditRecord = Type.Object({
  /** Place in the bureau's chain; absent in the first second, while the entry waits to be linked. */
  seq: Type.Optional(Type.Integer()),
  at: Instant,
  actor: ActorRef,
  onBehalfOf: Type.Optional(ActorRef),
  /** `gateway`, a plugin or a part of the kernel. */
  caller: Type.String(),
  address: Type.Optional(Type.String()),
  session: Type.Optional(Type.String()),
  action: Type.String(),
  resource: Type.String(),
  result: Type.Enum(["ok", "denied", "failed"]),
  /** Error code of what was denied or failed. */
  reason: Type.Optional(Type.String()),
  /** The beginning of their JSON as a text where they are very long. */
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
  trace: Type.Optional(Type.String()),
  hash: Type.Optional(Type.String()),
});
export type AuditRecord = Static<typeof AuditRecord>;

/** A look at a bureau's whole chain, which goes on by itself once it is begun. */
export const AuditVerification = Type.Object({
  id: Id,
  /** `broken-off`: the kernel ended meanwhile. */
  state: Type.Enum(["running", "done", "failed", "broken-off"]),
  startedAt: Instant,
  finishedAt: Type.Optional(Instant),
  startedBy: ActorRef,
  /** Entries looked at, of how many there were at the beginning. */
  entries: Type.Integer(),
  total: Type.Integer(),
  anchors: Type.Integer(),
  /** What was done to the chain or its anchors, and where; empty: all is whole, as far as it was looked at. */
  problems: Type.Array(
    Type.Object({
      kind: Type.Enum([
        "edited",
        "deleted",
        "swapped",
        "cut-tail",
        "rewritten",
        "old-head",
        "forged-anchor",
        "missing-anchor",
        "key-mismatch",
        "unanchored",
      ]),
      /** The entry concerned, the anchor, and the entry it was exchanged with. */
      seq: Type.Optional(Type.Integer()),
      anchor: Type.Optional(Type.Integer()),
      other: Type.Optional(Type.Integer()),
    }),
  ),
});
export type AuditVerification = Static<typeof AuditVerification>;

const Word = Type.String({ minLength: 1, maxLength: 150 });

const filters = {
  /** Id of a person, or `plugin:<id>`. */
  actor: Type.Optional(Word),
  caller: Type.Optional(Name),
  action: Type.Optional(Word),
  /** A resource, or with `*` at its end all that begin so: `asset-tracking.equipment/*`. */
  resource: Type.Optional(Word),
  result: Type.Optional(Type.Enum(["ok", "denied", "failed"])),
  address: Type.Optional(Word),
  from: Type.Optional(Instant),
  /** Up to, but without. */
  to: Type.Optional(Instant),
  cursor: Type.Optional(Cursor),
};
const closed = { additionalProperties: false };
const reading = { callers: "kernel", actor: "required" } as const;

/** The audit trail of the caller's bureau; takes `site.audit`. */
export const auditApi = defineApi("audit", 1, {
  /**
   * Entries by who, what, when, on what and from where, newest first; reading them is an entry itself. A search for what is rare
   * may stop early, with what it has found: `searchedTo` says how far it came, and the cursor goes on from there.
   */
  list: op({
    ...reading,
    effect: "read",
    audited: true,
    http: { method: "GET", path: "/audit" },
    input: Type.Object({ ...filters, limit: Type.Optional(Limit) }, closed),
    output: Type.Object({
      entries: Type.Array(AuditRecord),
      /** Titles of the collections whose records the entries are about, and of their fields, where they are known now. */
      collections: Type.Record(
        Type.String(),
        Type.Object({ title: LocalText, fields: Type.Record(Type.String(), LocalText) }),
      ),
      nextCursor: Type.Optional(Cursor),
      searchedTo: Type.Optional(Instant),
    }),
  }),
  /** The same as lines of CSV, a page at a time; the first has the headings. No cell is taken for a formula. */
  export: op({
    ...reading,
    effect: "read",
    audited: true,
    http: { method: "GET", path: "/audit/export" },
    input: Type.Object(filters, closed),
    output: Type.Object({
      csv: Type.String(),
      /** Entries in it. */
      count: Type.Integer(),
      nextCursor: Type.Optional(Cursor),
      searchedTo: Type.Optional(Instant),
    }),
  }),
  /** Begins to look at the whole chain and its anchors; the one under way, where there is one. */
  verify: op({
    ...reading,
    effect: "write",
    http: { method: "POST", path: "/audit/verifications" },
    input: Type.Object({}, closed),
    output: AuditVerification,
  }),
  /** The latest looks at the chain, latest first. */
  verifications: op({
    ...reading,
    effect: "read",
    http: { method: "GET", path: "/audit/verifications" },
    input: Type.Object({ limit: Type.Optional(Limit) }, closed),
    output: Type.Object({ verifications: Type.Array(AuditVerification) }),
  }),
});
export type AuditApi = typeof auditApi;
