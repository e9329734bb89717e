import type { PluginManifest } from "@jinshui/contracts";

/** What a changed file makes necessary: the compiler, the page's bundler, or only that the site reads the folder again. */
export type Change = "service" | "page" | "data";

/** What a plugin has to be built of at first. */
export function allOf({ server, web }: PluginManifest): Change[] {
  return [...(server ? ["service" as const] : []), ...(web ? ["page" as const] : []), "data"];
}

/** What follows from a change of this file; nothing for those that the site knows nothing of. */
export function changeOf(path: string, manifest: PluginManifest): Change | undefined {
  const file = path.replaceAll("\\", "/");
  if (/\.test\.ts$|~$|\.sw[a-z]$|(^|\/)\.[^/]*$/.test(file)) return undefined;
  if (file === "package.json") return "data";
  if (/^(src\/|tsconfig\.json$)/.test(file)) return manifest.server ? "service" : undefined;
  if (/^(web\/|vite\.config\.)/.test(file)) return manifest.web ? "page" : undefined;
  return dataPaths(manifest).some((path) => file === path || file.startsWith(`${path}/`)) ? "data" : undefined;
}

/** Folders in which something may change, below the plugin's own. */
export function watchedFolders(manifest: PluginManifest): string[] {
  return [...new Set(["src", "web", ...dataPaths(manifest).map((path) => path.replace(/\/[^/]*\.json$/, ""))])];
}

function dataPaths({ contributes, provides }: PluginManifest): string[] {
  const { collections, formats, processes, forms, locales } = contributes;
  const schemas = Object.values(provides?.ops ?? {}).flatMap(({ input, output }) => [input, output]);
  return [collections, formats, processes, forms, locales, provides?.contracts, ...schemas].flatMap((path) =>
    path === undefined ? [] : [path.replace(/^\.\//, "").replace(/\/$/, "")],
  );
}
