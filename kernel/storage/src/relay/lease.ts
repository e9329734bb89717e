import { JinshuiError } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Transaction } from "../database/transaction.js";

const LONG_AGO = "1970-01-01T00:00:00.000Z";

/**
 * Leadership by a database row: who holds it, until when, and a fence that rises with every change of hands. Only the
 * database's clock decides.
 */
export class Lease {
  fence = 0;
  #until = 0;

  /** An owner that is the same after a restart need not wait for the lease of the life that was killed. */
  constructor(
    readonly database: Database,
    readonly name: string,
    readonly owner: string,
    readonly ttlMs: number,
  ) {}

  /** Whether nobody is known to have taken over. */
  get isHeld(): boolean {
    return this.#until > 0;
  }

  /** Takes or keeps the lease; false while somebody else holds it. Cheap while more than half of it is left. */
  async hold(): Promise<boolean> {
    if (performance.now() < this.#until - this.ttlMs / 2) return true;
    const asked = performance.now();
    const now = await this.database.now();
    const until = new Date(now.getTime() + this.ttlMs).toISOString();
    const held = await this.database.transaction(
      async (tx) => {
        const row = await tx.findOneForUpdate("lease", { name: this.name });
        if (!row) {
          await tx.insertUnlessRaced("lease", { name: this.name, owner: this.owner, fence: 1, lease_until: until });
          return 1;
        }
        const mine = row["owner"] === this.owner;
        if (!mine && String(row["lease_until"]) > now.toISOString()) return 0;
        // the same owner with another fence is a former life of this one: it must not write any more
        const fence = Number(row["fence"]) + (mine && Number(row["fence"]) === this.fence ? 0 : 1);
        await tx.update("lease", { name: this.name }, { owner: this.owner, fence, lease_until: until });
        return fence;
      },
      { essential: true },
    );
    this.#until = held === 0 ? 0 : asked + this.ttlMs;
    if (held === 0) return false;
    this.fence = held;
    return true;
  }

  /**
   * Ties a transaction to the lease: it commits only if nobody else has taken over since `hold`, however long this process
   * stood still in between.
   * @throws JinshuiError `conflict` when somebody has.
   */
  async guard(tx: Transaction): Promise<void> {
    const row = await tx.findOneForUpdate("lease", { name: this.name });
    if (row?.["owner"] === this.owner && Number(row["fence"]) === this.fence) return;
    this.#until = 0;
    throw new JinshuiError("conflict", `Lease ${this.name} with fence ${this.fence} has passed to another process`, {
      details: { lease: this.name, fence: this.fence, now: row?.["fence"] },
    });
  }

  /** Gives it up, so that the next one need not wait. */
  async release(): Promise<void> {
    if (this.fence === 0) return;
    this.#until = 0;
    await this.database
      .transaction((tx) => tx.update("lease", { name: this.name, owner: this.owner }, { lease_until: LONG_AGO }), {
        essential: true,
      })
      .catch(() => 0);
  }
}
