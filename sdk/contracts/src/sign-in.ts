import { Type, type Static } from "typebox";

/** What somebody proves with who they are. */
export const Credentials = {
  password: Type.String({ maxLength: 1_000 }),
  /** Of an authenticator app: six digits. */
  code: Type.Optional(Type.String({ maxLength: 20 })),
  /** Answer of the browser to the passkey options (WebAuthn, as JSON). */
  passkey: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
};

/** From where, as the gateway knows it. */
export const Origin = {
  address: Type.String({ maxLength: 60 }),
  /** The browser, in few words. */
  agent: Type.Optional(Type.String({ maxLength: 100 })),
  /** Host name by which the browser reaches the site; passkeys belong to one. */
  host: Type.Optional(Type.String({ maxLength: 255 })),
};

/** What a new password must be; besides, none that is easily guessed or holds the person's name. */
export const PasswordRules = Type.Object({
  minLength: Type.Integer(),
  maxLength: Type.Integer(),
  /** Three of: capital letters, small letters, digits, others. */
  complexity: Type.Boolean(),
  /** So many former ones may not come back; 0: any may. */
  remembered: Type.Integer(),
});
export type PasswordRules = Static<typeof PasswordRules>;

/** Why a password is refused. */
export const PASSWORD_REASONS = [
  "too-short",
  "too-long",
  "not-mixed",
  "too-common",
  "contains-name",
  "contains-word",
  "used-before",
] as const;
export type PasswordReason = (typeof PASSWORD_REASONS)[number];
