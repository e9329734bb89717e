import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { Credentials, Origin } from "./sign-in.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText, Name } from "./text.js";

/** A position somebody holds in a department. */
export const HeldPosition = Type.Object({
  id: Name,
  title: LocalText,
  department: Name,
  departmentTitle: LocalText,
  /** Whose it is, where that person has given it for a while. */
  onBehalfOf: Type.Optional(ActorRef),
});
export type HeldPosition = Static<typeof HeldPosition>;

/** The person who acts, with what follows from the positions held. */
export const Profile = Type.Object({
  id: Id,
  name: Type.String(),
  username: Type.String(),
  bureau: Name,
  bureauTitle: LocalText,
  department: Name,
  departmentTitle: LocalText,
  positions: Type.Array(HeldPosition),
  /** Ids of permissions, e.g. `asset-tracking.view`, `site.plugins`. */
  permissions: Type.Array(Type.String()),
});
export type Profile = Static<typeof Profile>;

/** Claims of an actor token (EdDSA JWT, at most five minutes): `aud` is the only caller that may present it. */
export const ActorClaims = Type.Object({
  /** Id of a person, or `client:<id>` of a machine. */
  sub: Type.String(),
  name: Type.String(),
  bureau: Name,
  aud: Type.String(),
  exp: Type.Integer(),
  /** Where the person sits, as the gateway knows it, and a mark of the session: for the audit trail. */
  address: Type.Optional(Type.String({ maxLength: 60 })),
  session: Type.Optional(Type.String({ maxLength: 64 })),
  /** When the person last proved who they are, in seconds since the epoch. */
  signedInAt: Type.Optional(Type.Integer()),
  /** For whom the person acts, where it is not for themselves. */
  onBehalfOf: Type.Optional(ActorRef),
  /** Of a machine, which holds no positions: what it may do by this call. */
  permissions: Type.Optional(Type.Array(Type.String())),
});
export type ActorClaims = Static<typeof ActorClaims>;

/** Who people are and what they may do. */
export const authApi = defineApi("auth", 1, {
  /**
   * Same answer and time for a wrong password, an unknown name and somebody who has left; the session's secret goes into the
   * cookie. Repeated with what is asked for, as a whole.
   * @throws 401 `new-password-required` with the `rules`; `second-factor-required` with the `methods`, and for passkeys the
   * `passkey` options of WebAuthn; `second-factor-enrolment-required` with the `secret` and its `uri`, to be confirmed with a
   * `code`. 401 `second-factor-failed`, 400 `password-refused` with the `reasons`, 429 `too-many-requests`.
   */
  signIn: op({
    effect: "write",
    callers: "kernel",
    input: Type.Object(
      {
        username: Type.String({ maxLength: 100 }),
        ...Credentials,
        newPassword: Type.Optional(Type.String({ maxLength: 1_000 })),
        ...Origin,
        /** The session that the browser had until now; it ends. */
        session: Type.Optional(Type.String({ maxLength: 200 })),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({ session: Type.String(), profile: Profile, expiresAt: Instant }),
  }),
  /** The person of a session proves again who they are; the session goes on under a new secret. Errors as of `signIn`. */
  signInAgain: op({
    effect: "write",
    callers: "kernel",
    input: Type.Object(
      { session: Type.String({ maxLength: 200 }), ...Credentials, ...Origin },
      { additionalProperties: false },
    ),
    output: Type.Object({ session: Type.String(), expiresAt: Instant }),
  }),
  signOut: op({
    effect: "write",
    callers: "kernel",
    input: Type.Object({ session: Type.String({ maxLength: 200 }) }, { additionalProperties: false }),
    output: Type.Object({}),
  }),
  /** Turns a session into the profile and an actor token for `audience`; 401 `session-expired` when it is over. */
  authenticate: op({
    effect: "read",
    callers: "kernel",
    input: Type.Object(
      {
        session: Type.String({ maxLength: 200 }),
        audience: Name,
        /** Of the client, for the audit trail. */
        address: Type.Optional(Type.String({ maxLength: 60 })),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({ profile: Profile, token: Type.String() }),
  }),
  me: op({
    effect: "read",
    http: { method: "GET", path: "/me" },
    actor: "required",
    input: Type.Object({}, { additionalProperties: false }),
    output: Profile,
  }),
  /** People of the bureau by department and position; the organisation page, pickers. */
  people: op({
    effect: "read",
    http: { method: "GET", path: "/people" },
    input: Type.Object(
      {
        /** Part of the name, or the beginning of the user name, of the name's initials or of its pinyin. */
        search: Type.Optional(Type.String({ maxLength: 60 })),
        position: Type.Optional(Name),
        department: Type.Optional(Name),
        ids: Type.Optional(Type.Array(Id, { maxItems: 200 })),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({
      people: Type.Array(
        Type.Object({
          id: Id,
          name: Type.String(),
          /** For who keeps the organisation only. */
          username: Type.Optional(Type.String()),
          department: Name,
          departmentTitle: LocalText,
          positions: Type.Array(HeldPosition),
        }),
      ),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  departments: op({
    effect: "read",
    http: { method: "GET", path: "/departments" },
    input: Type.Object({}, { additionalProperties: false }),
    output: Type.Object({
      departments: Type.Array(Type.Object({ id: Name, title: LocalText, parent: Type.Optional(Name) })),
    }),
  }),
  /** Whether the actor may do `action` (a permission id) here, and why, in words. */
  check: op({
    effect: "read",
    actor: "required",
    input: Type.Object({ action: Type.String({ maxLength: 100 }) }, { additionalProperties: false }),
    output: Type.Object({ allowed: Type.Boolean(), reason: LocalText }),
  }),
});
export type AuthApi = typeof authApi;
