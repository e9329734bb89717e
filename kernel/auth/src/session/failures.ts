import { JinshuiError } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";

const MAX_FAILURES = 5;
const LOCK_MS = 15 * 60_000;
/** Addresses are shared by whole offices. */
const MAX_ADDRESS_FAILURES = 50;

/** Counts failed sign-ins per name and per address, and closes both for a while after too many. */
export class SignInFailures {
  constructor(
    readonly database: Database,
    readonly clock: () => number,
  ) {}

  /** Throws `too-many-requests` while one of the subjects is locked. */
  async check(username: string, address: string): Promise<void> {
    const rows = await this.database.find("sign_in_failure", {
      where: { subject: { in: subjects(username, address) } },
    });
    const until = Math.max(
      0,
      ...rows.map((row) => (row["locked_until"] === undefined ? 0 : Date.parse(String(row["locked_until"])))),
    );
    if (until > this.clock()) {
      const retryAfterMs = until - this.clock();
      throw new JinshuiError("too-many-requests", "Too many failed sign-ins; wait before trying again", {
        retryAfterMs,
        details: { minutes: Math.ceil(retryAfterMs / 60_000) },
      });
    }
  }

  async add(username: string, address: string): Promise<void> {
    const now = this.clock();
    await this.database.transaction(
      async (tx) => {
        for (const subject of subjects(username, address)) {
          const limit = subject.startsWith("name:") ? MAX_FAILURES : MAX_ADDRESS_FAILURES;
          const row = await tx.findOneForUpdate("sign_in_failure", { subject });
          const fresh = !row || Date.parse(String(row["first_at"])) < now - LOCK_MS;
          const failures = fresh ? 1 : Number(row["failures"]) + 1;
          const values = {
            failures,
            first_at: fresh ? new Date(now).toISOString() : row["first_at"],
            locked_until: failures >= limit ? new Date(now + LOCK_MS).toISOString() : null,
          };
          if (row) await tx.update("sign_in_failure", { subject }, values);
          else await tx.insert("sign_in_failure", { subject, ...values });
        }
      },
      { essential: true },
    );
  }

  async clear(username: string): Promise<void> {
    await this.database.transaction((tx) => tx.remove("sign_in_failure", { subject: `name:${username}` }), {
      essential: true,
    });
  }
}

function subjects(username: string, address: string): string[] {
  return [`name:${username}`, `address:${address}`];
}
