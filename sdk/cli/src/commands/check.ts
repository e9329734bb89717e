import type { PluginProblem } from "@jinshui/contracts/plugin-folder";
import { problemText } from "@jinshui/engine/problem-texts";
import { checkFile } from "@jinshui/engine/site-check";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments } from "../arguments.js";
import { language, t } from "../texts.js";
import { readFolder } from "./plugin-folder.js";
import { pluginOffers } from "./site-offers.js";

/** Modules a page shares with the shell; a bundle that contains them would be a second copy. */
const SHARED = [/litElementVersions/, /litHtmlVersions/, /reactiveElementVersions/];

/** Everything that is wrong with a plugin: manifest, data files, processes, and what its web bundle contains. */
export async function findProblems(folder: string): Promise<PluginProblem[]> {
  const { folder: base, content, problems, unread } = readFolder(folder);
  if (!content) return problems;
  const all = [...problems];
  for (const { file, xml } of content.processes) {
    const { processes, problems: own } = await checkFile(xml, pluginOffers(content, unread));
    for (const problem of [...own, ...processes.flatMap((process) => process.problems)])
      if (problem.severity === "error") all.push({ file, message: problemText(problem, language()) });
  }
  const module = content.manifest.web?.module;
  if (module !== undefined && existsSync(join(base, module))) {
    const text = readFileSync(join(base, module), "utf8");
    if (SHARED.some((mark) => mark.test(text)))
      all.push({
        file: module,
        message: t("check.lit"),
      });
    if (/customElements\.define\(/.test(text)) all.push({ file: module, message: t("check.tag") });
  }
  return all;
}

/** `check`: prints what is wrong, or that nothing is. */
export async function check(args: string[]): Promise<number> {
  const { words } = readArguments(args, {});
  const folder = words[0] ?? ".";
  const problems = await findProblems(folder);
  for (const { file, message } of problems) process.stdout.write(`${file}: ${message}\n`);
  if (problems.length === 0) process.stdout.write(`${t("check.fits")}\n`);
  return problems.length === 0 ? 0 : 1;
}
