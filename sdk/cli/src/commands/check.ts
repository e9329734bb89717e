import type { PluginProblem } from "@jinshui/contracts/plugin-folder";
import { type ProblemLanguage, problemText } from "@jinshui/engine/problem-texts";
import { checkFile } from "@jinshui/engine/site-check";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments } from "../arguments.js";
import { languageOf } from "../language.js";
import { readFolder } from "./plugin-folder.js";
import { pluginOffers } from "./site-offers.js";

/** Modules a page shares with the shell; a bundle that contains them would be a second copy. */
const SHARED = [/litElementVersions/, /litHtmlVersions/, /reactiveElementVersions/];

/** Everything that is wrong with a plugin: manifest, data files, processes, and what its web bundle contains. */
export async function findProblems(
  folder: string,
  language: ProblemLanguage = languageOf(undefined),
): Promise<PluginProblem[]> {
  const { folder: base, content, problems } = readFolder(folder);
  if (!content) return problems;
  const all = [...problems];
  for (const { file, xml } of content.processes) {
    const { processes, problems: own } = await checkFile(xml, pluginOffers(content));
    for (const problem of [...own, ...processes.flatMap((process) => process.problems)])
      if (problem.severity === "error") all.push({ file, message: problemText(problem, language) });
  }
  const module = content.manifest.web?.module;
  if (module !== undefined && existsSync(join(base, module))) {
    const text = readFileSync(join(base, module), "utf8");
    if (SHARED.some((mark) => mark.test(text)))
      all.push({
        file: module,
        message: "contains a copy of lit; leave lit, @lit/*, @vaadin/* and @jinshui/* out of the bundle",
      });
    if (/customElements\.define\(/.test(text))
      all.push({ file: module, message: "defines a tag; export the class and let the shell define it" });
  }
  return all;
}

/** `check`: prints what is wrong, or that nothing is. */
export async function check(args: string[]): Promise<number> {
  const { words, values } = readArguments(args, { language: { type: "string" } });
  const folder = words[0] ?? ".";
  const problems = await findProblems(folder, languageOf(values["language"]));
  for (const { file, message } of problems) process.stdout.write(`${file}: ${message}\n`);
  if (problems.length === 0) process.stdout.write("everything fits\n");
  return problems.length === 0 ? 0 : 1;
}
