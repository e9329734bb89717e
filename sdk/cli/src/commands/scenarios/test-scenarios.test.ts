import test from "ava";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../../../..");
const BIN = join(ROOT, "sdk/cli/bin/jinshui.js");
const PLUGIN = join(ROOT, "plugins/admin-processes");

function run(folder: string, language = "en"): Promise<{ code: number; out: string }> {
  return new Promise((done) =>
    execFile(process.execPath, [BIN, "process", "test", folder, "--language", language], (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out: out + err }),
    ),
  );
}

test("the recorded scenarios of a shipped plugin pass; a change of the process that breaks one is told with where", async (t) => {
  const shipped = await run(PLUGIN);
  t.is(shipped.code, 0, shipped.out);
  t.regex(shipped.out, /请假销假 \(leave\): (\d+) of \1 scenarios pass, (\d+) of \2 flows taken/);
  t.regex((await run(PLUGIN, "zh-CN")).out, /17 个流程的业务测试全部通过/);

  const folder = mkdtempSync(join(tmpdir(), "jinshui-scenarios-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  cpSync(PLUGIN, folder, { recursive: true });
  const file = join(folder, "processes/leave.bpmn");
  const before = readFileSync(file, "utf8");
  writeFileSync(file, before.replace("days &gt; 15", "days &gt; 30"));
  const changed = await run(folder);
  t.is(changed.code, 1);
  t.regex(changed.out, /branch: it should go chief deputyFirst director record back and goes chief record back/);
  t.regex(changed.out, /taken by none: 请假天数 → 分管局领导审核/);

  writeFileSync(file, before.replace('jinshui:actions="approve,return,reject"', 'jinshui:actions="approve,return"'));
  t.regex((await run(folder)).out, /refused: step “科长审批” has no action reject/);

  rmSync(file);
  t.regex((await run(folder)).out, /the scenarios name process leave, which the plugin does not have/);
});
