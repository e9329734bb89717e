import type { PluginProblem } from "@jinshui/contracts/plugin-folder";
import { parseModel } from "@jinshui/engine";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments } from "../arguments.js";
import { readFolder } from "./plugin-folder.js";

/** Modules a page shares with the shell; a bundle that contains them would be a second copy. */
const SHARED = [/litElementVersions/, /litHtmlVersions/, /reactiveElementVersions/];

/** Everything that is wrong with a plugin: manifest, data files, processes, and what its web bundle contains. */
export async function findProblems(folder: string): Promise<PluginProblem[]> {
  const { folder: base, content, problems } = readFolder(folder);
  if (!content) return problems;
  const all = [...problems];
  const forms = new Set(content.forms.map(({ id }) => id));
  const jobs = new Set(content.manifest.contributes.jobs ?? []);
  for (const { file, xml } of content.processes) {
    const parsed = await parseModel(xml);
    for (const problem of parsed.problems.filter(({ severity }) => severity === "error")) {
      all.push({
        file,
        message: `${problem.code}${problem.element === undefined ? "" : ` at ${problem.element}`}${problem.line === undefined ? "" : ` (line ${problem.line})`}`,
      });
    }
    for (const element of parsed.processes.flatMap(({ elements }) => Object.values(elements))) {
      const { form, job } = element.extensions;
      if (form !== undefined && !forms.has(form))
        all.push({ file, message: `${element.id} asks for form "${form}", which is not there` });
      if (job !== undefined && !jobs.has(job))
        all.push({ file, message: `${element.id} asks for job "${job}", which the manifest does not name` });
    }
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
  const { words } = readArguments(args, {});
  const folder = words[0] ?? ".";
  const problems = await findProblems(folder);
  for (const { file, message } of problems) process.stdout.write(`${file}: ${message}\n`);
  if (problems.length === 0) process.stdout.write("everything fits\n");
  return problems.length === 0 ? 0 : 1;
}
