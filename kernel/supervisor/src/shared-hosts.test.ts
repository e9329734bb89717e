import { supervisorApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writePlugin } from "./testing/probe-plugin.js";
import { startSite, type TestSite } from "./testing/site.js";

const PLUGINS = ["one", "two", "three"];
const OPS = ["echo", "throws", "hang", "leak", "fill", "exit"];
const MAIN = `
import { op, plugin, runPlugin } from "@jinshui/plugin";
import { threadId } from "node:worker_threads";
const kept = [];
class Guest {
  async echo({ text }) { return { text: text + "!", thread: threadId, pid: process.pid, folder: process.cwd() }; }
  async throws() { setTimeout(() => { throw new Error("thrown in passing"); }, 10); return {}; }
  async hang() { for (;;); }
  async leak() { for (;;) { kept.push(Array.from({ length: 100_000 }, (_, index) => ({ index }))); await new Promise(setImmediate); } }
  async fill() { for (;;) { kept.push(Buffer.alloc(16 * 1_048_576, 1)); await new Promise((resolve) => setTimeout(resolve, 20)); } }
  async exit() { process.exit(3); }
}
plugin()(Guest);
for (const name of ${JSON.stringify(OPS)}) op(name)(Guest.prototype, name);
await runPlugin(Guest);
`;

const manifest = (id: string): Record<string, unknown> => ({
  id,
  title: { "zh-CN": id },
  schema: 1,
  requires: { apis: {} },
  server: { main: "main.js", memoryMb: 64, drainMs: 2_000, isolation: "shared" },
  grants: { apis: [] },
  provides: {
    ops: Object.fromEntries(
      OPS.map((name) => [
        name,
        { v: 1, input: "schemas/any.json", output: "schemas/any.json", effect: name === "echo" ? "read" : "write" },
      ]),
    ),
  },
  contributes: {},
});

async function start(t: ExecutionContext, healthMs = 400): Promise<TestSite> {
  const site = await startSite((close) => t.teardown(close), {
    enabledIn: ["wuhu"],
    plugins: PLUGINS,
    shares: true,
    timings: { healthMs, healthTimeoutMs: 800 },
    prepare: async (root) => {
      for (const id of PLUGINS) await writePlugin(join(root, id), { manifest: manifest(id), main: MAIN });
    },
  });
  for (const id of PLUGINS) await until(`${id} runs`, () => site.supervisor.stateOf(id) === "running");
  return site;
}

async function until(what: string, fits: () => boolean | Promise<boolean>, ms = 30_000): Promise<number> {
  const begin = Date.now();
  for (; !(await fits()); await sleep(20)) if (Date.now() - begin > ms) throw new Error(`waited in vain until ${what}`);
  return Date.now() - begin;
}

const pids = (site: TestSite): (number | undefined)[] => PLUGINS.map((id) => site.supervisor.runner(id)?.process?.pid);
const startedAt = (site: TestSite, id: string): string | undefined => site.supervisor.runner(id)?.process?.startedAt;
const echo = (site: TestSite, plugin: string): Promise<Record<string, unknown>> =>
  site.callPlugin("echo", { text: "a" }, { plugin });
const threadsOf = (pid: number): number => readdirSync(`/proc/${pid}/task`).length;

test.serial("plugins that allow it share a process, each with a thread and the folder of its own", async (t) => {
  const site = await start(t);
  t.is(new Set(pids(site)).size, 1);
  const answers = await Promise.all(PLUGINS.map((id) => echo(site, id)));
  t.is(new Set(answers.map(({ thread }) => thread)).size, 3);
  const { bureau, call } = await site.admin();
  const { plugins } = await site.gateway.client(supervisorApi, bureau).plugins({}, call);
  t.deepEqual(
    plugins.map(({ protection }) => protection?.shared),
    [true, true, true],
  );
  const [pid = 0] = pids(site);
  const before = threadsOf(pid);
  await site.gateway.client(supervisorApi, bureau).setEnabled({ plugin: "two", bureau: "wuhu", enabled: false }, call);
  await until("its threads are gone", () => threadsOf(pid) < before);
  t.is((await echo(site, "one"))["pid"], pid);
  for (const plugin of ["one", "three"])
    await site.gateway.client(supervisorApi, bureau).setEnabled({ plugin, bureau: "wuhu", enabled: false }, call);
  await until("the last one has put the light out", () => {
    try {
      return /State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return true;
    }
  });
  await site.gateway.client(supervisorApi, bureau).setEnabled({ plugin: "two", bureau: "wuhu", enabled: true }, call);
  t.not((await echo(site, "two"))["pid"], pid);
});

for (const [op, what] of [
  ["throws", "throws"],
  ["exit", "ends its process"],
  ["hang", "loops for ever"],
  ["leak", "fills its heap"],
] as const) {
  test.serial(`of plugins that share a process one that ${what} ends alone, and is back`, async (t) => {
    const site = await start(t);
    const [pid] = pids(site);
    const [before, others] = [startedAt(site, "one"), startedAt(site, "two")];
    let failed = 0;
    let asked = 0;
    let isOver = false;
    const load = (async () => {
      for (; !isOver; await sleep(10)) {
        asked += 1;
        await echo(site, "two").catch(() => (failed += 1));
      }
    })();
    const begin = Date.now();
    await site.callPlugin(op, {}, { plugin: "one" }).catch(() => undefined);
    await until("it is back", () => startedAt(site, "one") !== before && site.supervisor.stateOf("one") === "running");
    t.log(`back after ${Date.now() - begin} ms, ${asked} requests of another meanwhile`);
    isOver = true;
    await load;
    t.is(failed, 0);
    t.is(startedAt(site, "two"), others, "the others did not notice");
    t.is((await echo(site, "one"))["pid"], pid);
    t.is(site.supervisor.runner("one")?.state.failures.length, 1);
    t.is(site.supervisor.runner("two")?.state.failures.length, 0);
  });
}

for (const [what, end] of [
  ["is killed", (site: TestSite) => void process.kill(pids(site)[0] ?? 0, "SIGKILL")],
  [
    "takes more memory than all of it may",
    (site: TestSite) => void site.callPlugin("fill", {}, { plugin: "one" }).catch(() => undefined),
  ],
] as const) {
  test.serial(`when a shared process ${what}, each goes on in one of its own, and none is blamed`, async (t) => {
    const site = await start(t);
    const [pid] = pids(site);
    end(site);
    await until("the process has ended", () => pids(site).every((other) => other !== pid), 90_000);
    for (const id of PLUGINS) {
      const ms = await until(`${id} runs again`, () => site.supervisor.stateOf(id) === "running");
      t.log(`${id}: back after ${ms} ms`);
    }
    t.is(new Set(pids(site)).size, 3);
    t.is(new Set(await Promise.all(PLUGINS.map(async (id) => (await echo(site, id))["pid"]))).size, 3);
    for (const id of PLUGINS) t.is(site.supervisor.runner(id)?.state.failures.length, 0, id);
  });
}
