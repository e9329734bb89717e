import { JinshuiError, type SessionInfo } from "@jinshui/contracts";
import { type Database, pageOf, type Row, type Transaction, type Where } from "@jinshui/storage";
import { createHash, randomBytes } from "node:crypto";

export interface SessionRules {
  idleMs: number;
  absoluteMs: number;
}

/** Where somebody signs in from. */
export interface Client {
  address: string;
  agent?: string;
}

/** A session that goes on. */
export interface OpenSession {
  person: string;
  /** What it is called in the audit trail and in lists. */
  mark: string;
  /** When the person last proved who they are, in milliseconds. */
  confirmedAt: number;
  expiresAt: string;
  /** Where it was used last. */
  address?: string;
}

/** How long a session's last use may lie behind before it is written again. */
const TOUCH_MS = 60_000;

/** Sessions live in the database under the hash of their secret; who steals the table can't use them. */
export class Sessions {
  constructor(
    readonly database: Database,
    readonly rules: SessionRules,
    readonly clock: () => number,
  ) {}

  async open(
    tx: Transaction,
    person: string,
    { address, agent }: Client,
  ): Promise<{ secret: string; mark: string; expiresAt: string }> {
    const secret = newSecret();
    const mark = sessionMark(secret);
    const now = this.clock();
    const at = new Date(now).toISOString();
    const expiresAt = new Date(now + this.rules.absoluteMs).toISOString();
    await tx.remove("session", { expires_at: { lt: at } });
    await tx.insert("session", {
      secret_hash: hashOf(secret),
      person,
      created_at: at,
      used_at: at,
      confirmed_at: at,
      expires_at: expiresAt,
      mark,
      address,
      agent,
    });
    return { secret, mark, expiresAt };
  }

  /** The session goes on under a new secret; the old one is of no use any more. 401 when it has ended meanwhile. */
  async rotate(tx: Transaction, secret: string): Promise<string> {
    const next = newSecret();
    const confirmed = new Date(this.clock()).toISOString();
    const row = await tx.findOneForUpdate("session", { secret_hash: hashOf(secret) });
    if (!row) throw over();
    await tx.remove("session", { secret_hash: hashOf(secret) });
    await tx.insert("session", {
      ...row,
      mark: markOf(row, secret),
      secret_hash: hashOf(next),
      confirmed_at: confirmed,
      used_at: confirmed,
    });
    return next;
  }

  /** The session of a secret; 401 `session-expired` when it is over, unknown or idle for too long. */
  async find(secret: string): Promise<OpenSession> {
    const hash = hashOf(secret);
    const row = await this.database.findOne("session", { secret_hash: hash });
    const now = this.clock();
    if (!row || !this.#isOpen(row)) throw over();
    if (now - Date.parse(String(row["used_at"])) > TOUCH_MS) {
      await this.database.transaction(
        (tx) => tx.update("session", { secret_hash: hash }, { used_at: new Date(now).toISOString() }),
        { essential: true },
      );
    }
    const { person, created_at: created, confirmed_at: confirmed, expires_at: expiresAt, address } = row;
    return {
      person: String(person),
      mark: markOf(row, secret),
      confirmedAt: Date.parse(String(confirmed ?? created)),
      expiresAt: String(expiresAt),
      ...(address === undefined ? {} : { address: String(address) }),
    };
  }

  /** The session with a mark, if it goes on. Looking is no use of it. */
  async marked(mark: string): Promise<{ person: string } | undefined> {
    const row = await this.database.findOne("session", { mark });
    return row && this.#isOpen(row) ? { person: String(row["person"]) } : undefined;
  }

  /** Notes that a session is used at another address now; false when somebody else has noted it. */
  async move(tx: Transaction, secret: string, { from, to }: { from: string; to: string }): Promise<boolean> {
    const row = await tx.findOneForUpdate("session", { secret_hash: hashOf(secret), address: from });
    if (row) await tx.update("session", { secret_hash: hashOf(secret) }, { address: to });
    return row !== undefined;
  }

  async close(tx: Transaction, secret: string): Promise<void> {
    await tx.remove("session", { secret_hash: hashOf(secret) });
  }

  /** Those of a person that go on, latest used first; `current` is the mark of the one that asks. */
  async list(person: string, current: string | undefined): Promise<SessionInfo[]> {
    const rows = await this.database.find("session", { where: { person }, orderBy: ["-used_at", "mark"] });
    return rows.filter((row) => row["mark"] !== undefined && this.#isOpen(row)).map((row) => described(row, current));
  }

  /** Those of many persons that go on, a page at a time, latest used first. */
  async page(
    persons: readonly string[],
    current: string | undefined,
    page: { limit?: number; cursor?: string },
  ): Promise<{ sessions: (SessionInfo & { person: string })[]; nextCursor?: string; total: number }> {
    const now = this.clock();
    const where: Where = {
      person: { in: persons },
      mark: { ne: null },
      expires_at: { gt: new Date(now).toISOString() },
      used_at: { gt: new Date(now - this.rules.idleMs).toISOString() },
    };
    const { rows, nextCursor } = await pageOf(this.database, "session", where, ["-used_at", "mark"], page);
    return {
      sessions: rows.map((row) => ({ ...described(row, current), person: String(row["person"]) })),
      ...(nextCursor === undefined ? {} : { nextCursor }),
      total: await this.database.count("session", where),
    };
  }

  /** Ends sessions of a person: one, or all but one. Returns how many. */
  async end(
    tx: Transaction,
    person: string,
    which: { only: string } | { except: string | undefined } = { except: undefined },
  ): Promise<number> {
    let where: Where = { person };
    if ("only" in which) where = { person, mark: which.only };
    else if (which.except !== undefined)
      where = { and: [{ person }, { or: [{ mark: null }, { mark: { ne: which.except } }] }] };
    return tx.remove("session", where);
  }

  #isOpen(row: Row): boolean {
    const now = this.clock();
    const idleSince = Date.parse(String(row["used_at"]));
    return Date.parse(String(row["expires_at"])) > now && idleSince + this.rules.idleMs > now;
  }
}

function described(row: Row, current: string | undefined): SessionInfo {
  const { mark, created_at: createdAt, used_at: usedAt, address, agent } = row;
  return {
    id: String(mark),
    createdAt: String(createdAt),
    usedAt: String(usedAt),
    ...(address === undefined ? {} : { address: String(address) }),
    ...(agent === undefined ? {} : { agent: String(agent) }),
    current: mark === current,
  };
}

/** Tells sessions apart without being of use to anybody who reads it. */
function sessionMark(secret: string): string {
  return hashOf(`audit:${secret}`).slice(0, 16);
}

/** Sessions of a version before this one have no mark of their own. */
function markOf(row: Row, secret: string): string {
  return row["mark"] === undefined ? sessionMark(secret) : String(row["mark"]);
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function over(): JinshuiError {
  return new JinshuiError("session-expired", "The session is over; sign in again");
}
