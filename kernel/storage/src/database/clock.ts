/** How long a reading of the database's clock is carried on by this process's monotonic one. */
const FRESH_MS = 5_000;

/**
 * The database's time without asking it each time: the last reading, carried on by a clock that nobody can set. A wall clock
 * that jumps on this machine moves nothing.
 */
export class DatabaseClock {
  #reading: { database: number; at: number } | undefined;

  constructor(readonly read: () => Promise<Date>) {}

  async now(): Promise<Date> {
    const known = this.#reading;
    const passed = known ? performance.now() - known.at : Infinity;
    if (known && passed < FRESH_MS) return new Date(known.database + passed);
    const at = performance.now();
    const database = (await this.read()).getTime();
    this.#reading = { database, at };
    return new Date(database);
  }
}
