import type { PluginContent } from "@jinshui/contracts/plugin-folder";
import type { ProcessModel } from "@jinshui/engine";
import { problemText, problemTexts } from "@jinshui/engine/problem-texts";
import { checkFile } from "@jinshui/engine/site-check";
import { language, t } from "../../texts.js";
import { UsageError } from "../../usage-error.js";
import { readFolder } from "../plugin-folder.js";
import { pluginOffers } from "../site-offers.js";
import { runScenario, type ScenarioFault } from "./run-scenario.js";

/**
 * Goes all recorded ways through the processes of a plugin (业务测试): says for each process what a site would say about it, how many
 * scenarios pass, and which flows none of them takes. 1 when a site would refuse one, or a scenario fails or has no process.
 */
export async function testScenarios(folder: string): Promise<number> {
  const { content, unread, problems } = readFolder(folder);
  if (!content) throw new UsageError(t("folder.noPlugin", { folder }));
  for (const { file, message } of problems) say(`${file}: ${message}`);
  let failed = problems.length;
  const models = new Map<string, ProcessModel>();
  for (const { file, xml } of content.processes) {
    const checked = await checkFile(xml, pluginOffers(content, unread));
    const all = [...checked.problems, ...checked.processes.flatMap((process) => process.problems)];
    for (const problem of all)
      say(`${file}: ${problemTexts[language()].severities[problem.severity]}: ${problemText(problem, language())}`);
    const refused = all.filter(({ severity }) => severity === "error").length;
    failed += refused;
    if (refused === 0) for (const { model } of checked.processes) models.set(model.id, model);
  }
  for (const { process } of content.scenarios)
    if (!models.has(process)) {
      failed += 1;
      say(t("scenario.noProcess", { process }));
    }
  for (const model of models.values()) failed += ofProcess(content, model);
  say(t(failed === 0 ? "scenario.passed" : "scenario.failed", { n: models.size, failed }));
  return failed === 0 ? 0 : 1;
}

function ofProcess({ scenarios, forms }: PluginContent, model: ProcessModel): number {
  const own = scenarios.flatMap((file) => (file.process === model.id ? file.scenarios : []));
  const taken = new Set<string>();
  let failed = 0;
  for (const scenario of own) {
    const { faults, flows } = runScenario(model, forms, scenario);
    for (const flow of flows) taken.add(flow);
    if (faults.length > 0) failed += 1;
    for (const fault of faults) say(`  ${scenario.id}: ${said(model, fault)}`);
  }
  const all = Object.values(model.flows);
  const name = `${model.name ?? model.id} (${model.id})`;
  say(
    t("scenario.process", { name, passed: own.length - failed, n: own.length, taken: taken.size, flows: all.length }),
  );
  for (const { id, source, target } of all)
    if (own.length > 0 && !taken.has(id))
      say(`  ${t("scenario.untaken", { from: nameOf(model, source), to: nameOf(model, target) })}`);
  return failed;
}

function said(model: ProcessModel, { kind, params }: ScenarioFault): string {
  const { step, element } = params;
  return t(`scenario.${kind}`, {
    ...params,
    ...(step === undefined ? {} : { step: nameOf(model, step) }),
    ...(element === undefined ? {} : { element: nameOf(model, element) }),
  });
}

function nameOf({ elements }: ProcessModel, id: string): string {
  return elements[id]?.name ?? id;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
