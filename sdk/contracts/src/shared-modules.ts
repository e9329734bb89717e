/**
 * Modules that the shell gives to all pages, one copy of each: its import map has these and no others. A plugin's web module
 * imports them by these names; whatever else it needs is in its own bundle.
 */
export const SHARED_MODULES = [
  "lit",
  "lit/decorators.js",
  "lit/directives/class-map.js",
  "lit/directives/if-defined.js",
  "lit/directives/repeat.js",
  "lit/directives/until.js",
  "@jinshui/contracts",
  "@jinshui/web",
  "@jinshui/web/form",
  "@jinshui/web/views",
] as const;
