import { JinshuiError } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";

const LONG_AGO = "1970-01-01T00:00:00.000Z";
/** Leases that this process has asked for, by the connection they are asked for over. */
const asked = new WeakMap<Database, Set<Lease>>();

/**
 * Leadership by a database row: who holds it, until when, and a fence that rises with every change of hands. Only the
 * database's clock decides.
 */
export class Lease {
  fence = 0;
  #until = 0;
  #wantedAt = -Infinity;

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

  /**
   * Takes or keeps the lease; false while somebody else holds it. Cheap while more than half of it is left. What this process holds besides
   * and still asks for is kept with it, so that many leases take no more transactions than one.
   */
  async hold(): Promise<boolean> {
    const at = performance.now();
    this.#wantedAt = at;
    if (at < this.#until - this.ttlMs / 2) return true;
    const others = this.#others(at);
    const now = await this.database.now();
    const until = (ttlMs: number): string => new Date(now.getTime() + ttlMs).toISOString();
    const { fence, kept } = await this.database.transaction(
      async (tx) => {
        const names = [this, ...others].map(({ name }) => name);
        // in one order, whoever begins
        const rows = await tx.findForUpdate("lease", { where: { name: { in: names } }, orderBy: ["name"] });
        const kept = others.filter((other) => rows.some((row) => other.#isStill(row)));
        for (const { name, ttlMs } of kept) await tx.update("lease", { name }, { lease_until: until(ttlMs) });
        const row = rows.find(({ name }) => name === this.name);
        return { kept, fence: await this.#take(tx, row, now.toISOString(), until(this.ttlMs)) };
      },
      { essential: true },
    );
    // one that was given up meanwhile stays so
    for (const other of kept) if (other.isHeld) other.#until = at + other.ttlMs;
    this.#until = fence === 0 ? 0 : at + this.ttlMs;
    if (fence === 0) return false;
    this.fence = fence;
    return true;
  }

  /** Others of this process that were asked for of late: whoever hangs loses its lease. */
  #others(at: number): Lease[] {
    const all = asked.get(this.database) ?? new Set();
    asked.set(this.database, all.add(this));
    return [...all].filter(
      (other) => other !== this && other.owner === this.owner && other.isHeld && at < other.#wantedAt + other.ttlMs / 2,
    );
  }

  /** Whether a row says that this process holds the lease and has not given it up. */
  #isStill(row: Row): boolean {
    return (
      row["name"] === this.name &&
      row["owner"] === this.owner &&
      Number(row["fence"]) === this.fence &&
      row["lease_until"] !== LONG_AGO
    );
  }

  /** The fence under which it is held now; 0 when it is somebody else's. */
  async #take(tx: Transaction, row: Row | undefined, now: string, until: string): Promise<number> {
    if (!row) {
      await tx.insertUnlessRaced("lease", { name: this.name, owner: this.owner, fence: 1, lease_until: until });
      return 1;
    }
    const mine = row["owner"] === this.owner;
    if (!mine && String(row["lease_until"]) > now) return 0;
    // the same owner with another fence is a former life of this one: it must not write any more
    const fence = Number(row["fence"]) + (mine && Number(row["fence"]) === this.fence ? 0 : 1);
    await tx.update("lease", { name: this.name }, { owner: this.owner, fence, lease_until: until });
    return fence;
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
    asked.get(this.database)?.delete(this);
    if (this.fence === 0) return;
    this.#until = 0;
    await this.database
      .transaction((tx) => tx.update("lease", { name: this.name, owner: this.owner }, { lease_until: LONG_AGO }), {
        essential: true,
      })
      .catch(() => 0);
  }
}
