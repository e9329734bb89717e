import type { Auth, Proposing } from "@jinshui/auth";
import type { Log } from "@jinshui/bus";
import { type ActorRef, type CollectionDefinition, JinshuiError, type LocalText } from "@jinshui/contracts";
import { countStored, type Database, purgeSome, type Stored, type TableDefinition } from "@jinshui/storage";
import type { InstalledPlugin } from "./installed-plugin.js";

/** Records that one transaction removes: short enough for others to write in between. */
const STEP = 500;

/** What two persons have agreed to remove; the row stays, with what was removed. */
export const PURGE_TABLE: TableDefinition = {
  name: "plugin_purge",
  primaryKey: ["id"],
  columns: {
    id: { type: "id" },
    plugin: { type: "id", nullable: false },
    bureau: { type: "id", nullable: false },
    state: { type: "string", length: 10, nullable: false },
    at: { type: "instant", nullable: false },
    finished_at: { type: "instant" },
    removed: { type: "json" },
  },
  indexes: { state: ["state"] },
};

export interface PurgePayload {
  plugin: string;
  bureau: string;
}

export interface PurgesOptions {
  database: Database;
  auth: Auth;
  log: Log;
  /** All installed versions of a plugin. */
  versions: (plugin: string) => readonly InstalledPlugin[];
  isOn: (plugin: string, bureau: string) => boolean;
}

const KERNEL: ActorRef = { id: "supervisor", name: "supervisor" };

/** Removes for good what a plugin has stored for a bureau: one person asks for it, another agrees, and it goes on after a restart. */
export class Purges {
  readonly propose: (payload: PurgePayload, by: Proposing) => Promise<string>;
  readonly #running = new Map<string, Promise<void>>();
  #isStopping = false;

  constructor(readonly options: PurgesOptions) {
    const title = (plugin: string): LocalText => this.#titleOf(plugin);
    const place = (bureau: string): LocalText => options.auth.organisation.bureau(bureau)?.title ?? { "zh-CN": bureau };
    this.propose = options.auth.changes.kind<PurgePayload>("purge-plugin", {
      summary({ plugin, bureau }) {
        const [what, where] = [title(plugin), place(bureau)];
        return Promise.resolve({
          "zh-CN": `彻底清除${where["zh-CN"]}“${what["zh-CN"]}”的全部数据，不可恢复`,
          en: `Remove for good all that ${what.en ?? what["zh-CN"]} has stored for ${where.en ?? where["zh-CN"]}`,
        });
      },
      lines: async ({ plugin, bureau }) =>
        (await this.counts(plugin, bureau)).map(({ title: named, records }) => ({
          "zh-CN": `${named["zh-CN"]}：${records} 条`,
          en: `${named.en ?? named["zh-CN"]}: ${records}`,
        })),
      check: ({ plugin, bureau }) => {
        this.#requireOff(plugin, bureau);
        return Promise.resolve();
      },
      apply: async (tx, { plugin, bureau }) => {
        const id = `${plugin}-${Date.parse(tx.time)}`.slice(-40);
        await tx.insert("plugin_purge", { id, plugin, bureau, state: "pending", at: tx.time });
        tx.afterCommit(() => this.#begin(id, plugin, bureau));
        return `plugin/${plugin}`;
      },
    });
  }

  /** How many records a bureau has by collection. @throws JinshuiError `not-found`. */
  async counts(plugin: string, bureau: string): Promise<Stored[]> {
    return countStored(this.options.database, plugin, this.#collectionsOf(plugin), bureau);
  }

  /** @throws JinshuiError `in-progress` while what a bureau has is being removed. */
  requireNone(plugin: string, bureau: string): void {
    if (this.#running.has(`${plugin}/${bureau}`))
      throw new JinshuiError("in-progress", `What ${plugin} has stored for ${bureau} is still being removed`, {
        details: { plugin, bureau },
        retryable: true,
        retryAfterMs: 2_000,
      });
  }

  /** Goes on with what was cut off. */
  async resume(): Promise<void> {
    for (const row of await this.options.database.find("plugin_purge", { where: { state: "pending" } }))
      this.#begin(String(row["id"]), String(row["plugin"]), String(row["bureau"]));
  }

  /** Stops after the step that is under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running.values());
  }

  #begin(id: string, plugin: string, bureau: string): void {
    const key = `${plugin}/${bureau}`;
    const run = this.#remove(id, plugin, bureau)
      .catch((error: unknown) => {
        this.options.log.error({ plugin, bureau, error: String(error) }, "removing stored data was cut off");
      })
      .finally(() => this.#running.delete(key));
    this.#running.set(key, run);
  }

  async #remove(id: string, plugin: string, bureau: string): Promise<void> {
    const { database } = this.options;
    const row = await database.findOne("plugin_purge", { id });
    const removed = { ...(row?.["removed"] as Record<string, number> | undefined) };
    for (const definition of this.#collectionsOf(plugin)) {
      for (let count = STEP; count === STEP;) {
        if (this.#isStopping) return;
        count = await purgeSome(database, plugin, definition, bureau, STEP);
        removed[definition.name] = (removed[definition.name] ?? 0) + count;
        await database.transaction((tx) => tx.update("plugin_purge", { id }, { removed }), { essential: true });
      }
    }
    await database.transaction(
      async (tx) => {
        // with its secrets, and what its schedules did
        for (const table of ["plugin_setting", "schedule_run"]) await tx.remove(table, { bureau, plugin });
        await tx.update("plugin_purge", { id }, { state: "done", finished_at: tx.time, removed });
        tx.audit({ bureau, actor: KERNEL, action: "purge-plugin", resource: `plugin/${plugin}`, before: removed });
      },
      { essential: true },
    );
  }

  #requireOff(plugin: string, bureau: string): void {
    const { auth, isOn } = this.options;
    if (!auth.organisation.bureau(bureau))
      throw new JinshuiError("not-found", `There is no bureau ${bureau}`, { details: { bureau } });
    this.#collectionsOf(plugin);
    if (isOn(plugin, bureau))
      throw new JinshuiError("conflict", `${plugin} is on in ${bureau}: disable it first`, {
        details: { plugin, bureau, reason: "plugin-on" },
      });
    this.requireNone(plugin, bureau);
  }

  /** Of all installed versions: an older one may have kept what the newest no longer knows. */
  #collectionsOf(plugin: string): CollectionDefinition[] {
    const versions = this.options.versions(plugin);
    if (versions.length === 0)
      throw new JinshuiError("not-found", `There is no plugin ${plugin}`, { details: { plugin } });
    const found = new Map<string, CollectionDefinition>();
    for (const { content } of versions)
      for (const definition of content?.collections ?? []) found.set(definition.name, definition);
    return [...found.values()];
  }

  #titleOf(plugin: string): LocalText {
    return this.options.versions(plugin).at(-1)?.content?.manifest.title ?? { "zh-CN": plugin };
  }
}
