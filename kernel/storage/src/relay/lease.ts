import type { Database } from "../database/database.js";

/**
 * Leadership by a database row: who holds it, until when, and a fence that rises with every change of hands. Only the
 * database's clock decides.
 */
export class Lease {
  fence = 0;
  #until = 0;

  constructor(
    readonly database: Database,
    readonly name: string,
    readonly owner: string,
    readonly ttlMs: number,
  ) {}

  /** Takes or keeps the lease; false while somebody else holds it. Cheap while more than half of it is left. */
  async hold(): Promise<boolean> {
    if (performance.now() < this.#until - this.ttlMs / 2) return true;
    const asked = performance.now();
    const now = await this.database.now();
    const until = new Date(now.getTime() + this.ttlMs).toISOString();
    const held = await this.database.transaction(async (tx) => {
      const row = await tx.findOneForUpdate("lease", { name: this.name });
      if (!row) {
        await tx.insert("lease", { name: this.name, owner: this.owner, fence: 1, lease_until: until });
        return 1;
      }
      const mine = row["owner"] === this.owner;
      if (!mine && String(row["lease_until"]) > now.toISOString()) return 0;
      const fence = Number(row["fence"]) + (mine ? 0 : 1);
      await tx.update("lease", { name: this.name }, { owner: this.owner, fence, lease_until: until });
      return fence;
    });
    if (held === 0) return false;
    this.fence = held;
    this.#until = asked + this.ttlMs;
    return true;
  }

  /** Gives it up, so that the next one need not wait. */
  async release(): Promise<void> {
    if (this.fence === 0) return;
    await this.database
      .transaction((tx) => tx.update("lease", { name: this.name, owner: this.owner }, { lease_until: tx.time }))
      .catch(() => 0);
  }
}
