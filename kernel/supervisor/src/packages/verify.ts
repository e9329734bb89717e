import {
  isJinshuiError,
  JinshuiError,
  type PackageProblem,
  type PackageReport,
  SIGNATURE_FILE,
} from "@jinshui/contracts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { lt, satisfies } from "semver";
import { type InstalledPlugin, readFolder, requirementsOf, unservedApis } from "../installed-plugin.js";
import { isCircular } from "../requirements.js";
import type { Unpacked } from "./archive.js";
import { asksOf, beyond, consentTo } from "./asks.js";
import { checkSignature } from "./signature-check.js";
import type { PackageTrust } from "./trust.js";

/** What a package is held against. */
export interface Surroundings {
  trust: PackageTrust;
  /** Plugins that are there, by id, each in the version that runs or would. */
  plugins: ReadonlyMap<string, InstalledPlugin>;
  /** Highest version of a plugin that was ever installed. */
  highest(plugin: string): string | undefined;
  /** Hash of the package that a version was installed from, if it ever was. */
  installed(plugin: string, version: string): string | undefined;
  /** @throws JinshuiError when what is stored does not fit the plugin's collections or data version. */
  checkData(plugin: InstalledPlugin): Promise<void>;
}

/**
 * Reads an unpacked package without running anything of it, and says who vouches for it, what it asks for, and everything for
 * which it can't be installed.
 * @throws JinshuiError `invalid-package` when it is no plugin at all.
 */
export async function verifyPackage(
  unpacked: Unpacked,
  folder: string,
  id: string,
  surroundings: Surroundings,
): Promise<PackageReport> {
  const { files, sha256 } = unpacked;
  const signed = files.has(SIGNATURE_FILE) ? await readFile(join(folder, SIGNATURE_FILE), "utf8") : undefined;
  const { key: signer, signature, problems } = checkSignature(files, signed, surroundings.trust);
  const plugin = readFolder(folder);
  const { content } = plugin;
  if (!content)
    throw new JinshuiError("invalid-package", `The package is no plugin: ${textOf(plugin.problems[0])}`, {
      details: { rule: "no-plugin", problems: plugin.problems },
    });
  if (signature && (signature.plugin !== plugin.id || signature.version !== plugin.version))
    problems.push({
      code: "identity",
      message: `Signed is ${signature.plugin} ${signature.version}, packed is ${plugin.id} ${plugin.version}`,
    });
  // what does not hold is nobody's word
  const key = problems.length === 0 ? signer : undefined;
  problems.push(
    ...plugin.problems.map((problem): PackageProblem => ({
      code: "manifest",
      message: problem.message,
      file: problem.file,
    })),
    ...misfits(plugin, surroundings.plugins),
    ...versionProblems(plugin, sha256, surroundings),
    ...(await dataProblems(plugin, surroundings)),
  );
  const running = surroundings.plugins.get(plugin.id);
  const asks = asksOf(content.manifest);
  const before = running?.content ? asksOf(running.content.manifest) : [];
  const { title, description } = content.manifest;
  return {
    package: id,
    plugin: plugin.id,
    version: plugin.version,
    title,
    ...(description ? { description } : {}),
    sha256,
    ...(key ? { signedBy: { id: key.id, title: key.title } } : {}),
    ...(running ? { running: running.version } : {}),
    problems,
    asks,
    grew: beyond(asks, before),
    shrank: beyond(before, asks),
    consent: consentTo(asks, sha256),
  };
}

/** What does not fit together with the kernel and the other plugins. */
function misfits(plugin: InstalledPlugin, others: InstalledPlugins): PackageProblem[] {
  const manifest = plugin.content?.manifest;
  const found = unservedApis(plugin).map(({ api, range, served }): PackageProblem => ({
    code: "api-missing",
    message: `Asks for ${api} ${range}; this kernel serves ${served ?? "none"}`,
    details: { api, range, served: served ?? "–" },
  }));
  for (const [required, range] of Object.entries(manifest?.requires.plugins ?? {})) {
    const installed = others.get(required)?.version;
    if (required !== plugin.id && (installed === undefined || !satisfies(installed, range)))
      found.push({
        code: "plugin-missing",
        message: `Asks for the plugin ${required} ${range}; installed is ${installed ?? "none"}`,
        details: { plugin: required, range, installed: installed ?? "–" },
      });
  }
  if (isCircular(plugin.id, requirementsOf([...others.values(), plugin])))
    found.push({ code: "plugin-circular", message: "Asks for itself by way of the plugins it asks for" });
  for (const other of others.values()) {
    const range = other.content?.manifest.requires.plugins?.[plugin.id];
    if (other.id !== plugin.id && range !== undefined && !satisfies(plugin.version, range))
      found.push({
        code: "dependent",
        message: `${other.id} asks for ${plugin.id} ${range}`,
        details: { plugin: other.id, range },
      });
  }
  return [...found, ...clashes(plugin, others)];
}

type InstalledPlugins = ReadonlyMap<string, InstalledPlugin>;

/** Names that are another plugin's already. */
function clashes(plugin: InstalledPlugin, others: InstalledPlugins): PackageProblem[] {
  const found: PackageProblem[] = [];
  const same = others.get(plugin.id)?.content;
  if (same && same.name !== plugin.content?.name)
    found.push({
      code: "id-taken",
      message: `${plugin.id} is the id of ${same.name}; this package is ${plugin.content?.name ?? "unnamed"}`,
      details: { other: same.name },
    });
  for (const other of others.values()) {
    if (other.id === plugin.id) continue;
    for (const names of [tagsOf, tablesOf]) {
      const taken = new Set(names(other));
      for (const name of names(plugin))
        if (taken.has(name))
          found.push({
            code: "name-taken",
            message: `${name} is a name of ${other.id} already`,
            details: { name, other: other.id },
          });
    }
  }
  return found;
}

/** The shell defines the tag of a view by these. */
function tagsOf({ id, content }: InstalledPlugin): string[] {
  return (content?.manifest.contributes.views ?? []).map((view) => `${id}-${view.id}`);
}

/** Storage names the table of a collection by these; hyphens become underscores. */
function tablesOf({ id, content }: InstalledPlugin): string[] {
  return (content?.collections ?? []).map(({ name }) => `${id}__${name}`.replaceAll("-", "_"));
}

function versionProblems({ id, version }: InstalledPlugin, sha256: string, around: Surroundings): PackageProblem[] {
  const installed = around.installed(id, version);
  // what runs in this version without having been installed is in a folder of the site
  const isElsewhere = installed === undefined && around.plugins.get(id)?.version === version;
  if (isElsewhere || (installed !== undefined && installed !== sha256))
    return [
      {
        code: "version-taken",
        message: `${id} ${version} is there with another content; a version is never changed`,
        details: { version },
      },
    ];
  const highest = around.highest(id);
  return highest !== undefined && lt(version, highest)
    ? [{ code: "downgrade", message: `${id} was ${highest} already`, details: { version, highest } }]
    : [];
}

async function dataProblems(plugin: InstalledPlugin, around: Surroundings): Promise<PackageProblem[]> {
  try {
    await around.checkData(plugin);
    return [];
  } catch (error) {
    if (!isJinshuiError(error) || error.status >= 500) throw error;
    return [{ code: "data", message: error.message, ...(error.details ? { details: error.details } : {}) }];
  }
}

function textOf(problem: { file: string; message: string } | undefined): string {
  return problem ? `${problem.file} ${problem.message}` : "it has no manifest";
}
