import { failpoint } from "@jinshui/bus";
import { JinshuiError } from "@jinshui/contracts";
import type { Database, Row, TableDefinition, Transaction } from "@jinshui/storage";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { rcompare } from "semver";
import type { UnpackedFile } from "./archive.js";
import { withdrawn } from "./signature-check.js";
import type { PackageTrust } from "./trust.js";

const STAGING = ".staging";

/** Versions installed from packages, with the hashes of their files. Rows stay, with `removed_at`: a version is never reused. */
const RELEASE_TABLE: TableDefinition = {
  name: "plugin_release",
  primaryKey: ["plugin", "version"],
  columns: {
    plugin: { type: "id" },
    version: { type: "string", length: 60 },
    sha256: { type: "string", length: 64, nullable: false },
    files: { type: "json", nullable: false },
    signed_by: { type: "string", length: 16 },
    consent: { type: "string", length: 64, nullable: false },
    installed_at: { type: "instant", nullable: false },
    by_name: { type: "string", length: 100, nullable: false },
    removed_at: { type: "instant" },
    /** The kernel on which its cases have come out. */
    passed_on: { type: "string", length: 60 },
  },
};

/** What is installed. */
export interface NewRelease {
  plugin: string;
  version: string;
  sha256: string;
  files: ReadonlyMap<string, UnpackedFile>;
  /** Id of the key whose signature holds. */
  signedBy?: string;
  consent: string;
  by: string;
}

/** An installed version and its folder. */
export interface Release {
  plugin: string;
  version: string;
  folder: string;
  sha256: string;
  signedBy?: string;
  installedAt: string;
  installedBy: string;
}

/**
 * Versions of plugins that came as packages: a folder for each, `<plugin>/<version>`, which nobody writes again, and a row with
 * the hashes of its files. The row is the truth: a folder without one is what an interrupted installation or removal left.
 */
export class PackageStore {
  #rows = new Map<string, Row>();

  private constructor(
    readonly database: Database,
    readonly folder: string,
    readonly trust: PackageTrust,
  ) {}

  /** Opens the store and clears away what was interrupted. */
  static async open(database: Database, folder: string, trust: PackageTrust): Promise<PackageStore> {
    await database.ensureTables([RELEASE_TABLE]);
    await rm(join(folder, STAGING), { recursive: true, force: true });
    await mkdir(join(folder, STAGING), { recursive: true });
    await chmod(folder, 0o755);
    await chmod(join(folder, STAGING), 0o700);
    const store = new PackageStore(database, folder, trust);
    for (const row of await database.find("plugin_release")) store.#rows.set(keyOf(row), row);
    for (const plugin of await foldersIn(folder))
      for (const version of await foldersIn(join(folder, plugin)))
        if (!store.#present(plugin, version)) await store.#discard(plugin, version);
    return store;
  }

  /** Where a package named so is unpacked; gone at the next start. */
  staging(id: string): string {
    return join(this.folder, STAGING, id);
  }

  /** Highest version of a plugin that was ever installed, removed since or not. */
  highest(plugin: string): string | undefined {
    const versions = [...this.#rows.values()]
      .filter((row) => row["plugin"] === plugin)
      .map((row) => String(row["version"]));
    return versions.sort(rcompare)[0];
  }

  /** Hash of the package that a version was installed from, removed since or not. */
  installed(plugin: string, version: string): string | undefined {
    return this.#rows.get(`${plugin} ${version}`)?.["sha256"] as string | undefined;
  }

  /**
   * Makes an unpacked package a release; `also` writes in the same transaction. A repetition for what is there has no effect.
   * @throws JinshuiError `conflict` when the version was ever there with another content.
   */
  async install(release: NewRelease, staged: string, also?: (tx: Transaction) => Promise<void>): Promise<void> {
    const { plugin, version, sha256 } = release;
    const known = this.installed(plugin, version);
    if (known !== undefined && known !== sha256)
      throw new JinshuiError("conflict", `${plugin} ${version} was there with another content`, {
        details: { plugin, version },
      });
    if (this.#present(plugin, version)) return;
    await this.#discard(plugin, version);
    const target = this.#folderOf(plugin, version);
    await mkdir(join(this.folder, plugin), { recursive: true });
    await chmod(join(this.folder, plugin), 0o755);
    await seal(staged);
    failpoint("package-sealed");
    await rename(staged, target);
    await chmod(target, 0o555);
    await sync(join(this.folder, plugin));
    await sync(this.folder);
    failpoint("package-moved");
    const row = await this.database.transaction(async (tx) => {
      const values = {
        sha256,
        files: Object.fromEntries([...release.files].map(([path, file]) => [path, file.sha256])),
        signed_by: release.signedBy ?? null,
        consent: release.consent,
        installed_at: tx.time,
        by_name: release.by,
        removed_at: null,
      };
      if (known === undefined) await tx.insert("plugin_release", { plugin, version, ...values });
      else await tx.update("plugin_release", { plugin, version }, values);
      await also?.(tx);
      return tx.findOne("plugin_release", { plugin, version });
    });
    if (row) this.#rows.set(keyOf(row), row);
    failpoint("package-noted");
  }

  /** What is installed, unchecked. */
  releases(): Release[] {
    return [...this.#rows.values()].flatMap((row) => this.release(String(row["plugin"]), String(row["version"])) ?? []);
  }

  /** An installed version, unchecked. */
  release(plugin: string, version: string): Release | undefined {
    const row = this.#rows.get(`${plugin} ${version}`);
    if (!row || !this.#present(plugin, version)) return undefined;
    return {
      plugin,
      version,
      folder: this.#folderOf(plugin, version),
      sha256: String(row["sha256"]),
      ...(row["signed_by"] === undefined ? {} : { signedBy: String(row["signed_by"]) }),
      installedAt: String(row["installed_at"]),
      installedBy: String(row["by_name"]),
    };
  }

  /** The kernel on which the cases of a version have come out. */
  passedOn(plugin: string, version: string): string | undefined {
    return this.#rows.get(`${plugin} ${version}`)?.["passed_on"] as string | undefined;
  }

  async notePassed(plugin: string, version: string, kernel: string): Promise<void> {
    const row = await this.database.transaction(async (tx) => {
      await tx.update("plugin_release", { plugin, version }, { passed_on: kernel });
      return tx.findOne("plugin_release", { plugin, version });
    });
    if (row) this.#rows.set(keyOf(row), row);
  }

  /** Why a release must not run: asked before each start. */
  async problemOf(plugin: string, version: string): Promise<string | undefined> {
    const row = this.#rows.get(`${plugin} ${version}`);
    if (!row || !this.#present(plugin, version)) return `${plugin} ${version} is not installed`;
    const keyId = row["signed_by"] as string | undefined;
    if (keyId === undefined && !this.trust.allowsUnsigned) return "nobody has signed it";
    const key = keyId === undefined ? undefined : this.trust.keys.get(keyId);
    if (keyId !== undefined && !key) return `it is signed with ${keyId}, which is not trusted any more`;
    const [gone] = key ? withdrawn(key) : [];
    if (gone) return gone.message;
    return difference(this.#folderOf(plugin, version), new Map(Object.entries(row["files"] as Record<string, string>)));
  }

  /**
   * Removes a release; its version stays known. Whether there was one.
   * @throws JinshuiError `still-used` while it runs.
   */
  async remove(
    plugin: string,
    version: string,
    /** Bureaus that have it. */
    usersOf: () => string[],
    also?: (tx: Transaction) => Promise<void>,
  ): Promise<boolean> {
    if (!this.#present(plugin, version)) return false;
    const users = usersOf();
    if (users.length > 0)
      throw new JinshuiError(
        "still-used",
        `${users.join(", ")} has ${plugin} ${version}, or would go back to it: give it another version first`,
        { details: { plugin, version, bureaus: users, count: users.length, reason: "version-used" } },
      );
    const row = await this.database.transaction(async (tx) => {
      await tx.update("plugin_release", { plugin, version }, { removed_at: tx.time });
      await also?.(tx);
      return tx.findOne("plugin_release", { plugin, version });
    });
    if (row) this.#rows.set(keyOf(row), row);
    failpoint("package-unnoted");
    await this.#discard(plugin, version);
    return true;
  }

  #present(plugin: string, version: string): boolean {
    const row = this.#rows.get(`${plugin} ${version}`);
    return row !== undefined && row["removed_at"] === undefined;
  }

  #folderOf(plugin: string, version: string): string {
    return join(this.folder, plugin, version);
  }

  async #discard(plugin: string, version: string): Promise<void> {
    const folder = this.#folderOf(plugin, version);
    await openFolders(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

function keyOf(row: Row): string {
  return `${String(row["plugin"])} ${String(row["version"])}`;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name))
    .map(({ name }) => name);
}

/** Makes files and folders below durable and unwritable; the folder itself stays writable, or it could not be moved. */
async function seal(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await seal(path);
    else await sync(path);
    await chmod(path, entry.isDirectory() ? 0o555 : 0o444);
  }
  await sync(folder);
}

/** What is unwritable can't be removed by who is not root. */
async function openFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return;
  await chmod(folder, 0o700);
  for (const entry of entries) if (entry.isDirectory()) await openFolders(join(folder, entry.name));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync().finally(() => handle.close());
}

/** The first file that is not what was installed. */
async function difference(folder: string, files: ReadonlyMap<string, string>): Promise<string | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return "its folder is missing";
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const added = paths.find((path) => !files.has(path));
  if (added !== undefined) return `${added} was not installed with it`;
  for (const [path, sha256] of files)
    if ((await sha256Of(join(folder, path))) !== sha256) return `${path} is not what was installed`;
  return undefined;
}

async function sha256Of(file: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch {
    return undefined;
  }
  return hash.digest("hex");
}
