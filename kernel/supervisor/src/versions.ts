import type { ActorRef, BureauConfig } from "@jinshui/contracts";
import type { Database, Transaction } from "@jinshui/storage";

/** Which version of a plugin a bureau has, and which it had before. */
export interface ChosenVersion {
  version: string;
  previous?: string;
  /** Since when, RFC 3339. */
  at: string;
  /** Why the kernel itself went back to this version from another one. */
  rolledBack?: { from: string; reason: string };
}

/**
 * Versions of plugins by bureau: what an administrator has chosen, unless the bureau's lock file has changed since. What is
 * absent has no choice to make: the only version there is.
 */
export class PluginVersions {
  readonly #chosen = new Map<string, ChosenVersion>();

  constructor(
    readonly database: Database,
    readonly bureaus: BureauConfig[],
  ) {}

  /** Reads the choices; those older than the last change of their bureau's lock file give way to it. */
  async load(): Promise<void> {
    this.#chosen.clear();
    for (const row of await this.database.find("plugin_version")) {
      const [bureau, plugin] = [String(row["bureau"]), String(row["plugin"])];
      const inFile = this.#inFile(bureau, plugin);
      if (inFile !== undefined && row["file_version"] !== inFile) continue;
      const { version, previous, at, rolled_back_from: from, reason } = row;
      this.#chosen.set(`${bureau}/${plugin}`, {
        version: String(version),
        at: String(at),
        ...(typeof previous === "string" ? { previous } : {}),
        ...(typeof from === "string" ? { rolledBack: { from, reason: String(reason ?? "") } } : {}),
      });
    }
  }

  /** The version chosen for a bureau, if any. */
  of(bureau: string, plugin: string): ChosenVersion | undefined {
    const version = this.#inFile(bureau, plugin);
    return this.#chosen.get(`${bureau}/${plugin}`) ?? (version === undefined ? undefined : { version, at: "" });
  }

  /** Keeps a choice with what the lock file says now. */
  async set(
    tx: Transaction,
    bureau: string,
    plugin: string,
    chosen: Omit<ChosenVersion, "at">,
    by: ActorRef,
  ): Promise<void> {
    const { version, previous, rolledBack } = chosen;
    const row = {
      version,
      previous: previous ?? null,
      rolled_back_from: rolledBack?.from ?? null,
      reason: rolledBack ? [...rolledBack.reason].slice(0, 500).join("") : null,
      file_version: this.#inFile(bureau, plugin) ?? null,
      at: tx.time,
      by_name: by.name,
    };
    if (
      (await tx.update("plugin_version", { bureau, plugin }, row)) === 0 &&
      !(await tx.findOne("plugin_version", { bureau, plugin }))
    )
      await tx.insert("plugin_version", { bureau, plugin, ...row });
    tx.afterCommit(() => void this.#chosen.set(`${bureau}/${plugin}`, { ...chosen, at: tx.time }));
  }

  #inFile(bureau: string, plugin: string): string | undefined {
    return this.bureaus.find((config) => config.bureau === bureau)?.locked?.[plugin]?.version;
  }
}
