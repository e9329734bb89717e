import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolders } from "../../kernel/host/launch/build.mjs";
import { root } from "../../kernel/host/launch/workspace.mjs";

/** Holds docs/dependencies.md and the package.json files together, and refuses licences we can't live with, also further down. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT/X11",
  "MPL-2.0",
  "Unlicense",
  "Zlib",
  "OFL-1.1", // fonts
]);

/** Packages whose package.json does not name one of these, and what was read instead. */
const READ_BY_HAND = { "bpmn-js": "bpmn.io" };

const DOCUMENT = "docs/dependencies.md";
const faults = [];

const direct = new Map();
for (const folder of ["", ...packageFolders()]) {
  const { dependencies, devDependencies } = readManifest(join(root, folder));
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    if (!version.startsWith("workspace:")) direct.set(name, join(root, folder, "node_modules", name));
  }
}

const lines = new Map();
for (const line of readFileSync(join(root, DOCUMENT), "utf8").split("\n")) {
  const [, names, purpose, licence, keeper, exit] = line.split("|").map((cell) => cell.trim());
  if (exit === undefined || !names.startsWith("`")) continue;
  for (const [, name] of names.matchAll(/`([^`]+)`/g)) {
    if (lines.has(name)) faults.push(`${name} has two lines`);
    lines.set(name, { purpose, licence, keeper, exit });
  }
}

for (const [name, folder] of direct) {
  const line = lines.get(name);
  if (line === undefined) {
    faults.push(`${name} has no line: what it is for, its licence, who keeps it, what we would do without it`);
    continue;
  }
  for (const [cell, text] of Object.entries(line)) if (text.length < 3) faults.push(`${name}: ${cell} is empty`);
  const licence = READ_BY_HAND[name] ?? readManifest(folder).license;
  if (line.licence !== licence) faults.push(`${name} is under ${licence}, the line says ${line.licence}`);
}
for (const name of lines.keys()) {
  if (!direct.has(name) && !name.startsWith("apt:")) faults.push(`${name} has a line but no package.json names it`);
}

for (const [licence, packages] of Object.entries(installedLicences())) {
  if (isAllowed(licence)) continue;
  for (const { name } of packages)
    if (!(name in READ_BY_HAND)) faults.push(`${name} is under "${licence}", which is not allowed`);
}

for (const fault of faults) console.log(fault);
console.log(`${direct.size} direct dependencies, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;

/** "MIT", "(MIT OR GPL-3.0-or-later)", "(MIT AND Zlib)": one alternative that is allowed throughout is enough. */
function isAllowed(expression) {
  const alternatives = expression.replace(/[()]/g, "").split(" OR ");
  return alternatives.some((alternative) => alternative.split(" AND ").every((licence) => ALLOWED.has(licence.trim())));
}

function installedLicences() {
  const { stdout, status, stderr } = spawnSync("pnpm", ["licenses", "list", "--recursive", "--json"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`pnpm licenses list: ${stderr || stdout}`);
  return JSON.parse(stdout);
}

function readManifest(folder) {
  const path = join(folder, "package.json");
  if (!existsSync(path)) throw new Error(`${path} is missing: pnpm install`);
  return JSON.parse(readFileSync(path, "utf8"));
}
