import type { PluginProblem } from "@jinshui/contracts/plugin-folder";
import { problemText } from "@jinshui/engine/problem-texts";
import { checkFile } from "@jinshui/engine/site-check";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments } from "../arguments.js";
import { language, t } from "../texts.js";
import { PLUGIN_PROBLEMS_CHINESE, schemaReason } from "../texts/plugin-problem-texts.js";
import { bundleFindings } from "./check/bundle.js";
import { declarationFindings } from "./check/declarations.js";
import { type Finding, findingLine } from "./check/finding.js";
import { importFindings } from "./check/imports.js";
import { jsonLine, pathOf } from "./check/json-line.js";
import { licenceFindings } from "./check/licences.js";
import { pluginSources } from "./check/plugin-sources.js";
import { declaredProblems } from "./check-declared.js";
import { readFolder } from "./plugin-folder.js";
import { pluginOffers } from "./site-offers.js";

/** Everything that is wrong with a plugin, or could be better: manifest, data files, processes, sources, and what was built of them. */
export async function findProblems(folder: string): Promise<Finding[]> {
  const { folder: base, content, problems, unread } = readFolder(folder);
  const all = problems.map(asFinding);
  if (!content) return all.map((finding) => withLine(base, finding));
  for (const { file, xml } of content.processes) {
    const { processes, problems: own } = await checkFile(xml, pluginOffers(content, unread));
    for (const problem of [...own, ...processes.flatMap((process) => process.problems)])
      all.push({
        severity: problem.severity,
        file,
        ...(problem.line === undefined ? {} : { line: problem.line }),
        message: problemText(problem, language()),
      });
  }
  const sources = pluginSources(base, content.manifest);
  return [
    ...all,
    ...importFindings(sources, content.name),
    ...declarationFindings(content, sources),
    ...licenceFindings(base, sources),
    ...bundleFindings(base, content.manifest),
    ...declaredProblems(base, content).map(asFinding),
  ].map((finding) => withLine(base, finding));
}

/** `check`: prints what is wrong and what could be better, or that nothing is; 1 when something is wrong. */
export async function check(args: string[]): Promise<number> {
  const { words } = readArguments(args, {});
  const findings = await findProblems(words[0] ?? ".");
  for (const finding of findings) process.stdout.write(`${findingLine(finding)}\n`);
  if (hasErrors(findings)) return 1;
  process.stdout.write(`${t(findings.length === 0 ? "check.fits" : "check.fitsButFor", { n: findings.length })}\n`);
  return 0;
}

/** Whether something is wrong, not only could be better. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** In the command's language; the kernel says it in English. */
function asFinding(problem: PluginProblem): Finding {
  const { file, message, code, params = {} } = problem;
  const path = pathOf(problem);
  const found: Finding = { severity: "error", file, message, ...(path ? { path } : {}) };
  if (code === undefined || language() === "en") return found;
  const chinese = PLUGIN_PROBLEMS_CHINESE[code].replace(/\{(\w+)\}/g, (_, name: string) =>
    name === "reason" && code === "schema" ? schemaReason(params[name] ?? "") : (params[name] ?? ""),
  );
  return { ...found, message: chinese };
}

/** With the line of the part that it is about. */
function withLine(folder: string, { path, ...finding }: Finding): Finding {
  const file = join(folder, finding.file);
  if (!path || !file.endsWith(".json") || !existsSync(file)) return finding;
  const line = jsonLine(readFileSync(file, "utf8"), path);
  return line === undefined ? finding : { ...finding, line };
}
