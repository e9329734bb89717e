import type { Database, Transaction } from "@jinshui/storage";

export interface Grant {
  bureau: string;
  position: string;
  permission: string;
  granted: boolean;
}

/** What bureaus have given to positions or taken from them; kept in memory, since every right asks. */
export class Grants {
  #all = new Map<string, Grant[]>();

  constructor(readonly database: Database) {}

  /** Whoever changes one calls this after the commit. */
  async load(): Promise<void> {
    const all = (await this.database.find("position_permission")).map((row) => ({
      bureau: String(row["bureau"]),
      position: String(row["position"]),
      permission: String(row["permission"]),
      granted: row["granted"] === true,
    }));
    this.#all = Map.groupBy(all, ({ bureau }) => bureau);
  }

  /** What a bureau has decided on. */
  of(bureau: string): readonly Omit<Grant, "bureau">[] {
    return this.#all.get(bureau) ?? [];
  }

  async set(tx: Transaction, { bureau, position, permission, granted }: Grant): Promise<void> {
    const key = { bureau, position, permission };
    await tx.remove("position_permission", key);
    await tx.insert("position_permission", { ...key, granted });
  }
}
