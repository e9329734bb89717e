import type { Log } from "@jinshui/bus";
import type { ActorRef, BureauConfig } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";
import type { InstalledPlugin } from "./installed-plugin.js";
import type { Placement, Wanted } from "./wanted.js";

const KERNEL: ActorRef = { id: "supervisor", name: "supervisor" };

export interface VersionChangesOptions {
  database: Database;
  bureaus: BureauConfig[];
  log: Log;
  wanted: Wanted;
  probationMs: number;
  /** Brings a plugin to what is wanted. */
  reconcile: (plugin: string) => Promise<void>;
  /** Tells those bureaus, which have other versions now. */
  changed: (bureaus: readonly string[]) => Promise<void>;
}

/** Changes of versions: each is kept, audited, and taken back when the new version does not hold. */
export class VersionChanges {
  constructor(readonly options: VersionChangesOptions) {}

  /**
   * Gives bureaus another version. Nothing changes for anybody when it does not start.
   * @throws JinshuiError `plugin-failed` when it does not, `conflict` when what is stored can't be brought to it.
   */
  async make(plugin: string, version: string, bureaus: string[], by: ActorRef, trace: string): Promise<void> {
    const { database, wanted, reconcile, changed } = this.options;
    const changes = bureaus.flatMap((bureau) => {
      const previous = wanted.in(bureau, plugin)?.version;
      return previous === version ? [] : [{ bureau, previous }];
    });
    await database.transaction(async (tx) => {
      for (const { bureau, previous } of changes) {
        const before = previous === undefined ? {} : { previous };
        await wanted.versions.set(tx, bureau, plugin, { version, ...before }, by);
        tx.audit({
          bureau,
          actor: by,
          action: "set-version",
          resource: `plugin/${plugin}`,
          ...(previous === undefined ? {} : { before: { version: previous } }),
          after: { version },
          trace,
        });
      }
    });
    try {
      await reconcile(plugin);
    } catch (error) {
      await this.#goBack(plugin, version, error instanceof Error ? error.message : String(error), trace);
      throw error;
    }
    await changed(bureaus);
  }

  /** Notes which versions of packages bureaus have, so that a newer one that is installed later does not change that. */
  async keep(placements: readonly Placement[]): Promise<void> {
    const { database, wanted } = this.options;
    const unnoted = placements.flatMap(({ plugin, bureaus }) =>
      plugin.packaged === true
        ? bureaus.flatMap((bureau) => (wanted.versions.of(bureau, plugin.id) ? [] : [{ bureau, plugin }]))
        : [],
    );
    if (unnoted.length === 0) return;
    await database.transaction(
      async (tx) => {
        for (const { bureau, plugin } of unnoted)
          await wanted.versions.set(tx, bureau, plugin.id, { version: plugin.version }, KERNEL);
      },
      { essential: true },
    );
  }

  /** Goes back when a version that has just taken another's place fails. */
  failed({ id, version }: InstalledPlugin, reason: string): void {
    const { bureaus, wanted, probationMs, log } = this.options;
    const isNew = bureaus.some(({ bureau }) => {
      const chosen = wanted.versions.of(bureau, id);
      if (chosen?.version !== version || chosen.previous === undefined) return false;
      return Date.now() - Date.parse(chosen.at) < probationMs;
    });
    if (isNew)
      void this.#goBack(id, version, reason, "").catch((error: unknown) =>
        log.error({ plugin: id, version, error: String(error) }, "plugin could not go back to the version before"),
      );
  }

  /** Gives the bureaus that have a version the one they had before it. */
  async #goBack(plugin: string, from: string, reason: string, trace: string): Promise<void> {
    const { database, bureaus, wanted, reconcile, changed, log } = this.options;
    const concerned = bureaus.flatMap(({ bureau }) => {
      const chosen = wanted.versions.of(bureau, plugin);
      const { previous } = chosen ?? {};
      const isThere = previous !== undefined && wanted.releases.get(plugin, previous) !== undefined;
      return chosen?.version === from && isThere ? [{ bureau, previous }] : [];
    });
    if (concerned.length === 0) return;
    log.error({ plugin, version: from, reason }, "plugin goes back to the version before");
    await database.transaction(
      async (tx) => {
        for (const { bureau, previous: version } of concerned) {
          await wanted.versions.set(tx, bureau, plugin, { version, rolledBack: { from, reason } }, KERNEL);
          tx.audit({
            bureau,
            actor: KERNEL,
            action: "roll-back",
            resource: `plugin/${plugin}`,
            before: { version: from },
            after: { version, reason },
            trace,
          });
        }
      },
      { essential: true },
    );
    await reconcile(plugin);
    await changed(concerned.map(({ bureau }) => bureau));
  }
}
