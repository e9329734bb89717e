import { parseModel, type ProcessModel } from "@jinshui/engine";
import test from "ava";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { allItems } from "./step-list.js";
import { readList } from "./read-list.js";
import { writeList } from "./write-list.js";

const plugins = join(import.meta.dirname, "../..");
const files = globSync("*/processes/*.bpmn", { cwd: plugins });

/** A model without the order in which elements are entered, which nothing depends on. */
async function meaning(xml: string): Promise<ProcessModel | undefined> {
  const { processes } = await parseModel(xml);
  const [model] = processes;
  for (const element of Object.values(model?.elements ?? {})) element.incoming.sort();
  return model;
}

test("every process of a plugin opens as a list, and written back it means the same", async (t) => {
  t.true(files.length > 50);
  for (const file of files) {
    const xml = readFileSync(join(plugins, file), "utf8");
    const read = await readList(xml);
    if ("reasons" in read) {
      t.fail(`${basename(file)}: ${JSON.stringify(read.reasons)}`);
      continue;
    }
    t.deepEqual(await meaning(await writeList(read.list, xml)), await meaning(xml), file);
    const again = await readList(await writeList(read.list, xml));
    t.deepEqual("list" in again ? again.list : again, read.list, file);
    t.true(allItems(read.list.items).length > 0);
  }
});
