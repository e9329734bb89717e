import type { ActorRef, BureauConfig } from "@jinshui/contracts";
import type { Database, Transaction } from "@jinshui/storage";

/** What is wanted for a plugin in a bureau, and who said so. */
export interface Desired {
  enabled: boolean;
  source: "file" | "administrator";
}

/** Which plugin is wanted in which bureau: the bureau's file, unless an administrator has switched it since the file last changed. */
export class DesiredPlugins {
  readonly #switched = new Map<string, boolean>();

  constructor(
    readonly database: Database,
    readonly bureaus: BureauConfig[],
  ) {}

  /** Reads the switches; those older than the last change of their bureau's file are dropped. */
  async load(): Promise<void> {
    this.#switched.clear();
    for (const row of await this.database.find("plugin_switch")) {
      const [bureau, plugin] = [String(row["bureau"]), String(row["plugin"])];
      if (row["file_value"] === this.#inFile(bureau, plugin))
        this.#switched.set(`${bureau}/${plugin}`, row["enabled"] === true);
      // forgotten for good: it must not come back when the file returns to its old value
      else await this.database.transaction((tx) => tx.remove("plugin_switch", { bureau, plugin }));
    }
  }

  /** What is wanted now. */
  of(bureau: string, plugin: string): Desired {
    const switched = this.#switched.get(`${bureau}/${plugin}`);
    return switched === undefined
      ? { enabled: this.#inFile(bureau, plugin), source: "file" }
      : { enabled: switched, source: "administrator" };
  }

  /** Bureaus that want the plugin. */
  bureausOf(plugin: string): string[] {
    return this.bureaus.map(({ bureau }) => bureau).filter((bureau) => this.of(bureau, plugin).enabled);
  }

  /** Keeps a switch with what the file says now. */
  async set(tx: Transaction, bureau: string, plugin: string, enabled: boolean, by: ActorRef): Promise<void> {
    const row = { enabled, file_value: this.#inFile(bureau, plugin), at: tx.time, by_name: by.name };
    if (
      (await tx.update("plugin_switch", { bureau, plugin }, row)) === 0 &&
      !(await tx.findOne("plugin_switch", { bureau, plugin }))
    ) {
      await tx.insert("plugin_switch", { bureau, plugin, ...row });
    }
    tx.afterCommit(() => void this.#switched.set(`${bureau}/${plugin}`, enabled));
  }

  #inFile(bureau: string, plugin: string): boolean {
    return this.bureaus.find((config) => config.bureau === bureau)?.plugins[plugin]?.enabled === true;
  }
}
