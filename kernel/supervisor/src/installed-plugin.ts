import { type PluginContent, type PluginProblem, readPlugin } from "@jinshui/contracts/plugin-folder";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { satisfies } from "semver";
import { API_VERSIONS, type ApiVersions } from "./api-versions.js";
import { isCircular, requiredBy, type Requirements } from "./requirements.js";

/** A plugin found in a folder, fit to run or with the reasons why not. */
export interface InstalledPlugin {
  id: string;
  version: string;
  folder: string;
  content?: PluginContent;
  problems: PluginProblem[];
  /** From a package; one from a folder is exchanged when that is read again. */
  packaged?: boolean;
  /** Id of the key that has signed its package. */
  signedBy?: string;
}

/** Finds plugins: every folder in the given ones that has a package.json with a `jinshui` part. A broken one is found too, with what is wrong; links may lead to the shared folders only. `others` are installed besides. */
export function discoverPlugins(
  folders: readonly string[],
  shared: readonly string[] = [],
  others: readonly InstalledPlugin[] = [],
  apis: ApiVersions = API_VERSIONS,
): InstalledPlugin[] {
  const found = folders.flatMap((folder) => {
    if (existsSync(manifestOf(folder))) return [folder];
    return isFolder(folder)
      ? readdirSync(folder)
          .map((name) => join(folder, name))
          .filter((path) => existsSync(manifestOf(path)))
      : [];
  });
  const plugins = new Map<string, InstalledPlugin>();
  const each = new Set(found.filter(isPlugin).map((folder) => realpathSync(folder)));
  for (const plugin of [...each].map((folder) => readInstalled(folder, shared, apis))) {
    const first = plugins.get(plugin.id);
    if (!first) plugins.set(plugin.id, plugin);
    // the first keeps the id; the other is shown under its folder's name
    else
      plugins.set(nameOf(plugin.folder), {
        id: nameOf(plugin.folder),
        version: plugin.version,
        folder: plugin.folder,
        problems: [{ file: "package.json", message: `"${plugin.id}" is the id of ${first.folder} already` }],
      });
  }
  const all = [...plugins.values()];
  for (const plugin of all) plugin.problems.push(...unfulfilled(plugin, [...all, ...others]));
  return all;
}

const manifestOf = (folder: string): string => join(folder, "package.json");
const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

function isPlugin(folder: string): boolean {
  const file = manifestOf(folder);
  return statSync(file).isFile() && readFileSync(file, "utf8").includes('"jinshui"');
}

/** Reads a plugin from its folder, with all that is wrong with it by itself and on this kernel. */
export function readInstalled(
  folder: string,
  shared: readonly string[],
  apis: ApiVersions = API_VERSIONS,
): InstalledPlugin {
  const plugin = readFolder(folder, shared);
  for (const { api, range, served } of unservedApis(plugin, apis))
    plugin.problems.push({
      file: "package.json",
      message: `asks for ${api} ${range}; this kernel serves ${served ?? "none"}`,
    });
  return plugin;
}

/** Kernel APIs a plugin asks for that are not served, or not in a version that fits. */
export function unservedApis(
  { content }: InstalledPlugin,
  apis: ApiVersions = API_VERSIONS,
): { api: string; range: string; served?: string }[] {
  return Object.entries(content?.manifest.requires.apis ?? {}).flatMap(([api, range]) => {
    const served = apis[api] ?? [];
    if (served.length === 0) return [{ api, range }];
    return served.some((version) => satisfies(version, range)) ? [] : [{ api, range, served: served.join(", ") }];
  });
}

/** A plugin as its folder has it, with what is wrong with it by itself; links may lead to the shared folders only. */
export function readFolder(folder: string, shared: readonly string[] = []): InstalledPlugin {
  // before anything is read: what a link leads to would be read with the kernel's rights, and shown to browsers
  const link = linkLeadingOut(folder, [folder, ...shared]);
  if (link !== undefined)
    return {
      id: nameOf(folder),
      version: "0.0.0",
      folder,
      problems: [{ file: link, message: "is a link that leads out of the plugin's folder" }],
    };
  const { content, problems } = readPlugin({
    read: (path) => {
      const file = inside(folder, path);
      return file !== undefined && existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;
    },
    list: (path) => {
      const file = inside(folder, path);
      return file !== undefined && isFolder(file) ? readdirSync(file) : [];
    },
  });
  const fail = (message: string): void => void problems.push({ file: "package.json", message });
  const { server, provides, contributes } = content?.manifest ?? {};
  for (const path of [
    contributes?.collections,
    contributes?.formats,
    contributes?.processes,
    contributes?.forms,
    contributes?.locales,
    provides?.contracts,
  ]) {
    if (path !== undefined && !isFolder(inside(folder, path) ?? ""))
      fail(`names the folder "${path}", which is not there`);
  }
  if (!server && (Object.keys(provides?.ops ?? {}).length > 0 || contributes?.jobs?.length))
    fail("names operations or jobs, but no server that does them");
  const { events, plugins } = content?.manifest.grants ?? {};
  // these become subjects of the bus: a wildcard would be a grant nobody gave
  for (const name of [...(events?.subscribe ?? []), ...(plugins ?? [])])
    if (!GRANT.test(name)) fail(`asks for "${name}", which is no <plugin or part>.<name>`);
  return {
    id: content?.manifest.id ?? nameOf(folder),
    version: content?.version ?? "0.0.0",
    folder,
    problems,
    ...(content ? { content } : {}),
  };
}

/** The first link in a folder that leads to none of these places. */
function linkLeadingOut(folder: string, places: readonly string[]): string | undefined {
  const allowed = places.filter((place) => existsSync(place)).map((place) => realpathSync(place));
  const leadingOut = linksBelow(folder).find((path) => {
    const target = existsSync(path) ? realpathSync(path) : resolve(dirname(path), readlinkSync(path));
    return !allowed.some((place) => target === place || target.startsWith(place + sep));
  });
  return leadingOut === undefined ? undefined : relative(folder, leadingOut);
}

/** Not `recursive`, which would follow them. */
function linksBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isSymbolicLink() ? [path] : entry.isDirectory() ? linksBelow(path) : [];
  });
}

const GRANT = /^[a-z0-9-]{1,40}\.[a-z0-9-]{1,40}$/;

/** A name for a plugin whose manifest gives none that can be used. */
function nameOf(folder: string): string {
  const name = (folder.split(sep).at(-1) ?? "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-|-$/g, "");
  return name === "" ? "unnamed" : name;
}

/** What a plugin asks for of others that no installed version of theirs fulfils. */
export function unfulfilled({ content }: InstalledPlugin, plugins: readonly InstalledPlugin[]): PluginProblem[] {
  const { id: own, requires } = content?.manifest ?? {};
  const versionsOf = (id: string): string[] =>
    plugins.filter((plugin) => plugin.id === id).map(({ version }) => version);
  const missing = Object.entries(requires?.plugins ?? {}).flatMap(([id, range]) => {
    const installed = versionsOf(id);
    return installed.some((version) => satisfies(version, range))
      ? []
      : [
          {
            file: "package.json",
            message: `asks for the plugin ${id} ${range}; installed is ${installed.join(", ") || "none"}`,
          },
        ];
  });
  if (own !== undefined && isCircular(own, requirementsOf(plugins)))
    missing.push({ file: "package.json", message: "asks for itself by way of the plugins it asks for" });
  return missing;
}

/** Who asks for whom, over all versions. */
export function requirementsOf(plugins: readonly InstalledPlugin[]): Requirements {
  const found = new Map<string, Set<string>>();
  for (const plugin of plugins) found.set(plugin.id, new Set([...(found.get(plugin.id) ?? []), ...requiredBy(plugin)]));
  return found;
}

/** A path below a folder, or nothing when it leads out of it. */
function inside(folder: string, path: string): string | undefined {
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

/** A file that browsers may have: below the folder of the web module or of the locales. */
export function assetFile({ folder, content }: InstalledPlugin, path: string): string | undefined {
  const { web, contributes } = content?.manifest ?? {};
  const roots = [
    ...(web ? [dirname(web.module)] : []),
    ...(contributes?.locales === undefined ? [] : [contributes.locales]),
  ];
  const file = inside(folder, path);
  return file !== undefined &&
    roots.some((root) => resolve(folder, root) !== resolve(folder) && file.startsWith(resolve(folder, root) + sep))
    ? file
    : undefined;
}
