/** What a new plugin may have besides a register: a page or a service of its own, a process with its form. */
export const PARTS = ["page", "service", "process"] as const;
export type Part = (typeof PARTS)[number];

/** What the four questions have been answered with. */
export interface TemplateOptions {
  id: string;
  /** What people call it. */
  title: string;
  /** What it keeps a register of, as people say it; absent for a plugin without one. */
  records?: string;
  parts: ReadonlySet<Part>;
}

/** Where the new plugin stands: in the checkout, or in a folder of its own. */
export interface Place {
  /** How a package of the SDK is named in package.json: `workspace:*`, or a file that was packed. */
  versionOf: (name: string) => string;
  /** Packages that the plugin has to bring along itself: none in a checkout, which has them. */
  tools: Record<string, string>;
  /** The settings of the compiler for the service, and for the page. */
  compiler: { service: object; page: object };
  /** Projects of the SDK that are built before the plugin. */
  references: (names: readonly string[], up: string) => object;
  /** Files that only a plugin in a folder of its own has. */
  files: Record<string, string>;
  /** First part of the package's name. */
  prefix: string;
}

/** A `package.json` as npm and prettier leave it. */
export const packageJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Any other file of JSON as prettier leaves it: lists of words on one line. */
export function json(value: unknown): string {
  return packageJson(value)
    .replace(/\[\s+("[^"]*"(?:,\s+"[^"]*")*)\s+\]/g, (_, words: string) => `[${words.replace(/,\s+/g, ", ")}]`)
    .replace(/\[\s+(\[[^[\]]*\])\s+\]/g, "[$1]");
}

/** The name of a class for an id: `car-pool` is `CarPool`. */
export function className(id: string): string {
  return id
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}
