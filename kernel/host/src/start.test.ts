import test from "ava";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readOptions, usage } from "./options.js";

const root = resolve(fileURLToPath(import.meta.url), "../../../..");
const main = join(root, "kernel/host/dist/main.js");
const launcher = join(root, "kernel/host/launch/start.mjs");

interface Ended {
  code: number;
  out: string;
  err: string;
}

function run(file: string, args: string[]): Promise<Ended> {
  return new Promise((done) => {
    const child: ChildProcess = execFile(process.execPath, [file, ...args], { timeout: 60_000 }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    );
    child.stdin?.end();
  });
}

/** Runs it at a terminal, where somebody types this once they are asked. */
function atTerminal(args: string[], answer: string): Promise<{ code: number | null; out: string }> {
  const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("/usr/bin/script", ["-qefc", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 60_000,
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (!out.includes("[yes/no]") && (out + text).includes("[yes/no]")) child.stdin.write(`${answer}\r`);
    out += text;
  });
  return new Promise((done) => child.once("close", (code) => done({ code, out })));
}

async function folder(t: { teardown(end: () => Promise<void>): void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "jinshui-start-"));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A folder that a site has kept something in. */
async function used(t: { teardown(end: () => Promise<void>): void }): Promise<string> {
  const data = join(await folder(t), "data");
  await mkdir(join(data, "keys"), { recursive: true });
  await writeFile(join(data, "precious"), "数据");
  return data;
}

test("--help names every option in both languages and ends well, before anything is built or begun", async (t) => {
  for (const file of [main, launcher])
    for (const flag of ["--help", "-h"]) {
      const { code, out, err } = await run(file, ["--port", "nonsense", flag]);
      t.deepEqual([code, out, err], [0, usage(root), ""]);
    }
  const readmes = await Promise.all(["README.md", "README.zh-CN.md"].map((name) => readFile(join(root, name), "utf8")));
  const options = [...usage(root).matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option = ""]) => option);
  t.true(options.length >= 10);
  for (const option of options) {
    const takesValue = /data|host|configs|plugins|anchors|port/.test(option);
    const value = option === "--port" ? "0" : option === "--plugins" ? root : "sqlite:x";
    const args = option === "--help" ? [] : takesValue ? [option, value] : [option];
    t.notThrows(() => readOptions(args, root), option);
    for (const readme of readmes) t.true(readme.includes(option), option);
  }
  t.deepEqual(readOptions(["--fresh", "--yes", "--no-demo"], root).yes, true);
  const wrong = await run(main, ["--colour"]);
  t.is(wrong.code, 1);
  t.regex(wrong.err, /'--colour'[\s\S]*npm start -- --help/);
});

test("a port that is taken is told before a data folder is made, or an old one emptied", async (t) => {
  const data = await used(t);
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  t.teardown(() => new Promise<void>((done) => server.close(() => done())));
  const address = server.address();
  const port = typeof address === "object" && address ? String(address.port) : "";
  const fresh = join(data, "..", "other");
  const { code, err } = await run(main, ["--port", port, "--data", fresh]);
  t.is(code, 1);
  t.regex(err, new RegExp(`Port ${port} of 127\\.0\\.0\\.1 is taken; choose another with --port`));
  t.false(existsSync(fresh));
  await run(main, ["--port", port, "--data", data, "--fresh", "--yes"]);
  t.deepEqual((await readdir(data)).sort(), ["keys", "precious"]);
  const nowhere = await run(main, ["--host", "192.0.2.1", "--data", fresh]);
  t.regex(nowhere.err, /Nobody can listen at port 8080 of 192\.0\.2\.1/);
  t.false(existsSync(fresh));
});

test("--fresh asks at a terminal, takes --yes elsewhere, and never touches what is none of ours", async (t) => {
  const data = await used(t);
  const silent = await run(main, ["--data", data, "--fresh"]);
  t.is(silent.code, 1);
  t.regex(silent.err, /--yes/);
  const no = await atTerminal(["--port", "0", "--data", data, "--fresh"], "no");
  t.is(no.code, 1);
  t.regex(no.out, /nothing was emptied or started/);
  t.deepEqual((await readdir(data)).sort(), ["keys", "precious"]);
  // what comes after the answer fails by itself: only the answer is of interest here
  const configs = join(data, "..", "configs");
  const yes = await atTerminal(
    ["--port", "0", "--data", data, "--fresh", "--database", "mysql://k@127.0.0.1:1/none"],
    "yes",
  );
  t.is(yes.code, 1);
  t.false(existsSync(join(data, "precious")), yes.out);
  const foreign = await folder(t);
  await writeFile(join(foreign, "letter.txt"), "x");
  const refused = await run(main, ["--data", foreign, "--fresh", "--yes", "--configs", configs]);
  t.is(refused.code, 1);
  t.true(existsSync(join(foreign, "letter.txt")));
});

test("in safe mode no plugin is on; a broken lock file is named with what is wrong", async (t) => {
  const configs = join(await folder(t), "configs");
  await cp(join(root, "configs"), configs, { recursive: true });
  await writeFile(
    join(configs, "bureaus", "wuhu.lock.json"),
    JSON.stringify({ plugins: { formats: { version: "1" } } }),
  );
  const options = ["--configs", configs, "--port", "0", "--data", join(await folder(t), "data")];
  const broken = await run(main, options);
  t.is(broken.code, 1);
  t.regex(broken.err, /wuhu\.lock\.json.*\/plugins\/formats\/version/);
  await rm(join(configs, "bureaus", "wuhu.lock.json"));
  const child = spawn(process.execPath, [main, ...options, "--safe-mode"], { stdio: ["pipe", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  while (!out.includes("Ctrl-C") && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
  t.regex(out, /安全模式/);
  const url = /http:\/\/\S+/.exec(out)?.[0] ?? "";
  const headers = { "X-Jinshui": "1", "Content-Type": "application/json" };
  const body = JSON.stringify({ username: "sunjie", password: "jinshui-demo-2005" });
  const session = await fetch(`${url}/api/v1/session`, { method: "POST", headers, body });
  const Cookie = session.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const answer = await fetch(`${url}/api/v1/plugins`, { headers: { ...headers, Cookie } });
  const { plugins, safeMode } = (await answer.json()) as { plugins: { state: string }[]; safeMode: boolean };
  t.true(safeMode);
  t.deepEqual([...new Set(plugins.map(({ state }) => state))], ["disabled"]);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
});
