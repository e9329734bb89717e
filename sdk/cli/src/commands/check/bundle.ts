import type { PluginManifest } from "@jinshui/contracts";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { filesBelow } from "../write-package.js";
import { type Finding, finding } from "./finding.js";

/** Parts of modules that all pages share one copy of: a bundle that has them is a second one. */
const SHARED: Record<string, RegExp> = {
  lit: /litElementVersions|litHtmlVersions|reactiveElementVersions/,
  "@vaadin/*": /\bVaadin\.(registrations|developmentMode|featureFlags|usageStatistics)/,
  "@jinshui/web": /["'`]jinshui-connection["'`]/,
};
/** KB of JavaScript and styles that a plugin may have when package.json says nothing of it. */
const BUDGETS = { webKb: 300, serverKb: 2_048 };
const KB = 1_024;

type Budgets = Partial<typeof BUDGETS>;

/** What is wrong with what was built: copies of shared modules, tags of its own, more than the budget. */
export function bundleFindings(folder: string, { web, server }: PluginManifest): Finding[] {
  const { budgets = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { budgets?: Budgets };
  const page = web ? dirname(web.module) : undefined;
  const pages = page === undefined ? [] : filesIn(folder, page);
  const service = server ? filesIn(folder, dirname(server.main)).filter((file) => !pages.includes(file)) : [];
  return [
    ...pages.filter((file) => /\.m?js$/.test(file)).flatMap((file) => copiesIn(folder, file)),
    ...tooLarge(folder, pages, "webKb", budgets),
    ...tooLarge(folder, service, "serverKb", budgets),
  ];
}

function copiesIn(folder: string, file: string): Finding[] {
  const text = readFileSync(join(folder, file), "utf8");
  const copies = Object.entries(SHARED)
    .filter(([, mark]) => mark.test(text))
    .map(([module]) => finding({ file }, "bundle.copy", { module }));
  return /customElements\.define\(/.test(text) ? [...copies, finding({ file }, "bundle.tag")] : copies;
}

function tooLarge(folder: string, files: readonly string[], budget: keyof typeof BUDGETS, own: Budgets): Finding[] {
  const limit = own[budget] ?? BUDGETS[budget];
  const size = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / KB;
  const [largest = ""] = [...files].sort((a, b) => statSync(join(folder, b)).size - statSync(join(folder, a)).size);
  return size <= limit ? [] : [finding({ file: largest }, "bundle.large", { size: Math.ceil(size), limit, budget })];
}

function filesIn(folder: string, below: string): string[] {
  if (!existsSync(join(folder, below))) return [];
  return filesBelow(join(folder, below))
    .filter((name) => /\.(m?js|css|wasm|json)$/.test(name) && !/\.test\./.test(name))
    .map((name) => join(below, name));
}
