import test from "ava";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Driver } from "../testing.js";
import { waitsOf } from "../machine/state.js";
import { parseModel } from "./parse.js";

const folder = process.env["JINSHUI_CONFORMANCE"] ?? "../shared/conformance/dev";
const files = existsSync(join(folder, "miwg"))
  ? readdirSync(join(folder, "miwg"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".bpmn"))
  : [];

test("models of other tools are read without an exception, and those without errors run to their end", async (t) => {
  if (files.length === 0) {
    t.log("skipped: no interchange models; name their folder with JINSHUI_CONFORMANCE");
    t.pass();
    return;
  }
  let runnable = 0;
  const codes = new Map<string, number>();
  for (const name of files) {
    const { processes, problems } = await parseModel(readFileSync(join(folder, "miwg", name), "utf8"));
    const errors = problems.filter((problem) => problem.severity === "error");
    for (const { code } of errors) codes.set(code, (codes.get(code) ?? 0) + 1);
    if (errors.length > 0) continue;
    runnable += 1;
    for (const process of processes) {
      const run = new Driver(process);
      const [start] = process.starts[""] ?? [];
      const startEvent =
        start ??
        Object.values(process.elements).find(({ type, instantiate }) => type === "startEvent" || instantiate)?.id ??
        "";
      run.send({ type: "start", variables: {}, startEvent });
      run.finish();
      const stuck = waitsOf(run.state).some(({ kind }) => kind === "incident" || kind === "condition");
      t.true(run.state?.status === "completed" || stuck, `${name} ${process.id}: ${JSON.stringify(run.state)}`);
    }
  }
  t.log(`${runnable} of ${files.length} files run; errors by code: ${JSON.stringify(Object.fromEntries(codes))}`);
  t.true(runnable > 0);
});
