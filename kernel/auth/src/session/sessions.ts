import { JinshuiError } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";
import { createHash, randomBytes } from "node:crypto";

export interface SessionRules {
  idleMs: number;
  absoluteMs: number;
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

  async open(person: string): Promise<{ secret: string; expiresAt: string }> {
    const secret = randomBytes(32).toString("base64url");
    const now = this.clock();
    const expiresAt = new Date(now + this.rules.absoluteMs).toISOString();
    await this.database.transaction(
      async (tx) => {
        await tx.remove("session", { expires_at: { lt: new Date(now).toISOString() } });
        await tx.insert("session", {
          secret_hash: hashOf(secret),
          person,
          created_at: new Date(now).toISOString(),
          used_at: new Date(now).toISOString(),
          expires_at: expiresAt,
        });
      },
      { essential: true },
    );
    return { secret, expiresAt };
  }

  /** The person a session belongs to; 401 `session-expired` when it is over, unknown or idle for too long. */
  async person(secret: string): Promise<string> {
    const hash = hashOf(secret);
    const row = await this.database.findOne("session", { secret_hash: hash });
    const now = this.clock();
    const used = row ? Date.parse(String(row["used_at"])) : 0;
    if (!row || Date.parse(String(row["expires_at"])) <= now || used + this.rules.idleMs <= now) {
      throw new JinshuiError("session-expired", "The session is over; sign in again");
    }
    if (now - used > TOUCH_MS) {
      await this.database.transaction(
        (tx) => tx.update("session", { secret_hash: hash }, { used_at: new Date(now).toISOString() }),
        { essential: true },
      );
    }
    return String(row["person"]);
  }

  async close(secret: string): Promise<void> {
    await this.database.transaction((tx) => tx.remove("session", { secret_hash: hashOf(secret) }), { essential: true });
  }
}

/** Tells sessions apart in the audit trail without being of use to anybody who reads it. */
export function sessionMark(secret: string): string {
  return hashOf(`audit:${secret}`).slice(0, 16);
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
