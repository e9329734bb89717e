import test from "ava";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = join(dirname(fileURLToPath(import.meta.url)), "../bin/jinshui.js");

function jinshui(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, LC_ALL: "", LC_MESSAGES: "", LANG: "C.UTF-8" };
  return new Promise((done) =>
    execFile(process.execPath, [bin, ...args], { env }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    ),
  );
}

const calls = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="p" name="查账" jinshui:startPositions="clerk">
<startEvent id="s"/><callActivity id="c" name="核对" calledElement="q"/><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="c"/><sequenceFlow id="b" sourceRef="c" targetRef="e"/></process></definitions>`;

test("without a word every command is listed, also the one that belongs to the kernel", async (t) => {
  const { code, out } = await jinshui();
  t.is(code, 0);
  for (const words of [
    "process test",
    "files verify",
    "files quarantine list",
    "audit verify",
    "schema drop",
    "config explain",
  ])
    t.regex(out, new RegExp(`^ {2}${words} `, "m"));
  const audit = await jinshui("audit", "verify", "--json");
  t.is(audit.code, 2);
  t.regex(audit.err, /npm run -s jinshui -- audit verify --json/);
});

test("a process that a site would refuse is refused in the site's words", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "jinshui-cli-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "p.bpmn");
  writeFileSync(file, calls);
  const refused = await jinshui("process", "test", file);
  t.is(refused.code, 1);
  t.is(
    refused.out,
    "错误: 调用活动“核对”（第 2 行）要调用另一个流程，本站暂不能执行。请把那个流程的步骤画成这里的子流程。\n",
  );
  t.regex(
    (await jinshui("process", "test", file, "--language", "en")).out,
    /^error: Call activity “核对” \(line 2\) calls/,
  );
  writeFileSync(file, calls.replace(/callActivity/, "manualTask").replace(' calledElement="q"', ""));
  const passed = await jinshui("process", "test", file);
  t.is(passed.code, 0, passed.out + passed.err);
  t.regex(passed.out, /查账: completed/);
});
