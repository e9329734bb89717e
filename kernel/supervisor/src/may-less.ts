import type { InstalledPlugin } from "./installed-plugin.js";

/** Whether a plugin has lost a grant: its process must not keep the old ones for as long as it likes to drain. */
export function mayLess(before: InstalledPlugin, now: InstalledPlugin): boolean {
  const grantsOf = ({ content }: InstalledPlugin): string[] => {
    const { apis = [], events, plugins = [] } = content?.manifest.grants ?? {};
    const points = Object.keys(content?.manifest.provides?.points ?? {}).map((point) => `point ${point}`);
    return [...apis, ...(events?.subscribe ?? []).map((event) => `event ${event}`), ...plugins, ...points];
  };
  const left = new Set(grantsOf(now));
  return grantsOf(before).some((grant) => !left.has(grant));
}
