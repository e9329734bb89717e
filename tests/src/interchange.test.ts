import { type Client, type ProcessProblem, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const folder = join(process.env["JINSHUI_CONFORMANCE"] ?? "../shared/conformance/dev", "miwg");
const files = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".bpmn"))
  : [];
/** Steps that a matter may take; conditions without values may lead in circles. */
const MAX_STEPS = 60;

const isError = ({ severity }: ProcessProblem): boolean => severity === "error";

/** Starts a matter and does every task of it, as the shell does, until none is left. */
async function runToEnd(person: Client<WorkflowApi>, definition: string): Promise<string> {
  const { id } = await person.start({ definition, values: {} });
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const { tasks } = await person.tasks({ kind: "todo" });
    const task = tasks.find(({ instance }) => instance === id);
    const { state, activeElements } = await person.instance({ id });
    if (state !== "active") return state;
    if (!task) {
      await sleep(100); // a timer may be due
      if (step > 20) return `waits at ${activeElements.join()}`;
      continue;
    }
    const { actions, version } = await person.task({ id: task.id });
    const action = actions[0]?.id ?? "complete";
    await person.complete({ id: task.id, version, action, values: {} });
  }
  return "goes in circles";
}

interface Imported {
  name: string;
  definitions: string[];
}

/** A model may wait for what only another pool sends, and call what is in another file; nothing else keeps it from its end. */
function isItsEnd(name: string, end: string): boolean {
  if (end === "completed") return true;
  const xml = readFileSync(join(folder, name), "utf8");
  if (end === "incident") return xml.includes("callActivity");
  return end
    .replace("waits at ", "")
    .split(",")
    .every((id) => xml.slice(xml.lastIndexOf("<", xml.indexOf(` id="${id}"`))).startsWith("<bpmn:receiveTask"));
}

/** Offers every file; those with errors must be refused as a whole, with every element's line. */
async function importAll(t: ExecutionContext, administrator: Client<WorkflowApi>): Promise<Imported[]> {
  const runnable: Imported[] = [];
  for (const name of files) {
    const xml = readFileSync(join(folder, name), "utf8");
    const file = { xml, fileName: basename(name) };
    const { problems, processes } = await administrator.importDefinition({ ...file, commit: false });
    const errors = [...problems, ...processes.flatMap((process) => process.problems)].filter(isError);
    t.false(
      errors.some(({ code }) => code === "bad-default-flow"),
      `${name}: no valid default flow is blamed`,
    );
    for (const { code, element, line } of errors)
      if (element !== undefined) t.true(line !== undefined, `${name}: ${code} at ${element} has no line`);
    if (errors.length > 0) {
      await t.throwsAsync(administrator.importDefinition({ ...file, commit: true }), { message: /can't be deployed/ });
      continue;
    }
    const report = await administrator.importDefinition({ ...file, commit: true });
    const definitions = report.processes.flatMap(({ definition }) => definition ?? []);
    t.is(definitions.length, report.processes.length, `${name}: every process is there`);
    runnable.push({ name, definitions });
  }
  return runnable;
}

test("every model of another tool that can run is imported and run to its end on a site; the rest name element and line", async (t) => {
  t.timeout(120_000);
  if (files.length === 0) {
    t.log("skipped: no interchange models; name their folder with JINSHUI_CONFORMANCE");
    t.pass();
    return;
  }
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  const person = (await site.signIn("sunjie")).client(workflowApi);
  const runnable = await importAll(t, person);
  const ends = new Map<string, string>();
  let begunByOthers = 0;
  for (const { name, definitions } of runnable)
    for (const definition of definitions) {
      if ((await person.definition({ id: definition })).startable)
        ends.set(`${name} ${definition}`, await runToEnd(person, definition));
      else {
        begunByOthers += 1;
        const begun = person.start({ definition, values: {} });
        await t.throwsAsync(begun, { message: /begins with a message, a signal or a time/ });
      }
    }
  t.log(
    `${runnable.length} of ${files.length} files imported, ${ends.size} matters run, ${begunByOthers} that begin with a message`,
  );
  t.deepEqual(
    [...ends].filter(([name, end]) => !isItsEnd(name.slice(0, name.lastIndexOf(" ")), end)),
    [],
  );
});
