import { Type } from "typebox";
import { op } from "./api.js";
import { Day, Id, Instant, Name } from "./text.js";

const closed = { additionalProperties: false };
const Reason = Type.String({ minLength: 2, maxLength: 200 });
const administered = { callers: "kernel", actor: "required", effect: "write" } as const;

/** A password for the first sign-in, which asks for another. It is in this answer only. */
const OneTimePassword = Type.Object({ person: Id, password: Type.String(), validUntil: Instant });

/** Accounts of people, of the caller's bureau; all take `site.people`. Part of `organisationApi`. */
export const peopleOps = {
  /** 409 `not-unique` for a user name that somebody has or had. */
  addPerson: op({
    ...administered,
    http: { method: "POST", path: "/organisation/people" },
    input: Type.Object(
      {
        username: Type.String({ pattern: "^[a-z][a-z0-9.-]{1,39}$" }),
        name: Type.String({ minLength: 1, maxLength: 60 }),
        department: Name,
      },
      closed,
    ),
    output: OneTimePassword,
  }),
  /** `from`: since when it is so, for the audit trail. */
  changePerson: op({
    ...administered,
    http: { method: "PATCH", path: "/organisation/people/:person" },
    input: Type.Object(
      {
        person: Id,
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
        department: Type.Optional(Name),
        from: Type.Optional(Day),
      },
      closed,
    ),
    output: Type.Object({}),
  }),
  /**
   * A new one-time password for somebody who has lost theirs, or whose account was disabled because it was not used; second
   * factors stay, sessions end. 409 `conflict` for an administrator without a second factor: it takes the operator of the site.
   */
  resetPassword: op({
    ...administered,
    recent: true,
    http: { method: "POST", path: "/organisation/people/:person/reset-password" },
    input: Type.Object({ person: Id, reason: Reason }, closed),
    output: OneTimePassword,
  }),
  /** Asks that the second factors of somebody who has lost them be removed; takes effect when a second person agrees. */
  resetSecondFactor: op({
    ...administered,
    recent: true,
    http: { method: "POST", path: "/organisation/people/:person/reset-second-factor" },
    input: Type.Object({ person: Id, reason: Reason }, closed),
    output: Type.Object({ change: Id }),
  }),
  /**
   * Somebody leaves: after the day `until`, or at once when absent or over. Positions and delegations end with it, sessions too.
   * Answers how many tasks wait for the person alone or among others.
   */
  leave: op({
    ...administered,
    http: { method: "POST", path: "/organisation/people/:person/leave" },
    input: Type.Object({ person: Id, until: Type.Optional(Day), reason: Reason }, closed),
    output: Type.Object({ openTasks: Type.Integer() }),
  }),
};
