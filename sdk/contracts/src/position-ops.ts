import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { Cursor, Id, Limit, LocalText, Name } from "./text.js";

const DutyText = {
  title: LocalText,
  /** The law or rule it follows from (依据). */
  basis: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  /** Key of the process it is done in. */
  matter: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  /** Working days within which it is to be done. */
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
};

/** Something that a position of a bureau has to do (岗责). */
export const Duty = Type.Object({ id: Id, version: Type.Integer(), position: Name, ...DutyText });
export type Duty = Static<typeof Duty>;

const closed = { additionalProperties: false };

/** What belongs to a position: duties and permissions. Part of the organisation API. */
export const positionOps = {
  /** The permissions of the bureau, each with the positions that give it. */
  rules: op({
    effect: "read",
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/organisation/rules" },
    input: Type.Object({}, closed),
    output: Type.Object({
      rules: Type.Array(Type.Object({ permission: Type.String(), title: LocalText, positions: Type.Array(Name) })),
    }),
  }),
  /** The duties of the bureau's positions, or of one of them; by position, in the order in which they were entered. */
  duties: op({
    effect: "read",
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/organisation/duties" },
    input: Type.Object(
      { position: Type.Optional(Name), limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) },
      closed,
    ),
    output: Type.Object({
      duties: Type.Array(Duty),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  /**
   * Adds a duty, or replaces the one named in the version that was seen. Takes `site.people`.
   * @throws 409 `stale-version` when somebody else has changed it meanwhile.
   */
  setDuty: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/organisation/duties" },
    input: Type.Object(
      {
        replaces: Type.Optional(Type.Object({ id: Id, version: Type.Integer() }, closed)),
        position: Name,
        ...DutyText,
      },
      closed,
    ),
    output: Duty,
  }),
  /** Takes a duty away. Takes `site.people`. */
  removeDuty: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "DELETE", path: "/organisation/duties/:duty" },
    input: Type.Object({ duty: Id }, closed),
    output: Type.Object({}),
  }),
};
