/** Which plugins a bureau has; the supervisor knows. */
export interface Enablement {
  enabledPlugins(bureau: string): string[];
}
