import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { ActorRef, Cursor, Instant, Limit, Name } from "./text.js";

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
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
  trace: Type.Optional(Type.String()),
  hash: Type.Optional(Type.String()),
});
export type AuditRecord = Static<typeof AuditRecord>;

const Word = Type.String({ minLength: 1, maxLength: 150 });

/** The audit trail of the caller's bureau; takes `site.audit`. */
export const auditApi = defineApi("audit", 1, {
  /** Entries by who, what, when and on what, newest first; reading them is an entry itself. */
  list: op({
    effect: "read",
    audited: true,
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/audit" },
    input: Type.Object(
      {
        /** Id of a person, or `plugin:<id>`. */
        actor: Type.Optional(Word),
        caller: Type.Optional(Name),
        action: Type.Optional(Word),
        /** A resource, or with `*` at its end all that begin so: `asset-tracking.equipment/*`. */
        resource: Type.Optional(Word),
        result: Type.Optional(Type.Enum(["ok", "denied", "failed"])),
        from: Type.Optional(Instant),
        /** Up to, but without. */
        to: Type.Optional(Instant),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({ entries: Type.Array(AuditRecord), nextCursor: Type.Optional(Cursor) }),
  }),
});
export type AuditApi = typeof auditApi;
