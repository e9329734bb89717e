/** Who wants to hear of commits that have written to certain tables. */
export class WriteListeners {
  readonly #byTable = new Map<string, Set<() => void>>();

  /** Calls back after such commits, once for each; returns the way to stop. */
  on(tables: readonly string[], listener: () => void): () => void {
    // a function of its own, so that one who listens twice stops once
    const own = (): void => listener();
    for (const table of tables) this.#byTable.set(table, (this.#byTable.get(table) ?? new Set()).add(own));
    return () => {
      for (const table of tables) this.#byTable.get(table)?.delete(own);
    };
  }

  /** Tells of a commit and the tables in which it has added or changed rows. */
  tell(tables: ReadonlySet<string>): void {
    const told = new Set<() => void>();
    for (const table of tables) for (const listener of this.#byTable.get(table) ?? []) told.add(listener);
    for (const listener of told) listener();
  }
}
