import { JinshuiError } from "@jinshui/contracts";
import type { Database, Row, Transaction } from "@jinshui/storage";

const MAX_FAILURES = 5;
/** How long a door stays closed. */
export const LOCK_MS = 15 * 60_000;
/** Addresses are shared by whole offices. */
const MAX_ADDRESS_FAILURES = 50;

/**
 * Counts failed sign-ins per name and per address, and closes both for a while after too many. Attempts that are under way count
 * like failures for those who come after them, so that many at the same moment are no more guesses than one after the other.
 */
export class SignInFailures {
  readonly #underWay = new Map<string, number>();

  constructor(
    readonly database: Database,
    readonly clock: () => number,
  ) {}

  /** Begins an attempt, which `end` ends. @throws JinshuiError `too-many-requests` while name or address is closed. */
  async begin(username: string, address: string): Promise<void> {
    const others = this.#underWay.get(username) ?? 0;
    this.#underWay.set(username, others + 1);
    try {
      // read after the attempt is counted: what others have failed by now is in it, the rest is under way
      const rows = await this.database.find("sign_in_failure", {
        where: { subject: { in: [byName(username), byAddress(address)] } },
      });
      for (const row of rows) this.#requireOpen(row);
      const own = rows.find((row) => row["subject"] === byName(username));
      if (this.#recent(own) + others >= MAX_FAILURES) throw this.#closed(LOCK_MS);
    } catch (error) {
      this.end(username);
      throw error;
    }
  }

  end(username: string): void {
    const left = (this.#underWay.get(username) ?? 1) - 1;
    if (left > 0) this.#underWay.set(username, left);
    else this.#underWay.delete(username);
  }

  /** An attempt that goes on has failed. */
  async add(username: string, address: string): Promise<void> {
    await this.database.transaction(
      async (tx) => {
        await this.#count(tx, byName(username), MAX_FAILURES);
        await this.#count(tx, byAddress(address), MAX_ADDRESS_FAILURES);
      },
      { essential: true },
    );
  }

  /** After a sign-in: what was counted for the name is forgotten. */
  async clear(tx: Transaction, username: string): Promise<void> {
    await tx.remove("sign_in_failure", { subject: byName(username) });
  }

  /** Failures of the last minutes. */
  #recent(row: Row | undefined): number {
    return row && Date.parse(String(row["first_at"])) >= this.clock() - LOCK_MS ? Number(row["failures"]) : 0;
  }

  async #count(tx: Transaction, subject: string, limit: number): Promise<void> {
    const now = this.clock();
    const row = await tx.findOneForUpdate("sign_in_failure", { subject });
    const before = this.#recent(row);
    const values = {
      failures: before + 1,
      first_at: before > 0 ? row?.["first_at"] : new Date(now).toISOString(),
      locked_until: before + 1 >= limit ? new Date(now + LOCK_MS).toISOString() : null,
    };
    if (row) await tx.update("sign_in_failure", { subject }, values);
    else await tx.insert("sign_in_failure", { subject, ...values });
  }

  #requireOpen(row: Row | undefined): void {
    const until = row?.["locked_until"] === undefined ? 0 : Date.parse(String(row["locked_until"]));
    if (until > this.clock()) throw this.#closed(until - this.clock());
  }

  #closed(retryAfterMs: number): JinshuiError {
    return new JinshuiError("too-many-requests", "Too many failed sign-ins; wait before trying again", {
      retryAfterMs,
      details: { minutes: Math.ceil(retryAfterMs / 60_000) },
    });
  }
}

const byName = (username: string): string => `name:${username}`;
const byAddress = (address: string): string => `address:${address}`;
