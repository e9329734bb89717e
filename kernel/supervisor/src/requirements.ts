import type { InstalledPlugin } from "./installed-plugin.js";

type Plugins = ReadonlyMap<string, InstalledPlugin>;

/** Ids of the plugins that a plugin asks for in its manifest. */
export function requiredBy({ content }: InstalledPlugin): string[] {
  return Object.keys(content?.manifest.requires.plugins ?? {});
}

/** Plugins that ask for this one, straight or by way of others; those that are asked for come first. */
export function dependentsOf(id: string, plugins: Plugins): InstalledPlugin[] {
  return inOrder(plugins).filter((plugin) => plugin.id !== id && allRequired(plugin.id, plugins).has(id));
}

/** All plugins, each behind those it asks for. */
export function inOrder(plugins: Plugins): InstalledPlugin[] {
  const ordered = new Set<InstalledPlugin>();
  const seen = new Set<string>();
  const visit = (id: string): void => {
    const plugin = plugins.get(id);
    if (!plugin || seen.has(id)) return;
    seen.add(id);
    requiredBy(plugin).forEach(visit);
    ordered.add(plugin);
  };
  [...plugins.keys()].forEach(visit);
  return [...ordered];
}

/** Whether a plugin asks for itself by way of others. */
export function isCircular(id: string, plugins: Plugins): boolean {
  return allRequired(id, plugins).has(id);
}

function allRequired(id: string, plugins: Plugins, found = new Set<string>()): Set<string> {
  const plugin = plugins.get(id);
  for (const required of plugin ? requiredBy(plugin) : []) {
    if (found.has(required)) continue;
    found.add(required);
    allRequired(required, plugins, found);
  }
  return found;
}
