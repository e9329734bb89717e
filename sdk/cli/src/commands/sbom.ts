import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** What every site gives to plugins: it is not brought along. */
const PROVIDED = ["@jinshui/plugin", "@jinshui/contracts"];

interface PackageJson {
  name: string;
  version: string;
  /** An SPDX expression; old packages have an object, or a list of them in `licenses`. */
  license?: string | { type?: string };
  licenses?: { type?: string }[];
  dependencies?: Record<string, string>;
}

export interface Component {
  type: "library";
  "bom-ref": string;
  name: string;
  version: string;
  purl: string;
  licenses?: { expression: string }[];
}

/**
 * A list of what a plugin brings along of others, after CycloneDX 1.6: its dependencies and theirs, as they are installed. Made
 * of the same files it is always the same: no time, no random number.
 */
export function sbomOf(folder: string): object {
  const own = readJson(join(folder, "package.json"));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", "bom-ref": purlOf(own), name: own.name, version: own.version } },
    components: componentsOf(folder),
  };
}

/** What a plugin brings along, as installed: its dependencies and theirs, and `others` that it has bundled. */
export function componentsOf(folder: string, others: readonly string[] = []): Component[] {
  const own = readJson(join(folder, "package.json"));
  const found = new Map<string, Component>();
  collect(folder, own, found);
  collect(folder, { ...own, dependencies: Object.fromEntries(others.map((name) => [name, "*"])) }, found);
  return [...found.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

function collect(folder: string, { dependencies = {} }: PackageJson, found: Map<string, Component>): void {
  for (const name of Object.keys(dependencies)) {
    const installed = PROVIDED.includes(name) ? undefined : find(folder, name);
    if (installed === undefined) continue;
    const other = readJson(join(installed, "package.json"));
    const purl = purlOf(other);
    if (found.has(purl)) continue;
    const licence = licenceOf(other);
    found.set(purl, {
      type: "library",
      "bom-ref": purl,
      name: other.name,
      version: other.version,
      purl,
      ...(licence === undefined ? {} : { licenses: [{ expression: licence }] }),
    });
    collect(installed, other, found);
  }
}

function licenceOf({ license, licenses }: PackageJson): string | undefined {
  if (typeof license === "string") return license;
  const types = (license ? [license] : (licenses ?? [])).map(({ type }) => type).filter((type) => type !== undefined);
  return types.length === 0 ? undefined : types.join(" OR ");
}

/** Where Node.js would find a package from a folder. */
function find(folder: string, name: string): string | undefined {
  for (let place = realpathSync(folder); ; place = dirname(place)) {
    const candidate = join(place, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (place === dirname(place)) return undefined;
  }
}

function readJson(file: string): PackageJson {
  return JSON.parse(readFileSync(file, "utf8")) as PackageJson;
}

function purlOf({ name, version }: PackageJson): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}
