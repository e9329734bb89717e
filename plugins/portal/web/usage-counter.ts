import { addedUsage, readUsage, type Usage } from "#logic/usage.js";
import { storageApi } from "@jinshui/contracts";
import { client } from "@jinshui/web";

const collection = "portal.usage";

/** Counts which cards a person uses; they are written when the portal is left, and nobody else can read them. */
export class UsageCounter {
  #counted: Record<string, number> = {};

  constructor(readonly person: string) {}

  used(card: string): void {
    this.#counted[card] = (this.#counted[card] ?? 0) + 1;
  }

  async read(): Promise<Usage> {
    const { records } = await client(storageApi).find({ collection, limit: 1, total: "none" });
    return addedUsage(readUsage(records[0]?.values["counts"]), this.#counted);
  }

  /** Writes what was counted since; counts are worth no error, so the next time does when this one fails. */
  async write(): Promise<void> {
    if (Object.keys(this.#counted).length === 0) return;
    try {
      const counts = await this.read();
      await client(storageApi).upsert({ collection, key: { person: this.person }, values: { counts } });
      this.#counted = {};
    } catch {
      // counted on
    }
  }
}
