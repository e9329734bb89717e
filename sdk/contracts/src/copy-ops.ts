import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText } from "./text.js";

const closed = { additionalProperties: false };

/** A matter that somebody was sent to read. */
export const Copy = Type.Object({
  id: Id,
  instance: Id,
  number: Type.String(),
  title: Type.String(),
  definitionTitle: LocalText,
  applicant: ActorRef,
  state: Type.String(),
  /** The step that it was sent at. */
  step: Type.Optional(Type.String()),
  /** Who sent it; absent where the process did. */
  by: Type.Optional(ActorRef),
  note: Type.Optional(Type.String()),
  at: Instant,
  readAt: Type.Optional(Instant),
});
export type Copy = Static<typeof Copy>;

/** Copies of matters for people who have nothing to do in them. Part of `workflowApi`. */
export const copyOps = {
  /** The actor's own, newest first. */
  copies: op({
    effect: "read",
    actor: "required",
    http: { method: "GET", path: "/copies" },
    input: Type.Object(
      {
        unread: Type.Optional(Type.Boolean()),
        search: Type.Optional(Type.String({ maxLength: 100 })),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      closed,
    ),
    output: Type.Object({
      copies: Type.Array(Copy),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
      unread: Type.Integer(),
    }),
  }),
  readCopies: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/copies/read" },
    input: Type.Object({ ids: Type.Array(Id, { minItems: 1, maxItems: 200 }) }, closed),
    output: Type.Object({ unread: Type.Integer() }),
  }),
  /** Sends a matter to colleagues of one's bureau to read, for whoever may see it. */
  sendCopies: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/instances/:id/copies" },
    input: Type.Object(
      {
        id: Id,
        people: Type.Array(Id, { minItems: 1, maxItems: 50, uniqueItems: true }),
        note: Type.Optional(Type.String({ maxLength: 200 })),
      },
      closed,
    ),
    output: Type.Object({ sent: Type.Integer() }),
  }),
};
