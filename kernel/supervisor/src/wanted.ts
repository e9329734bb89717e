import { type BureauConfig, JinshuiError } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";
import { satisfies } from "semver";
import { DesiredPlugins } from "./desired.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import { Releases, type ReleaseSources } from "./releases.js";
import { requiredBy } from "./requirements.js";
import { PluginVersions } from "./versions.js";

/** A version of a plugin and the bureaus that are to have it. */
export interface Placement {
  plugin: InstalledPlugin;
  bureaus: string[];
}

export interface WantedOptions extends ReleaseSources {
  database: Database;
  bureaus: BureauConfig[];
  /** No plugin is on, whatever is wanted. */
  safeMode: boolean;
}

/** Which plugins bureaus are to have, in which version: what is installed, switched and chosen, and what fits together. */
export class Wanted {
  readonly releases: Releases;
  readonly desired: DesiredPlugins;
  readonly versions: PluginVersions;

  constructor(readonly options: WantedOptions) {
    this.releases = new Releases(options);
    this.desired = new DesiredPlugins(options.database, options.bureaus);
    this.versions = new PluginVersions(options.database, options.bureaus);
  }

  async load(): Promise<void> {
    await this.desired.load();
    await this.versions.load();
  }

  /** The version that a bureau is to have. */
  in(bureau: string, id: string): InstalledPlugin | undefined {
    const chosen = this.versions.of(bureau, id);
    return (chosen && this.releases.get(id, chosen.version)) ?? this.releases.get(id);
  }

  /** Whether a plugin is on in a bureau: whole, switched on, and with all it asks for. */
  isOn(id: string, bureau: string): boolean {
    if (this.options.safeMode || !this.desired.of(bureau, id).enabled) return false;
    return this.in(bureau, id)?.problems.length === 0 && this.lackedIn(id, bureau).length === 0;
  }

  /** Plugins that a plugin asks for and that are not on in a bureau, or in a version that does not do. */
  lackedIn(id: string, bureau: string): InstalledPlugin[] {
    const plugin = this.in(bureau, id);
    return (plugin ? requiredBy(plugin) : []).flatMap((required) => {
      const other = this.in(bureau, required);
      // one that is not installed makes the plugin invalid, which is said elsewhere
      if (!other || other.id === id) return [];
      return this.isOn(required, bureau) && satisfies(other.version, rangeOf(plugin, required)) ? [] : [other];
    });
  }

  /** Bureaus in which a plugin is on, or would be if it were whole. */
  bureausOf(id: string): string[] {
    if (this.options.safeMode) return [];
    return this.desired.bureausOf(id).filter((bureau) => this.lackedIn(id, bureau).length === 0);
  }

  /** The versions of a plugin that run somewhere, the oldest first. */
  placements(id: string): Placement[] {
    const bureaus = this.bureausOf(id);
    return this.releases.versions(id).flatMap((plugin): Placement[] => {
      const own = bureaus.filter((bureau) => this.in(bureau, id) === plugin);
      return plugin.content && plugin.problems.length === 0 && own.length > 0 ? [{ plugin, bureaus: own }] : [];
    });
  }

  /** The versions of a plugin that bureaus are to have, whole or not; the one they would get where none has it. */
  inUse(id: string): InstalledPlugin[] {
    const known = this.releases.get(id);
    if (!known) return [];
    const used = new Set(this.bureausOf(id).map((bureau) => this.in(bureau, id) ?? known));
    return used.size > 0 ? [...used] : [known];
  }

  /** Bureaus in which a version is on, or that would go back to it. */
  usersOf(id: string, version: string): string[] {
    return this.desired
      .bureausOf(id)
      .filter(
        (bureau) => this.in(bureau, id)?.version === version || this.versions.of(bureau, id)?.previous === version,
      );
  }

  /** Plugins that are on in a bureau and ask for this one. */
  askingFor(id: string, bureau: string): InstalledPlugin[] {
    return this.releases.ids().flatMap((other) => {
      const plugin = this.in(bureau, other);
      return plugin && other !== id && requiredBy(plugin).includes(id) && this.isOn(other, bureau) ? [plugin] : [];
    });
  }

  /**
   * @throws JinshuiError `plugin-missing` when a plugin that is to be switched on asks for one that is not, `plugin-required` when
   * others ask for one that is to be switched off.
   */
  requireSwitchable(plugin: string, bureau: string, enabled: boolean): void {
    const others = enabled ? this.lackedIn(plugin, bureau) : this.askingFor(plugin, bureau);
    if (others.length === 0) return;
    const ids = others.map(({ id }) => id).join(", ");
    const details = { plugin, bureau, plugins: others.map(named) };
    throw enabled
      ? new JinshuiError("plugin-missing", `${plugin} asks for ${ids}; enable that in ${bureau} first`, { details })
      : new JinshuiError("plugin-required", `${ids} of ${bureau} asks for ${plugin}; disable that first`, { details });
  }

  /** @throws JinshuiError `conflict` when a plugin that is on in one of these bureaus asks for another version than this. */
  requireFit({ id, version }: InstalledPlugin, bureaus: readonly string[]): void {
    for (const bureau of bureaus)
      for (const other of this.askingFor(id, bureau)) {
        const range = rangeOf(other, id);
        if (satisfies(version, range)) continue;
        throw new JinshuiError(
          "conflict",
          `${id} ${version} does not fit ${other.id}, which asks for the plugin ${id} ${range}; installed is ${version}`,
          { details: { plugin: id, version, bureau, plugins: [named(other)] } },
        );
      }
  }
}

function rangeOf(plugin: InstalledPlugin | undefined, required: string): string {
  return plugin?.content?.manifest.requires.plugins?.[required] ?? "*";
}

function named({ id, content }: InstalledPlugin): { id: string; title: unknown } {
  return { id, title: content?.manifest.title ?? { "zh-CN": id } };
}
