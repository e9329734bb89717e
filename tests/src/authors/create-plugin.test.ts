import test from "ava";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../site-files.js";
import { command, env, folderFor, linkModules, run } from "./own-folder.js";

test("a plugin in a folder of its own installs, passes its own tests on a real site, fits, and is packed", async (t) => {
  t.timeout(300_000);
  const folder = await folderFor(t);
  const made = await command(
    "create-plugin",
    folder,
    "--title",
    "车辆管理",
    "--records",
    "车辆",
    "--with",
    "service,process,page",
  );
  t.is(made.code, 0, made.output);
  const began = performance.now();
  const installed = await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], folder);
  t.is(installed.code, 0, installed.output);
  t.log(`npm install: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  const tested = await run("npm", ["test"], folder);
  t.is(tested.code, 0, tested.output);
  t.regex(tested.output, /3 tests passed/);
  const checked = await command("check", folder);
  t.deepEqual([checked.code, checked.output], [0, "everything fits\n"]);
  const packed = await command("pack", folder);
  t.is(packed.code, 0, packed.output);
  t.true(existsSync(join(folder, "car-pool-0.1.0.tgz")));
});

test("a plugin outside gets the SDK of a newer checkout in place of the one it came with; one inside has none of its own", async (t) => {
  const folder = await folderFor(t);
  t.is((await command("create-plugin", folder, "--with", "service")).code, 0);
  const manifest = join(folder, "package.json");
  const made = await readFile(manifest, "utf8");
  const [archive = ""] = /jinshui-plugin-\d[^"]*/.exec(made) ?? [];
  await rename(join(folder, "sdk", archive), join(folder, "sdk/jinshui-plugin-0.0.1-00000000.tgz"));
  await writeFile(manifest, made.replace(archive, "jinshui-plugin-0.0.1-00000000.tgz"));
  const renewed = await command("sdk", "renew", folder);
  t.deepEqual([renewed.code, /4 packages of the SDK anew/.test(renewed.output)], [0, true], renewed.output);
  t.is(await readFile(manifest, "utf8"), made);
  t.is((await readdir(join(folder, "sdk"))).length, 4);
  t.true(existsSync(join(folder, "sdk", archive)));
  const inside = await command("sdk", "renew", "plugins/example-hello");
  t.is(inside.code, 2);
  t.regex(inside.output, /brings no SDK along/);
});

const ANSWERS: [records: string, parts: string][] = [
  ["车辆", "-"],
  ["车辆", "process"],
  ["-", "page"],
  ["-", "service,page,process"],
];

for (const [records, parts] of ANSWERS)
  test.serial(`one with the register ${records} and the parts ${parts} passes its own tests and fits`, async (t) => {
    const folder = await folderFor(t);
    const made = await command("create-plugin", folder, "--records", records, "--with", parts);
    t.is(made.code, 0, made.output);
    await linkModules(folder);
    const tested = await run("npm", ["test"], folder);
    t.is(tested.code, 0, tested.output);
    t.regex(tested.output, /tests? passed/);
    const checked = await command("check", folder);
    t.deepEqual([checked.code, checked.output], [0, "everything fits\n"]);
  });

/** Types an answer each time that something is asked for. */
function atTerminal(args: string[], answers: string[]): Promise<{ code: number | null; out: string }> {
  const line = [process.execPath, join(root, "sdk/cli/bin/jinshui.js"), ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("/usr/bin/script", ["-qefc", line, "/dev/null"], {
    env: { ...env, LC_ALL: "zh_CN.UTF-8" },
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 60_000,
  });
  let out = "";
  let asked = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    const questions = out.match(/\d\/4 [^\n]*\]: /g)?.length ?? 0;
    for (; asked < questions; asked += 1) child.stdin.write(`${answers[asked] ?? ""}\r`);
  });
  return new Promise((done) => child.once("close", (code) => done({ code, out })));
}

test("at a terminal it asks four questions, again where an answer can't be taken, and Enter takes what is offered", async (t) => {
  const folder = await folderFor(t);
  const { code, out } = await atTerminal(
    ["create-plugin", folder],
    ["车辆", "car-pool", "车辆管理", "", "process,nonsense", "process"],
  );
  t.is(code, 0, out);
  t.regex(out, /“车辆”不能作标识/);
  t.regex(out, /“nonsense”不在可选之列/);
  t.is(out.match(/\d\/4 /g)?.length, 6, out);
  const { jinshui } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    jinshui: { title: object; server?: object; contributes: { views: { title: object }[] } };
  };
  t.deepEqual(jinshui.title, { "zh-CN": "车辆管理", en: "车辆管理" });
  t.is(jinshui.server, undefined);
  t.like(jinshui.contributes.views[0], { title: { "zh-CN": "车辆管理" } });
});

test("answers that lead nowhere are refused before anything is written", async (t) => {
  const folder = await folderFor(t);
  for (const [args, said] of [
    [["--id", "Car"], /is no id/],
    [["--with", "pages"], /"pages" is none of page, service, process/],
    [["--records", "-", "--with", "-"], /leaves nothing to make/],
  ] as const) {
    const { code, output } = await command("create-plugin", folder, ...args);
    t.is(code, 2, output);
    t.regex(output, said);
  }
  t.false(existsSync(folder));
});
