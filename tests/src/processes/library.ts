import { readFolder } from "@jinshui/cli";
import type { FormSchema, Scenario } from "@jinshui/contracts";
import { parseModel, type ProcessModel } from "@jinshui/engine";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "../../..");

/** A process that the platform ships, with what belongs to it. */
export interface ShippedProcess {
  plugin: string;
  key: string;
  xml: string;
  model: ProcessModel;
  forms: FormSchema[];
  scenarios: Scenario[];
}

/** All processes of a plugin of the checkout. */
export async function shippedProcesses(plugin: string): Promise<ShippedProcess[]> {
  const { content, problems } = readFolder(join(ROOT, "plugins", plugin));
  if (!content || problems.length > 0) throw new Error(`${plugin}: ${JSON.stringify(problems)}`);
  const found: ShippedProcess[] = [];
  for (const { xml } of content.processes)
    for (const model of (await parseModel(xml)).processes)
      found.push({
        plugin,
        key: model.id,
        xml,
        model,
        forms: content.forms,
        scenarios: content.scenarios.flatMap(({ process, scenarios }) => (process === model.id ? scenarios : [])),
      });
  return found;
}

/** The positions of the site's catalogue. */
export function catalogueOfPositions(): Set<string> {
  const { positions } = parse(readFileSync(join(ROOT, "configs/base.yaml"), "utf8")) as { positions: object };
  return new Set(Object.keys(positions));
}

/** A person of the demo site. */
export interface DemoPerson {
  username: string;
  bureau: string;
  department: string;
  positions: { position: string; department?: string }[];
}

export function demoPeople(): DemoPerson[] {
  return (parse(readFileSync(join(ROOT, "configs/demo/people.yaml"), "utf8")) as { people: DemoPerson[] }).people;
}
