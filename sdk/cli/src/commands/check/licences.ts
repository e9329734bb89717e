import { isBuiltin } from "node:module";
import { type Component, componentsOf } from "../sbom.js";
import { type Finding, finding } from "./finding.js";
import type { PluginSources } from "./plugin-sources.js";

/** Licences that a plugin's dependencies may have, as SPDX names them: those that ask for no more than a notice, and MPL. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MPL-2.0",
  "OFL-1.1",
  "Python-2.0",
  "Unicode-3.0",
  "Unlicense",
  "Zlib",
]);

/** Dependencies, and theirs, whose licence is not allowed or not stated: those that package.json names, and those that a page has bundled. */
export function licenceFindings(folder: string, { page, service }: PluginSources): Finding[] {
  const bundled = [...page, ...service]
    .flatMap(({ imports }) => imports.map(({ module }) => packageOf(module)))
    .filter((name) => name !== undefined);
  return componentsOf(folder, bundled).flatMap(({ name, version, licenses: [licence] = [] }: Component): Finding[] => {
    const at = { file: "package.json", path: ["dependencies", name] };
    if (licence === undefined) return [finding(at, "licence.none", { name, version })];
    const { expression } = licence;
    return isAllowed(expression)
      ? []
      : [finding(at, "licence.refused", { name, version, licence: expression, allowed: [...ALLOWED].join(", ") })];
  });
}

/** "MIT", "(MIT OR GPL-3.0-or-later)", "(MIT AND Zlib)": one alternative that is allowed throughout is enough. */
function isAllowed(expression: string): boolean {
  const alternatives = expression.replace(/[()]/g, "").split(" OR ");
  return alternatives.some((each) => each.split(" AND ").every((licence) => ALLOWED.has(licence.trim())));
}

/** The package that a bare name belongs to; those that the shell has are not brought along. */
function packageOf(module: string): string | undefined {
  if (/^[./]/.test(module) || isBuiltin(module) || /^(lit|@lit|@jinshui)(\/|$)/.test(module)) return undefined;
  return module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
}
