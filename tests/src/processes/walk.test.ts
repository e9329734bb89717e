import { startMariaDb } from "@jinshui/storage/testing";
import { TestSite } from "@jinshui/testing";
import test from "ava";
import { type ShippedProcess, shippedProcesses } from "./library.js";
import { Walker } from "./walk.js";

let site: TestSite | undefined;

test.before(async () => {
  site = await TestSite.start();
});
test.after.always(() => site?.stop());

/** How many matters are on their way at the same time. */
const AT_ONCE = 6;

const titleOf = (documents: { title: string; filed: boolean }[]): string[] =>
  documents.flatMap(({ title, filed }) => (filed ? [title] : [])).sort();

async function faultsOf(walker: Walker, process: ShippedProcess): Promise<string[]> {
  const definition = await walker.definition(process.key);
  const faults: string[] = [];
  const filed = new Set<string>();
  for (const scenario of process.scenarios) {
    const where = `${process.key} ${scenario.id}`;
    try {
      const { detail, documents, supplied, steps, intact } = await walker.walk(process, scenario, definition);
      if (!detail.passedElements.includes(scenario.expect.end))
        faults.push(`${where} did not end in ${scenario.expect.end}`);
      if ([...steps].sort().join() !== [...new Set(scenario.expect.steps)].sort().join())
        faults.push(`${where} went ${[...steps].join(" ")} instead of ${scenario.expect.steps.join(" ")}`);
      if (titleOf(documents).join() !== [...supplied].sort().join())
        faults.push(`${where} filed ${titleOf(documents).join("、")} instead of ${[...supplied].join("、")}`);
      if (!intact) faults.push(`${where}: the archive is not intact`);
      for (const title of titleOf(documents)) filed.add(title);
    } catch (error) {
      faults.push(`${where}: ${String(error)}`);
    }
  }
  for (const title of (process.model.extensions["documents"] ?? "").split(" "))
    if (!filed.has(title)) faults.push(`${process.key}: ${title} was never filed`);
  return faults;
}

async function walkAll(walker: Walker, processes: ShippedProcess[]): Promise<string[]> {
  const left = [...processes];
  const faults: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) faults.push(...(await faultsOf(walker, next)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return faults;
}

test.serial(
  "every process of the library is gone through in the city bureau, each way of it, and ends in the archive with its papers",
  async (t) => {
    t.timeout(300_000);
    const started = performance.now();
    const processes = [...(await shippedProcesses("tax-processes")), ...(await shippedProcesses("admin-processes"))];
    const walker = new Walker(site as TestSite, "wuhu", "sunjie");
    t.deepEqual(await walkAll(walker, processes), []);
    t.log(`${processes.length} processes in ${Math.round((performance.now() - started) / 1000)} s`);
  },
);

/** Where the county can't decide alone, several sign, or officers are two; one for each office. */
const OF_THE_COUNTY = ["invoice-limit", "exemption", "inspection-case", "document-out", "asset-scrap"];

test.serial("in a county the steps that the bureau above decides are done by its people", async (t) => {
  t.timeout(300_000);
  const processes = [...(await shippedProcesses("tax-processes")), ...(await shippedProcesses("admin-processes"))];
  const chosen = processes.filter(({ key }) => OF_THE_COUNTY.includes(key));
  t.is(chosen.length, OF_THE_COUNTY.length);
  t.deepEqual(await walkAll(new Walker(site as TestSite, "wuhu-county", "wx035", "wuhu"), chosen), []);
});

test.serial("the library runs on MariaDB as well", async (t) => {
  t.timeout(300_000);
  const maria = await startMariaDb();
  if (!maria) {
    t.log("skipped: mariadb-server is not installed");
    t.pass();
    return;
  }
  t.teardown(() => maria.stop());
  const other = await TestSite.start({ database: await maria.url() });
  t.teardown(() => other.stop());
  const processes = (await shippedProcesses("tax-processes")).filter(({ key }) =>
    ["exemption", "penalty-general", "registration-cancel"].includes(key),
  );
  t.is(processes.length, 3);
  t.deepEqual(await walkAll(new Walker(other, "wuhu", "sunjie"), processes), []);
});
