import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import { type AuditTrail, type Database, type Row, type Transaction } from "@jinshui/storage";
import type { Organisation, Person } from "../people/organisation.js";
import { passwordFits } from "../people/passwords.js";
import type { SignInFailures } from "../session/failures.js";
import type { Client, Sessions } from "../session/sessions.js";
import type { OwnPasswords } from "./own-passwords.js";
import type { SecondFactors, Shown } from "./second-factors.js";

/** What somebody who signs in brings. */
export interface Attempt extends Shown, Client {
  username: string;
  password: string;
  newPassword?: string;
}

/** Passwords that other directories keep. Both throw JinshuiError `unavailable` while a directory does not answer. */
export interface OutsidePasswords {
  /** Whether the password of a person is right; `undefined` for somebody whose password no directory keeps. */
  check(person: Row, password: string): Promise<boolean | undefined>;
  /** Makes a person of a user name that nobody has here, if a directory that may knows both name and password. */
  admit(username: string, password: string): Promise<boolean>;
}

/** That another issuer says who somebody is. */
export interface Vouched extends Client {
  person: string;
  /** The issuer. */
  source: string;
  /** It has asked for a second factor. */
  assured: boolean;
}

export interface SignInParts {
  database: Database;
  organisation: Organisation;
  sessions: Sessions;
  failures: SignInFailures;
  passwords: OwnPasswords;
  factors: SecondFactors;
  trail: AuditTrail;
  clock: () => number;
}

/** Who keeps a password: this site, or a directory elsewhere. */
type Keeper = "own" | "outside";

/** Codes of errors that may have been guesses. */
const FAILURES = new Set(["sign-in-failed", "second-factor-failed"]);

/** Lets people in who prove who they are. Failures are counted and audited, whatever it was that failed. */
export class SignIn {
  /** Asked about everybody who signs in with a password, where it is set. */
  outside: OutsidePasswords | undefined;

  constructor(readonly parts: SignInParts) {}

  /** A new session. `previous`: the one the browser had, which ends. */
  async open(
    attempt: Attempt,
    previous: string | undefined,
  ): Promise<{ person: Person; secret: string; expiresAt: string }> {
    const { sessions } = this.parts;
    return this.#prove(attempt, async (tx, person) => {
      if (previous !== undefined) await sessions.close(tx, previous);
      const { secret, mark, expiresAt } = await sessions.open(tx, person.id, attempt);
      this.#note(tx, person, "sign-in", { ...clientOf(attempt), session: mark });
      return { person, secret, expiresAt };
    });
  }

  /**
   * A new session for somebody another issuer has vouched for.
   * @throws JinshuiError `sign-in-failed` when they may not sign in, `second-factor-required` when ours would be asked for.
   */
  async vouched(by: Vouched, previous: string | undefined): Promise<{ secret: string; expiresAt: string }> {
    const { database, organisation, sessions, factors, clock } = this.parts;
    const person = await organisation.person(by.person);
    if (!person) throw new JinshuiError("sign-in-failed", `${by.person} may not sign in`);
    if (!by.assured) await factors.requireNone(person.id);
    return database.transaction(
      async (tx) => {
        if (previous !== undefined) await sessions.close(tx, previous);
        await tx.update("person", { id: person.id }, { signed_in_at: new Date(clock()).toISOString() });
        const { secret, mark, expiresAt } = await sessions.open(tx, person.id, by);
        this.#note(tx, person, "sign-in", { address: by.address, session: mark }, { source: by.source });
        return { secret, expiresAt };
      },
      { essential: true },
    );
  }

  /** Somebody signs out. A session that is over already has nobody who could. */
  async end(session: string): Promise<void> {
    const { database, organisation, sessions } = this.parts;
    const open = await sessions.find(session).catch(() => undefined);
    const person = open && (await organisation.person(open.person));
    await database.transaction(
      async (tx) => {
        await sessions.close(tx, session);
        if (!open || !person) return;
        const { id, name, bureau } = person;
        const client = { session: open.mark };
        tx.audit({ bureau, actor: { id, name }, client, action: "sign-out", resource: `person/${id}` });
      },
      { essential: true },
    );
  }

  /** The session of somebody who proves again who they are, under a new secret. */
  async again(session: string, attempt: Omit<Attempt, "username">): Promise<{ secret: string; expiresAt: string }> {
    const { sessions, organisation } = this.parts;
    const found = await sessions.find(session);
    const known = await organisation.person(found.person);
    if (!known) throw new JinshuiError("session-expired", "The person of this session no longer exists");
    return this.#prove({ ...attempt, username: known.username }, async (tx, person) => {
      const secret = await sessions.rotate(tx, session);
      this.#note(tx, person, "sign-in-again", { ...clientOf(attempt), session: found.mark });
      return { secret, expiresAt: found.expiresAt };
    });
  }

  /**
   * Does something for somebody whose password is right; what fails of the password and in `work` is counted and audited.
   * `work` gets the person's row and who keeps the password, and ends with a transaction that calls `proven`.
   */
  async withPassword<T>(
    { username, password, address, agent }: Pick<Attempt, "username" | "password" | "address" | "agent">,
    work: (row: Row, proven: (tx: Transaction) => Promise<void>, keeper: Keeper) => Promise<T>,
  ): Promise<T> {
    const { database, organisation, failures, passwords } = this.parts;
    await failures.begin(username, address).catch(async (error: unknown) => {
      await this.#refused(username, { address, agent }, "too-many-requests");
      throw error;
    });
    let row: Row | undefined;
    try {
      const find = (): Promise<Row | undefined> =>
        database.findOne("person", { and: [{ username }, organisation.active()] });
      row = await find();
      const keeper = await this.#keeper(row, username, password);
      if (keeper === "outside") row ??= await find();
      if (!row || !keeper || (keeper === "own" && passwords.due(row) === "over"))
        throw new JinshuiError("sign-in-failed", "User name or password is wrong");
      return await work(row, (tx) => failures.clear(tx, username), keeper);
    } catch (error) {
      if (isJinshuiError(error) && FAILURES.has(error.code)) {
        await failures.add(username, address);
        await this.#refused(username, { address, agent }, error.code, row);
      }
      throw error;
    } finally {
      failures.end(username);
    }
  }

  /** Who says that the password is right. A hash is compared in any case, so that time tells little. */
  async #keeper(row: Row | undefined, username: string, password: string): Promise<Keeper | undefined> {
    const [own, outside] = await Promise.all([
      passwordFits(row && String(row["password_hash"]), password),
      row ? this.outside?.check(row, password) : this.outside?.admit(username, password),
    ]);
    if (outside === undefined) return own ? "own" : undefined;
    return outside ? "outside" : undefined;
  }

  #prove<T>(attempt: Attempt, admit: (tx: Transaction, person: Person) => Promise<T>): Promise<T> {
    const { database, organisation, passwords, factors, clock } = this.parts;
    return this.withPassword(attempt, async (row, proven, keeper) => {
      const [person] = await organisation.people([row]);
      if (!person) throw new JinshuiError("sign-in-failed", "User name or password is wrong");
      // the second factor comes last: its code is then as young as can be
      const renewed =
        keeper === "own" ? await passwords.renew(row, attempt.password, attempt.newPassword) : () => Promise.resolve();
      const used = await factors.check(person, attempt);
      return database.transaction(
        async (tx) => {
          await used(tx);
          await renewed(tx);
          await tx.update("person", { id: person.id }, { signed_in_at: new Date(clock()).toISOString() });
          await proven(tx);
          return admit(tx, person);
        },
        { essential: true },
      );
    });
  }

  #note(
    tx: Transaction,
    { id, name, bureau }: Person,
    action: string,
    { agent, ...client }: Client & { session: string },
    about: object = {},
  ): void {
    const known = { ...(agent === undefined ? {} : { agent }), ...about };
    const after = Object.keys(known).length === 0 ? {} : { after: known };
    tx.audit({ bureau, actor: { id, name }, client, action, resource: `person/${id}`, ...after });
  }

  #refused(
    username: string,
    { address, agent }: { address: string; agent: string | undefined },
    reason: string,
    row?: Row,
  ): Promise<void> {
    const { trail, organisation } = this.parts;
    return trail.audit({
      bureau: row ? String(row["bureau"]) : (organisation.bureaus()[0]?.bureau ?? "site"),
      actor: { id: "anonymous", name: address },
      client: { address },
      action: "sign-in-failed",
      resource: `person/${username.slice(0, 40)}`,
      result: "denied",
      reason,
      ...(agent === undefined || agent === "" ? {} : { after: { agent } }),
    });
  }
}

function clientOf({ address, agent }: Client): Client {
  return agent === undefined || agent === "" ? { address } : { address, agent };
}
