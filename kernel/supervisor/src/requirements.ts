import type { InstalledPlugin } from "./installed-plugin.js";

/** For each plugin the ids of those it asks for, in whatever version. */
export type Requirements = ReadonlyMap<string, ReadonlySet<string>>;

/** Ids of the plugins that a plugin asks for in its manifest. */
export function requiredBy({ content }: InstalledPlugin): string[] {
  return Object.keys(content?.manifest.requires.plugins ?? {});
}

/** Plugins that ask for this one, straight or by way of others; those that are asked for come first. */
export function dependentsOf(id: string, requirements: Requirements): string[] {
  return inOrder(requirements).filter((plugin) => plugin !== id && allRequired(plugin, requirements).has(id));
}

/** All plugins, each behind those it asks for. */
export function inOrder(requirements: Requirements): string[] {
  const ordered = new Set<string>();
  const seen = new Set<string>();
  const visit = (id: string): void => {
    const required = requirements.get(id);
    if (!required || seen.has(id)) return;
    seen.add(id);
    required.forEach(visit);
    ordered.add(id);
  };
  [...requirements.keys()].forEach(visit);
  return [...ordered];
}

/** Whether a plugin asks for itself by way of others. */
export function isCircular(id: string, requirements: Requirements): boolean {
  return allRequired(id, requirements).has(id);
}

function allRequired(id: string, requirements: Requirements, found = new Set<string>()): Set<string> {
  for (const required of requirements.get(id) ?? []) {
    if (found.has(required)) continue;
    found.add(required);
    allRequired(required, requirements, found);
  }
  return found;
}
