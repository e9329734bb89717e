import test from "ava";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "./command-table.js";

const bin = join(dirname(fileURLToPath(import.meta.url)), "../bin/jinshui.js");

function jinshui(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return inTerminal("C.UTF-8", ...args);
}

function inTerminal(LANG: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { JINSHUI_PASSWORD: _password, ...others } = process.env;
  const env = { ...others, LC_ALL: "", LC_MESSAGES: "", LANG };
  return new Promise((done) =>
    execFile(process.execPath, [bin, ...args], { env }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    ),
  );
}

const adHoc = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="p" name="查账" jinshui:startPositions="clerk">
<startEvent id="s"/><adHocSubProcess id="c" name="核对"><manualTask id="t" name="查对"/></adHocSubProcess><endEvent id="e"/>
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
  writeFileSync(file, adHoc);
  const refused = await inTerminal("zh_CN.UTF-8", "process", "test", file);
  t.is(refused.code, 1);
  t.is(
    refused.out,
    "错误: 即席子流程“核对”（第 2 行）是即席子流程，本站暂不能执行。请改用普通子流程，其中可做可不做的步骤用包容网关选择。\n",
  );
  t.regex(
    (await jinshui("process", "test", file, "--language", "en")).out,
    /^error: Ad-hoc sub-process “核对” \(line 2\) is an ad-hoc/,
  );
  writeFileSync(file, adHoc.replace(/<adHocSubProcess.*<\/adHocSubProcess>/, '<manualTask id="c" name="核对"/>'));
  const passed = await jinshui("process", "test", file);
  t.is(passed.code, 0, passed.out + passed.err);
  t.regex(passed.out, /查账: completed/);
});

test("what a command is called with is said in one form, for each command and for all that begin alike", async (t) => {
  const groups = new Set(COMMANDS.map(({ words }) => words.split(" ")[0] ?? ""));
  const helps = await Promise.all([...groups].map((word) => jinshui(word, "--help")));
  const all = helps.map(({ out }) => out).join("\n");
  for (const { words } of COMMANDS) {
    const [found = ""] = new RegExp(`^usage: jinshui ${words}( [^]*?)?^example: .*`, "m").exec(all) ?? [];
    t.regex(found, /^ {2}--language LANG +zh-CN or en/m, words);
    t.regex(found, new RegExp(`^example: .*npm run -s jinshui -- ${words}`, "m"), words);
  }
  const admin = await inTerminal("zh_CN.UTF-8", "admin", "--help");
  t.is(admin.out.match(/^用法: jinshui admin /gm)?.length, 7);
  t.regex(admin.out, /^ {2}--system USERNAME:NAME +系统管理员$/m);
  t.regex((await jinshui("files", "quarantine", "list", "-h")).out, /example: JINSHUI_PASSWORD=…/);
  t.is((await jinshui("check", "no/such/folder", "--help")).code, 0, "nothing is done when help is asked for");
});

test("commands speak Chinese in a Chinese terminal or when asked to, else English", async (t) => {
  const asked = async (LANG: string, ...args: string[]): Promise<string> =>
    (await inTerminal(LANG, "plugin", "enable", "hello", ...args)).err;
  t.regex(
    await asked("C.UTF-8"),
    /^Which bureau\?[^]*usage: jinshui plugin enable <plugin> --bureau ID \[--site URL\]/,
  );
  t.regex(await asked("zh_CN.UTF-8"), /^请用 --bureau 写明哪个局\n用法: jinshui plugin enable/);
  t.regex(await asked("en_US.UTF-8", "--language", "zh-CN"), /^请用 --bureau/);
  t.regex(await asked("zh_CN.UTF-8", "--language=en"), /^Which bureau/);
  t.regex(await asked("zh_CN.UTF-8", "--nonsense"), /^没有参数 --nonsense/);
  const nobody = await inTerminal("zh_CN.UTF-8", "plugin", "list", "--site", "http://127.0.0.1:9", "--user", "a");
  t.deepEqual([nobody.code, /无法询问“a 的密码”/.test(nobody.err)], [2, true], nobody.err);
  const wrong = await inTerminal("zh_CN.UTF-8", "plugin", "list", "--language", "fr");
  t.deepEqual([wrong.code, wrong.err], [2, "--language fr: zh-CN, en\n"]);
  const none = await inTerminal("zh_CN.UTF-8", "files", "nonsense");
  t.is(none.code, 2);
  t.regex(none.err, /^没有命令“files nonsense”[^]*files verify/);
  t.is((await jinshui("--help")).code, 0);
});
