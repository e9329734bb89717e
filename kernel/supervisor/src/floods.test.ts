import { workflowApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeHostile } from "./testing/hostile-plugin.js";
import { startSite, type TestSite } from "./testing/site.js";

/** Others may wait so many times longer while a plugin floods, on a machine that does other things too. */
const MAX_RATIO = 10;
/** Below this a ratio says nothing. */
const QUIET_MS = 25;

async function start(t: ExecutionContext): Promise<TestSite> {
  const site = await startSite((close) => t.teardown(close), {
    enabledIn: ["wuhu"],
    plugins: ["hostile", "victim"],
    prepare: async (root) => {
      for (const id of ["hostile", "victim"]) await writeHostile(join(root, id), id);
    },
  });
  for (const plugin of ["hostile", "victim"])
    await until(`${plugin} runs`, () => site.supervisor.stateOf(plugin) === "running");
  return site;
}

async function until(what: string, fits: () => boolean, ms = 30_000): Promise<number> {
  const begin = Date.now();
  while (!fits()) {
    if (Date.now() - begin > ms) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
  return Date.now() - begin;
}

const audited = async (site: TestSite, action: string): Promise<boolean> =>
  (await site.database.find("audit_entry", { where: { action } })).some(({ caller }) => caller === "hostile");

/** What others wait: a person's request to the kernel, and one to another plugin. */
async function load(site: TestSite, isOver: () => boolean): Promise<{ p99: number; count: number; failed: string[] }> {
  const { bureau, call } = await site.admin("lixia");
  const client = site.gateway.client(workflowApi, bureau);
  const waits: number[] = [];
  const failed: string[] = [];
  const lane = async (ask: () => Promise<unknown>): Promise<void> => {
    while (!isOver()) {
      const begin = performance.now();
      await ask().catch((error: unknown) => failed.push(String(error)));
      waits.push(performance.now() - begin);
      await sleep(5);
    }
  };
  const ping = (): Promise<unknown> => site.callPlugin("ping", {}, { plugin: "victim" });
  await Promise.all([lane(() => client.definitions({}, call)), lane(ping), lane(ping)]);
  waits.sort((left, right) => left - right);
  return { p99: waits[Math.floor(waits.length * 0.99)] ?? 0, count: waits.length, failed };
}

const forMs = (ms: number): (() => boolean) => {
  const end = Date.now() + ms;
  return () => Date.now() > end;
};

test.serial(
  "a plugin that asks six times as often as it may is served its share, and others hardly wait longer",
  async (t) => {
    const site = await start(t);
    await load(site, forMs(1_000));
    const before = await load(site, forMs(3_000));
    let over = false;
    void site
      .callPlugin("attempt", { name: "steady-flood", facts: {} }, { plugin: "hostile" })

      .catch(() => undefined)
      .finally(() => (over = true));
    const during = await load(site, forMs(4_000));
    const ratio = during.p99 / Math.max(before.p99, QUIET_MS);
    t.log(`p99 ${before.p99.toFixed(1)} ms before, ${during.p99.toFixed(1)} ms during: ${ratio.toFixed(2)} times`);
    t.deepEqual(during.failed, []);
    t.true(ratio < MAX_RATIO);
    t.is(site.supervisor.stateOf("hostile"), "running", "asking too often is no crime");
    await until("it is over", () => over);
  },
);

// checklist: 60
test.serial("a plugin that floods the kernel is ended and noted, and others go on", async (t) => {
  const site = await start(t);
  await load(site, forMs(1_000));
  const before = await load(site, forMs(2_000));
  void site
    .callPlugin("attempt", { name: "flood-of-requests", facts: {} }, { plugin: "hostile" })
    .catch(() => undefined);
  const ended = until("it was ended", () => site.supervisor.stateOf("hostile") !== "running");
  const during = await load(site, forMs(4_000));
  const ratio = during.p99 / Math.max(before.p99, QUIET_MS);
  t.log(`ended after ${await ended} ms: ${site.supervisor.problemOf("hostile") ?? ""}`);
  t.log(`p99 ${before.p99.toFixed(1)} ms before, ${during.p99.toFixed(1)} ms during: ${ratio.toFixed(2)} times`);
  t.deepEqual(during.failed, []);
  t.true(during.count > 10, "others were served");
  await sleep(300);
  t.true(await audited(site, "plugin.flood"));
});

test.serial("a plugin that opens connection after connection is ended and noted", async (t) => {
  const site = await start(t);
  void site
    .callPlugin("attempt", { name: "flood-of-connections", facts: {} }, { plugin: "hostile" })
    .catch(() => undefined);
  const ms = await until("it was ended", () => site.supervisor.stateOf("hostile") !== "running");
  t.log(`ended after ${ms} ms: ${site.supervisor.problemOf("hostile") ?? ""}`);
  await sleep(300);
  t.true(await audited(site, "plugin.bus-connections"));
  t.deepEqual(await site.callPlugin("ping", {}, { plugin: "victim" }), {});
});
