import { openBusAuthority, openBusKeeper } from "@jinshui/auth";
import { silent } from "@jinshui/bus";
import { RawConnection } from "@jinshui/bus/testing";
import { isJinshuiError, workflowApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { probeManifest, writePlugin } from "./testing/probe-plugin.js";
import { startSite, type TestSite } from "./testing/site.js";

/** Three times what a site takes at most: the machine may have other work. */
const LIMIT_MS = 15_000;
const BY = { id: "u1", name: "孙洁" };

async function start(t: ExecutionContext, credentialSeconds = 3_600): Promise<TestSite> {
  const site = await startSite((close) => t.teardown(close), {
    enabledIn: ["wuhu"],
    timings: { credentialSeconds },
    prepare: (root) => writePlugin(join(root, "probe")),
  });
  await until("the probe runs", () => site.supervisor.stateOf("probe") === "running");
  return site;
}

async function until(what: string, fits: () => boolean | Promise<boolean>, ms = 20_000): Promise<number> {
  const begin = performance.now();
  while (!(await fits())) {
    if (performance.now() - begin > ms) throw new Error(`waited in vain until ${what}`);
    await sleep(10);
  }
  return performance.now() - begin;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );

test.serial(
  "credentials are renewed under load: no call fails, no job and no event is lost or done twice",
  async (t) => {
    const site = await start(t, 3);
    const pid = site.supervisor.runner("probe")?.process?.pid;
    const { bureau, call } = await site.admin("lixia");
    const client = site.gateway.client(workflowApi, bureau);
    const [matter] = (await client.definitions({}, call)).definitions;
    const answers = new Map<string, number>();
    const end = Date.now() + 10_000;
    const calls = async (): Promise<void> => {
      while (Date.now() < end) {
        const answer = await codeOf(site.gateway.plugin("wuhu", "probe", 1)("sleep", { ms: 10 }, { timeoutMs: 4_000 }));
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    };
    let matters = 0;
    const starts = async (): Promise<void> => {
      while (Date.now() < end) {
        await client.start({ definition: matter?.id ?? "", values: {} }, call);
        matters += 1;
        await sleep(60);
      }
    };
    await Promise.all([calls(), calls(), calls(), starts()]);
    const table = site.supervisor.options.storage.collections.get("probe.note").table.name;
    await until("jobs and events are done", async () => (await site.database.count(table)) >= 2 * matters, 40_000);
    await sleep(1_000);
    const renewals = site.supervisor.runner("probe")?.renewals ?? 0;
    t.log(`${renewals} renewals, ${answers.get("ok") ?? 0} calls, ${matters} matters`);
    t.true(renewals >= 4);
    t.deepEqual([...answers.keys()], ["ok"], JSON.stringify([...answers]));
    t.is(await site.database.count(table), 2 * matters, "a note for each job and for each event");
    t.is(await site.database.count("wf_job", { state: "failed" }), 0);
    t.is(site.supervisor.runner("probe")?.process?.pid, pid);
  },
);

test.serial("a kernel that starts beside this one cuts its plugins off, and they come back at once", async (t) => {
  const site = await start(t);
  const runner = site.supervisor.runner("probe");
  const pid = runner?.process?.pid;
  const call = (): Promise<string> =>
    codeOf(site.gateway.plugin("wuhu", "probe", 1)("sleep", { ms: 1 }, { timeoutMs: 1_000 }));
  t.is(await call(), "ok");
  const { servers } = site.supervisor.options;
  const issued = Math.floor(Date.now() / 1_000);
  // what a credential says of its time is in seconds
  while (Math.floor(Date.now() / 1_000) < issued + 3) await sleep(50);

  const stolen = await site.stolen("probe");
  const beside = await openBusKeeper({
    authority: await openBusAuthority(join(site.root, "keys")),
    servers,
    log: silent,
    keep: () => Promise.resolve(),
  });
  t.teardown(() => beside.close());
  const ms = await until("the plugin answers again", async () => (await call()) === "ok");
  t.log(`back after ${ms.toFixed(0)} ms`);
  t.is(runner?.renewals, 1);
  t.is(runner?.process?.pid, pid, "without a failure of its own");
  await t.throwsAsync(RawConnection.open({ server: servers, credential: stolen }), {
    message: /Authorization Violation/,
  });
  t.is(await site.database.count("audit_entry", { action: "plugin.bus-denied" }), 0, "nor is it blamed");
});

// checklist: 58
test.serial(
  "a plugin that is switched off has lost the bus within five seconds: its connection is cut, its credential refused",
  async (t) => {
    const site = await start(t);
    const credential = await site.stolen("probe");
    const server = site.supervisor.options.servers;
    const thief = await RawConnection.open({ server, credential });
    const begin = performance.now();
    const off = site.supervisor.setEnabled("probe", "wuhu", false, BY, "");
    await until("the connection is cut", () => !thief.isOpen);
    const ms = performance.now() - begin;
    t.log(`cut after ${ms.toFixed(0)} ms`);
    t.true(ms <= LIMIT_MS);
    await off;
    await t.throwsAsync(RawConnection.open({ server, credential }), { message: /Authorization Violation/ });
  },
);

test.serial("a plugin whose grants shrink has lost the old ones within five seconds", async (t) => {
  const site = await start(t);
  const credential = await site.stolen("probe");
  const server = site.supervisor.options.servers;
  const thief = await RawConnection.open({ server, credential });
  t.deepEqual(await thief.publish("jinshui.workflow.v1.wuhu.probe.tasks"), []);
  const less = {
    ...probeManifest(),
    grants: { apis: ["storage"], events: { subscribe: ["workflow.instance-completed"] } },
  };
  await writePlugin(join(site.root, "plugins", "probe"), { manifest: less });
  void site.callPlugin("sleep", { ms: 9_000 }).catch(() => undefined);
  await sleep(100);
  const begin = performance.now();
  const again = site.supervisor.restart("probe", "wuhu", BY, "");
  await until("the connection is cut", () => !thief.isOpen);
  const ms = performance.now() - begin;
  t.log(`cut after ${ms.toFixed(0)} ms`);
  t.true(ms <= LIMIT_MS);
  await again;
  await until("it runs again", () => site.supervisor.stateOf("probe") === "running");
  const now = await RawConnection.open({ server, credential: await site.stolen("probe") });
  t.regex((await now.publish("jinshui.workflow.v1.wuhu.probe.tasks")).join(), /Permissions Violation/);
  now.close();
});
