import { JinshuiError } from "@jinshui/contracts";
import { compare } from "semver";
import type { ApiVersions } from "./api-versions.js";
import {
  discoverPlugins,
  type InstalledPlugin,
  readInstalled,
  requirementsOf,
  unfulfilled,
} from "./installed-plugin.js";
import type { Requirements } from "./requirements.js";

/** A version of a plugin that was installed from a package. */
export interface InstalledPackage {
  plugin: string;
  version: string;
  folder: string;
  /** Id of the key that has signed it. */
  signedBy?: string;
}

/** What was installed from packages. */
export interface PackageSource {
  releases(): readonly InstalledPackage[];
  /** Why a version must not run, e.g. a file that was changed; asked before each start. */
  problemOf(plugin: string, version: string): Promise<string | undefined>;
}

export interface ReleaseSources {
  /** Folders that hold plugins, each in the one version that is there. */
  folders: readonly string[];
  /** Folders every plugin may read: shared modules. */
  readable: readonly string[];
  packages?: PackageSource;
  /** Versions of the kernel's APIs that are served; those of this kernel when absent. */
  apis?: ApiVersions;
}

/** All plugins there are, each in the versions that are installed: from a folder, from packages, or both. */
export class Releases {
  #all: InstalledPlugin[] = [];

  constructor(readonly sources: ReleaseSources) {}

  /** Takes up what has come since, and drops packages that are gone; what is known already stays as it was read. */
  async discover(): Promise<InstalledPlugin[]> {
    const { folders, readable, packages, apis } = this.sources;
    const packaged: InstalledPlugin[] = [];
    for (const { plugin, version, folder, signedBy } of packages?.releases() ?? []) {
      const known = this.#all.find((each) => each.packaged === true && each.folder === folder);
      const problem = known ? undefined : await packages?.problemOf(plugin, version);
      const found = known ?? readInstalled(folder, readable, apis);
      const problems = problem === undefined ? found.problems : [{ file: "package.json", message: problem }];
      packaged.push(
        known ?? {
          ...found,
          id: plugin,
          version,
          problems,
          packaged: true,
          ...(signedBy === undefined ? {} : { signedBy }),
        },
      );
    }
    const found = [...discoverPlugins(folders, readable, packaged, apis), ...packaged];
    const isThere = (plugin: InstalledPlugin): boolean => (plugin.packaged === true ? packaged.includes(plugin) : true); // a folder's stays until it is read again
    const kept = this.#all.filter(isThere);
    const added = found.filter((plugin) =>
      plugin.packaged === true
        ? !kept.includes(plugin)
        : !kept.some(({ id, packaged: isPackaged }) => id === plugin.id && isPackaged !== true),
    );
    this.#all = [...kept, ...added].sort(byVersion);
    for (const plugin of added) if (plugin.packaged === true) plugin.problems.push(...unfulfilled(plugin, this.#all));
    return added;
  }

  /**
   * Reads a version from its folder again, as it would be taken; changes nothing.
   * @throws JinshuiError `conflict` when it is not there any more.
   */
  readAgain(known: InstalledPlugin): InstalledPlugin {
    const { folders, readable, apis } = this.sources;
    const others = this.#all.filter((other) => other !== known);
    const plugin = known.packaged
      ? { ...readInstalled(known.folder, readable, apis), packaged: true }
      : discoverPlugins(folders, readable, others, apis).find(({ id }) => id === known.id);
    if (!plugin)
      throw new JinshuiError("conflict", `${known.id} can't be read anew: package.json: is not there`, {
        details: { plugin: known.id, problems: [] },
      });
    if (plugin.packaged === true) plugin.problems.push(...unfulfilled(plugin, [...others, plugin]));
    return plugin;
  }

  /** Takes a version in another's place. */
  replace(before: InstalledPlugin, now: InstalledPlugin): void {
    this.#all = this.#all.map((plugin) => (plugin === before ? now : plugin)).sort(byVersion);
  }

  ids(): string[] {
    return [...new Set(this.#all.map(({ id }) => id))];
  }

  /** Versions of a plugin, the oldest first. */
  versions(id: string): InstalledPlugin[] {
    return this.#all.filter((plugin) => plugin.id === id);
  }

  /** A version of a plugin; without one the folder's, else the newest that is whole. */
  get(id: string, version?: string): InstalledPlugin | undefined {
    const versions = this.versions(id);
    if (version !== undefined) return versions.find((plugin) => plugin.version === version);
    return (
      versions.find(({ packaged }) => !packaged) ??
      versions.findLast(({ problems }) => problems.length === 0) ??
      versions.at(-1)
    );
  }

  /** @throws JinshuiError `not-found`. */
  require(id: string, version?: string): InstalledPlugin {
    const plugin = this.get(id, version);
    if (!plugin)
      throw new JinshuiError("not-found", `There is no plugin ${id}${version === undefined ? "" : ` ${version}`}`, {
        details: { plugin: id, ...(version === undefined ? {} : { version }) },
      });
    return plugin;
  }

  requirements(): Requirements {
    return requirementsOf(this.#all);
  }
}

function byVersion(left: InstalledPlugin, right: InstalledPlugin): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : compare(left.version, right.version);
}
