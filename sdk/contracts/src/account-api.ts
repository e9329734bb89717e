import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { PasswordRules } from "./sign-in.js";
import { Id, Instant } from "./text.js";

/** Where somebody is signed in. */
export const SessionInfo = Type.Object({
  id: Type.String(),
  createdAt: Instant,
  /** To a minute. */
  usedAt: Instant,
  address: Type.Optional(Type.String()),
  agent: Type.Optional(Type.String()),
  /** Whether it is the one that asks. */
  current: Type.Boolean(),
});
export type SessionInfo = Static<typeof SessionInfo>;

/** The second factors of a person, and what the site wants. */
export const SecondFactors = Type.Object({
  policy: Type.Enum(["off", "offered", "required"]),
  /** The authenticator app, where there is one. */
  totp: Type.Optional(Type.Object({ addedAt: Instant, usedAt: Type.Optional(Instant) })),
  passkeys: Type.Array(
    Type.Object({ id: Type.String(), name: Type.String(), addedAt: Instant, usedAt: Type.Optional(Instant) }),
  ),
});
export type SecondFactors = Static<typeof SecondFactors>;

const closed = { additionalProperties: false };
const SessionId = Type.String({ maxLength: 64 });
const own = { callers: "kernel", actor: "required" } as const;

/** A person's own account: password, second factors, sessions. */
export const accountApi = defineApi("account", 1, {
  passwordRules: op({
    ...own,
    effect: "read",
    http: { method: "GET", path: "/me/password-rules" },
    input: Type.Object({}, closed),
    output: PasswordRules,
  }),
  /** Replaces one's own password and ends one's other sessions; 400 `password-refused`, 401 `sign-in-failed`. */
  changePassword: op({
    ...own,
    effect: "write",
    http: { method: "POST", path: "/me/password" },
    input: Type.Object(
      { password: Type.String({ maxLength: 1_000 }), newPassword: Type.String({ maxLength: 1_000 }) },
      closed,
    ),
    output: Type.Object({}),
  }),
  secondFactors: op({
    ...own,
    effect: "read",
    http: { method: "GET", path: "/me/second-factors" },
    input: Type.Object({}, closed),
    output: SecondFactors,
  }),
  /** A new secret for an authenticator app; it counts once a code of it is given to `confirmTotp`. */
  beginTotp: op({
    ...own,
    effect: "write",
    recent: true,
    http: { method: "POST", path: "/me/totp" },
    input: Type.Object({}, closed),
    output: Type.Object({ secret: Type.String(), uri: Type.String() }),
  }),
  confirmTotp: op({
    ...own,
    effect: "write",
    recent: true,
    http: { method: "POST", path: "/me/totp/confirm" },
    input: Type.Object({ code: Type.String({ maxLength: 20 }) }, closed),
    output: Type.Object({}),
  }),
  /** 409 `conflict` where it is the last factor and the site requires one. */
  removeTotp: op({
    ...own,
    effect: "write",
    recent: true,
    http: { method: "DELETE", path: "/me/totp" },
    input: Type.Object({}, closed),
    output: Type.Object({}),
  }),
  /** Options for the browser to make a passkey with; `origin` is that of the page. */
  beginPasskey: op({
    ...own,
    effect: "write",
    recent: true,
    http: { method: "POST", path: "/me/passkeys/begin" },
    input: Type.Object({ origin: Type.String({ maxLength: 300 }) }, closed),
    output: Type.Object({ options: Type.Record(Type.String(), Type.Unknown()) }),
  }),
  addPasskey: op({
    ...own,
    effect: "write",
    recent: true,
    http: { method: "POST", path: "/me/passkeys" },
    input: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 40 }),
        origin: Type.String({ maxLength: 300 }),
        response: Type.Record(Type.String(), Type.Unknown()),
      },
      closed,
    ),
    output: Type.Object({ id: Type.String() }),
  }),
  removePasskey: op({
    ...own,
    effect: "write",
    recent: true,
    http: { method: "DELETE", path: "/me/passkeys/:passkey" },
    input: Type.Object({ passkey: Type.String({ maxLength: 64 }) }, closed),
    output: Type.Object({}),
  }),
  /** One's own sessions, latest used first; those of another person of the bureau take `site.security`. */
  sessions: op({
    ...own,
    effect: "read",
    http: { method: "GET", path: "/sessions" },
    input: Type.Object({ person: Type.Optional(Id) }, closed),
    output: Type.Object({ sessions: Type.Array(SessionInfo) }),
  }),
  /** Ends a session, one's own or with `site.security` another's of the bureau, which takes a sign-in of the last ten minutes. */
  endSession: op({
    ...own,
    effect: "write",
    http: { method: "POST", path: "/sessions/:session/end" },
    input: Type.Object({ session: SessionId }, closed),
    output: Type.Object({}),
  }),
  /** Ends all sessions of a person, as `endSession` does; of oneself all but the one that asks. */
  endAllSessions: op({
    ...own,
    effect: "write",
    http: { method: "POST", path: "/sessions/end-all" },
    input: Type.Object({ person: Type.Optional(Id) }, closed),
    output: Type.Object({ ended: Type.Integer() }),
  }),
});
export type AccountApi = typeof accountApi;
