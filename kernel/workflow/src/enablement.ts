/** Which plugins a bureau has, and what they may; the supervisor knows. */
export interface Enablement {
  enabledPlugins(bureau: string): string[];
  /** Whether a plugin may lend and dispose of archives (`grants.archives`). */
  mayKeepArchives(plugin: string, bureau: string): boolean;
}
