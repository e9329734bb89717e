import { SHARED_MODULES } from "@jinshui/contracts";
import { isBuiltin } from "node:module";
import { dirname, join, normalize } from "node:path";
import { type Finding, finding } from "./finding.js";
import type { PluginSources, SourceFile } from "./plugin-sources.js";
import type { ImportFact } from "./source-facts.js";

/** What the site's permission model, or its firewall, refuses at run time: better known before. */
const DENIED: Record<string, RegExp> = {
  "import.program": /^(child_process|cluster|worker_threads|inspector|repl|wasi|trace_events)(\/|$)/,
  "import.network": /^(net|tls|dgram|http|https|http2|dns)(\/|$)/,
};
/** What changes the disk; reading is limited to the plugin's own folder. */
const WRITES =
  /^(write|append|mkdir|mkdtemp|rm|rmdir|unlink|rename|copyFile|cp|symlink|link|chmod|chown|truncate|utimes|lchown|createWriteStream)/;
/** The kernel's alone. */
const KERNEL_ONLY = /^(inversify|nats|@nats-io\/.*|sequelize|mysql2|better-sqlite3|koa|@koa\/.*)(\/|$)/;
/** What a service may have of the platform. */
const OF_SERVICE = ["plugin", "contracts"];

/** Imports that a plugin must not have, where they are written, or else where they have come into what was built. */
export function importFindings(sources: PluginSources, ownName: string): Finding[] {
  const written = sources.service.flatMap((source) => serviceFindings(source, ownName));
  const known = new Set(sources.service.flatMap(({ imports }) => imports.map(({ module }) => module)));
  const brought = sources.builtService
    .map((source) => ({ ...source, imports: source.imports.filter(({ module }) => !known.has(module)) }))
    .flatMap((source) => serviceFindings(source, ownName));
  return [
    ...written,
    ...brought,
    ...sources.page.flatMap(pageFindings),
    ...sources.builtPage.flatMap(bundleFindings),
    ...[...sources.service, ...sources.page].flatMap(({ file, error }) =>
      error ? [finding({ file, line: error.line }, "check.syntax", { reason: error.message })] : [],
    ),
  ];
}

function serviceFindings(source: SourceFile, ownName: string): Finding[] {
  const { file, imports } = source;
  return imports.flatMap((found): Finding[] => {
    const { module, line } = found;
    const at = { file, line };
    if (isBuiltin(module)) return builtinFindings(at, found);
    if (module.startsWith(".")) return leadsOut(file, module) ? [finding(at, "import.outside", { module })] : [];
    const [, platform] = /^@jinshui\/([^/]+)/.exec(module) ?? [];
    if (module === ownName || module.startsWith(`${ownName}/`)) return [];
    if (platform?.startsWith("plugin-") || /^jinshui-plugin-/.test(module))
      return [finding(at, "import.otherPlugin", { module })];
    if (platform !== undefined && !OF_SERVICE.includes(platform)) return [finding(at, "import.kernel", { module })];
    return KERNEL_ONLY.test(module) ? [finding(at, "import.kernelOnly", { module })] : [];
  });
}

function builtinFindings(at: { file: string; line: number }, { module, names }: ImportFact): Finding[] {
  const name = module.replace(/^node:/, "");
  const [denied] = Object.entries(DENIED).find(([, pattern]) => pattern.test(name)) ?? [];
  if (denied !== undefined) return [finding(at, denied, { module })];
  const writing = /^fs(\/promises)?$/.test(name) ? names.find((taken) => WRITES.test(taken)) : undefined;
  return writing === undefined ? [] : [finding(at, "import.write", { module, name: writing })];
}

function pageFindings({ file, imports }: SourceFile): Finding[] {
  return imports.flatMap(({ module, line }): Finding[] => {
    const at = { file, line };
    if (isBuiltin(module)) return [finding(at, "import.noBrowser", { module })];
    if (module.startsWith(".")) return leadsOut(file, module) ? [finding(at, "import.outside", { module })] : [];
    if (/^@jinshui\//.test(module) && !isShared(module)) return [finding(at, "import.notOfPage", { module })];
    return /^@vaadin\//.test(module) ? [finding(at, "import.vaadin", { module })] : [];
  });
}

/** What a browser would look for under a bare name has to be in the shell's import map. */
function bundleFindings({ file, imports }: SourceFile): Finding[] {
  return imports
    .filter(({ module }) => !/^([./]|https?:)/.test(module) && !isShared(module) && !isBuiltin(module))
    .map(({ module, line }) =>
      finding({ file, line }, "bundle.notShared", { module, shared: SHARED_MODULES.join(", ") }),
    );
}

function isShared(module: string): boolean {
  return SHARED_MODULES.some((shared) => shared === module);
}

function leadsOut(file: string, module: string): boolean {
  return normalize(join(dirname(file), module)).startsWith("..");
}
