import type { ActorRef, BureauConfig } from "@jinshui/contracts";
import type { Database, Transaction } from "@jinshui/storage";

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

  async load(): Promise<void> {
    this.#switched.clear();
    for (const row of await this.database.find("plugin_switch")) {
      const [bureau, plugin] = [String(row["bureau"]), String(row["plugin"])];
      if (row["file_value"] === this.#inFile(bureau, plugin)) this.#switched.set(`${bureau}/${plugin}`, row["enabled"] === true);
    }
  }

  of(bureau: string, plugin: string): Desired {
    const switched = this.#switched.get(`${bureau}/${plugin}`);
    return switched === undefined ? { enabled: this.#inFile(bureau, plugin), source: "file" } : { enabled: switched, source: "administrator" };
  }

  bureausOf(plugin: string): string[] {
    return this.bureaus.map(({ bureau }) => bureau).filter((bureau) => this.of(bureau, plugin).enabled);
  }

  async set(tx: Transaction, bureau: string, plugin: string, enabled: boolean, by: ActorRef): Promise<void> {
    const row = { enabled, file_value: this.#inFile(bureau, plugin), at: tx.time, by_name: by.name };
    if ((await tx.update("plugin_switch", { bureau, plugin }, row)) === 0 && !(await tx.findOne("plugin_switch", { bureau, plugin }))) {
      await tx.insert("plugin_switch", { bureau, plugin, ...row });
    }
    tx.afterCommit(() => void this.#switched.set(`${bureau}/${plugin}`, enabled));
  }

  #inFile(bureau: string, plugin: string): boolean {
    return this.bureaus.find((config) => config.bureau === bureau)?.plugins[plugin]?.enabled === true;
  }
}
