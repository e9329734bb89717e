import type { Transaction as SqlTransaction } from "sequelize";
import { moved } from "./moved.js";

/** How long a reading of the database's clock is carried on by this process's monotonic one. */
const FRESH_MS = 5_000;

/**
 * The database's time without asking it each time: the last reading, carried on by a clock that nobody can set. A wall clock
 * that jumps on this machine moves nothing.
 */
export class DatabaseClock {
  #reading: { database: number; at: number } | undefined;

  /** `read` asks the database, over the connection of a transaction. */
  constructor(readonly read: (transaction: SqlTransaction) => Promise<Date>) {}

  async now(transaction: SqlTransaction): Promise<Date> {
    const known = this.#reading;
    const passed = known ? performance.now() - known.at : Infinity;
    if (known && passed < FRESH_MS) return moved(new Date(known.database + passed));
    const at = performance.now();
    const database = (await this.read(transaction)).getTime();
    this.#reading = { database, at };
    return moved(new Date(database));
  }
}
