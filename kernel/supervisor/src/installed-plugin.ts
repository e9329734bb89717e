import { type PluginContent, type PluginProblem, readPlugin } from "@jinshui/contracts/plugin-folder";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { satisfies } from "semver";

/** Versions of the APIs this kernel serves. */
export const API_VERSIONS: Record<string, string> = { auth: "1.0.0", storage: "1.0.0", workflow: "1.0.0" };

/** A plugin found in a folder, fit to run or with the reasons why not. */
export interface InstalledPlugin {
  id: string;
  version: string;
  folder: string;
  content?: PluginContent;
  problems: PluginProblem[];
}

/** Finds plugins: every folder below the given ones that has a package.json with a `jinshui` part. */
export function discoverPlugins(folders: string[]): InstalledPlugin[] {
  const found = folders.flatMap((folder) => {
    if (!existsSync(folder)) return [];
    const isPlugin = existsSync(join(folder, "package.json"));
    return isPlugin ? [folder] : readdirSync(folder).map((name) => join(folder, name)).filter((path) => existsSync(join(path, "package.json")));
  });
  const plugins = found.filter((folder) => readFileSync(join(folder, "package.json"), "utf8").includes('"jinshui"')).map(load);
  const seen = new Set<string>();
  for (const plugin of plugins) {
    if (seen.has(plugin.id)) plugin.problems.push({ file: "package.json", message: `another plugin has the id "${plugin.id}"` });
    seen.add(plugin.id);
  }
  return plugins.filter((plugin, index) => plugins.findIndex(({ id }) => id === plugin.id) === index);
}

function load(folder: string): InstalledPlugin {
  const { content, problems } = readPlugin({
    read: (path) => {
      const file = inside(folder, path);
      return file !== undefined && existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;
    },
    list: (path) => {
      const file = inside(folder, path);
      return file !== undefined && existsSync(file) ? readdirSync(file) : [];
    },
  });
  for (const [api, range] of Object.entries(content?.manifest.requires.apis ?? {})) {
    const served = API_VERSIONS[api];
    if (served === undefined || !satisfies(served, range)) problems.push({ file: "package.json", message: `asks for ${api} ${range}; this kernel serves ${served ?? "none"}` });
  }
  const name = folder.split(sep).at(-1) ?? folder;
  return { id: content?.manifest.id ?? name, version: content?.version ?? "0.0.0", folder, problems, ...(content ? { content } : {}) };
}

/** A path below a folder, or nothing when it leads out of it. */
export function inside(folder: string, path: string): string | undefined {
  const full = resolve(folder, path);
  return full === resolve(folder) || full.startsWith(resolve(folder) + sep) ? full : undefined;
}

/** URL of a plugin's file for the browser; the hash makes a changed file a new address. */
export function assetUrl({ id, version, folder }: InstalledPlugin, path: string): string | undefined {
  const file = inside(folder, path);
  if (file === undefined || !existsSync(file)) return undefined;
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
  return `/plugins/${id}/${version}/${path.replace(/^\.\//, "")}?h=${hash}`;
}
