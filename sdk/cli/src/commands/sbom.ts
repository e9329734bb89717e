import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** What every site gives to plugins: it is not brought along. */
const PROVIDED = ["@jinshui/plugin", "@jinshui/contracts"];

interface PackageJson {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
}

interface Component {
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
  const found = new Map<string, Component>();
  collect(folder, own, found);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", "bom-ref": purlOf(own), name: own.name, version: own.version } },
    components: [...found.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
  };
}

function collect(folder: string, { dependencies = {} }: PackageJson, found: Map<string, Component>): void {
  for (const name of Object.keys(dependencies)) {
    const installed = PROVIDED.includes(name) ? undefined : find(folder, name);
    if (installed === undefined) continue;
    const other = readJson(join(installed, "package.json"));
    const purl = purlOf(other);
    if (found.has(purl)) continue;
    found.set(purl, {
      type: "library",
      "bom-ref": purl,
      name: other.name,
      version: other.version,
      purl,
      ...(other.license === undefined ? {} : { licenses: [{ expression: other.license }] }),
    });
    collect(installed, other, found);
  }
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
