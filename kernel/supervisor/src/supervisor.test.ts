import { isJinshuiError, supervisorApi, workflowApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { probeManifest, writePlugin } from "./testing/probe-plugin.js";
import { startSite, type TestSite } from "./testing/site.js";

const probe = (root: string): Promise<void> => writePlugin(join(root, "probe"));
const start = (t: ExecutionContext, options: Partial<Parameters<typeof startSite>[1]> = {}): Promise<TestSite> =>
  startSite((close) => t.teardown(close), { enabledIn: ["wuhu"], prepare: probe, ...options });
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );

async function until(what: string, fits: () => boolean | Promise<boolean>, ms = 12_000): Promise<number> {
  const begin = Date.now();
  while (!(await fits())) {
    if (Date.now() - begin > ms) throw new Error(`waited in vain until ${what}`);
    await sleep(20);
  }
  return Date.now() - begin;
}

const running = (site: TestSite): Promise<number> =>
  until("the probe runs", () => site.supervisor.stateOf("probe") === "running");
const pidOf = (site: TestSite): number => site.supervisor.runner("probe")?.process?.pid ?? 0;
const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.serial(
  "an administrator switches a plugin on and off at run time: it serves, then its process is gone",
  async (t) => {
    const site = await start(t, { enabledIn: [] });
    const { bureau, call } = await site.admin();
    const client = site.gateway.client(supervisorApi, bureau);
    t.is(await codeOf(site.callPlugin("echo", { text: "a" })), "not-enabled");
    const on = await client.setEnabled({ plugin: "probe", bureau: "wuhu", enabled: true }, call);
    t.like(on, { state: "running", restarts: 0 });
    t.deepEqual(
      on.bureaus.map(({ bureau: id, enabled, source }) => [id, enabled, source]),
      [
        ["wuhu", true, "administrator"],
        ["fanchang", false, "file"],
      ],
    );
    t.like(await site.callPlugin("echo", { text: "a" }), { text: "wuhu:a", pid: on.pid });
    const off = await client.setEnabled({ plugin: "probe", bureau: "wuhu", enabled: false }, call);
    t.is(off.state, "disabled");
    t.false(lives(on.pid ?? 0));
    t.is(await codeOf(site.callPlugin("echo", { text: "a" })), "not-enabled");
    const audited = await site.database.find("audit_entry", { where: { resource: "plugin/probe" }, orderBy: ["id"] });
    t.deepEqual(
      audited.map((row) => [row["action"], row["actor_name"]]),
      [
        ["enable", "孙洁"],
        ["disable", "孙洁"],
      ],
    );
  },
);

test.serial("another bureau joins and leaves without a restart, and is served only while it is in", async (t) => {
  const site = await start(t);
  await running(site);
  const pid = pidOf(site);
  const { bureau, call } = await site.admin();
  const client = site.gateway.client(supervisorApi, bureau);
  t.is(await codeOf(site.callPlugin("echo", { text: "b" }, { person: "zhouyan" })), "not-enabled");
  await client.setEnabled({ plugin: "probe", bureau: "fanchang", enabled: true }, call);
  t.like(await site.callPlugin("echo", { text: "b" }, { person: "zhouyan" }), { text: "fanchang:b", pid });
  const kept = site.callPlugin("keep", { text: "under way" }, { person: "zhouyan" });
  await sleep(100);
  await client.setEnabled({ plugin: "probe", bureau: "fanchang", enabled: false }, call);
  t.like((await kept)["values"], { text: "under way" }, "what was under way keeps its rights to the end");
  t.is(await codeOf(site.gateway.plugin("fanchang", "probe", 1)("echo", { text: "b" })), "not-enabled");
  t.like(await site.callPlugin("echo", { text: "a" }), { text: "wuhu:a", pid });
});

test.serial(
  "switching fast leaves the last wish: a plugin is disabled while it starts, and enabled while it ends",
  async (t) => {
    const site = await start(t, { enabledIn: [] });
    const by = { id: "u1", name: "孙洁" };
    const set = (enabled: boolean): Promise<void> => site.supervisor.setEnabled("probe", "wuhu", enabled, by, "");
    const switched = set(true);
    await until("it starts", () => site.supervisor.stateOf("probe") === "starting" && pidOf(site) > 0);
    const first = pidOf(site);
    await Promise.all([switched, set(false)]);
    await until("it is off", () => site.supervisor.stateOf("probe") === "disabled");
    t.false(lives(first));
    await set(true);
    await Promise.all([set(false), set(true)]);
    await running(site);
    t.like(await site.callPlugin("echo", { text: "x" }), { text: "wuhu:x" });
    t.deepEqual(site.supervisor.runner("probe")?.state.failures, []);
  },
);

test.serial(
  "a plugin that dies at its start is failed, then quarantined with its last words and log; restart tries again",
  async (t) => {
    const site = await start(t, {
      prepare: (root) =>
        writePlugin(join(root, "probe"), { main: 'console.log("opening");\nthrow new Error("no licence file");\n' }),
    });
    const { bureau, call } = await site.admin();
    const client = site.gateway.client(supervisorApi, bureau);
    await until("it failed", () => site.supervisor.stateOf("probe") === "failed");
    t.is(await codeOf(site.callPlugin("echo", { text: "a" })), "plugin-failed");
    await until("it is quarantined", () => site.supervisor.stateOf("probe") === "quarantined");
    const [status] = (await client.plugins({}, call)).plugins;
    t.like(status, { state: "quarantined", problem: "exited with code 1: Error: no licence file", restarts: 2 });
    t.is(status?.log?.[0], "opening");
    const { plugins } = await client.contributions({}, call);
    t.like(plugins[0], { id: "probe", state: "quarantined" }, "the shell learns that it is there and not well");
    await probe(join(site.root, "plugins"));
    t.is((await client.restart({ plugin: "probe" }, call)).state, "running");
    t.like(await site.callPlugin("echo", { text: "a" }), { text: "wuhu:a" });
  },
);

test.serial(
  "what a handler throws reaches its caller only, in words the caller may read; the process lives",
  async (t) => {
    const site = await start(t);
    await running(site);
    const pid = pidOf(site);
    const failure = await t.throwsAsync(site.callPlugin("fail", {}));
    t.like(failure, { code: "plugin-failed", status: 502 });
    t.notRegex(failure?.message ?? "", /secret/);
    t.like(await t.throwsAsync(site.callPlugin("refuse", {})), {
      code: "too-late",
      status: 409,
      message: "come earlier",
    });
    t.like(
      await t.throwsAsync(site.callPlugin("wrong", {})),
      { code: "plugin-failed" },
      "an answer that is not what the manifest promises",
    );
    t.like(await t.throwsAsync(site.callPlugin("echo", { text: 7 })), { code: "invalid-request", status: 400 });
    t.is(await codeOf(site.callPlugin("nothing", {})), "not-found");
    t.is(await codeOf(site.callPlugin("keep", { text: "a" }, { person: "wanggang" })), "forbidden");
    t.like(await site.callPlugin("echo", { text: "a" }), { pid });
  },
);

test.serial("a killed process is back, and a process that hangs is ended and replaced", async (t) => {
  const site = await start(t, { timings: { healthMs: 300, healthTimeoutMs: 300 } });
  await running(site);
  const killed = pidOf(site);
  process.kill(killed, "SIGKILL");
  await until("its end was seen", () => site.supervisor.stateOf("probe") !== "running");
  const ms = await running(site);
  t.log(`back after ${ms} ms`);
  t.true(ms < 15_000, "it takes a second on a quiet machine");
  t.not(pidOf(site), killed);
  void site.callPlugin("hang", {}).catch(() => undefined);
  await until("it was ended", () => site.supervisor.problemOf("probe") === "did not answer two health checks");
  await running(site);
  t.like(await site.callPlugin("echo", { text: "a" }), { text: "wuhu:a" });
});

test.serial("a plugin that is not ready in time is ended and counted as failed", async (t) => {
  const site = await start(t, {
    timings: { readyMs: 400 },
    prepare: (root) => writePlugin(join(root, "probe"), { main: "setInterval(() => undefined, 1000);\n" }),
  });
  await until("it failed", () => site.supervisor.stateOf("probe") === "failed");
  t.is(site.supervisor.problemOf("probe"), "was not ready within 0.4 s");
});

test.serial("twenty restarts under load lose no request", async (t) => {
  const site = await start(t);
  await running(site);
  const { bureau, call } = await site.admin();
  const client = site.gateway.client(supervisorApi, bureau);
  let loading = true;
  const answers: string[] = [];
  const pids = new Set<unknown>();
  const load = Array.from({ length: 8 }, async (_, lane) => {
    for (let count = 0; loading; count += 1) {
      const text = `${lane}-${count}`;
      const answer = await site
        .callPlugin("echo", { text })
        .catch((error: unknown) => ({ text: String(error), pid: 0 }));
      pids.add(answer["pid"]);
      answers.push(answer["text"] === `wuhu:${text}` ? "ok" : String(answer["text"]));
    }
  });
  for (let swap = 0; swap < 20; swap += 1) t.is((await client.restart({ plugin: "probe" }, call)).state, "running");
  loading = false;
  await Promise.all(load);
  t.log(`${answers.length} requests, ${pids.size} processes`);
  t.deepEqual([...new Set(answers)], ["ok"]);
  t.true(pids.size >= 15);
});

// checklist: 58
test.serial(
  "a plugin can read its own folder and nothing of the site, write nothing, start nothing, and knows no secrets",
  async (t) => {
    const site = await start(t);
    await running(site);
    const denied = "ERR_ACCESS_DENIED";
    t.like(await site.callPlugin("peek", { path: join(site.root, "keys", "bus-signer.nk") }), {
      read: denied,
      write: denied,
      spawn: denied,
      secrets: 3,
    });
    t.like(await site.callPlugin("peek", { path: join(site.root, "plugins", "probe", "main.js") }), { read: "done" });
  },
);

test.serial("a credential is renewed before it runs out, and no request is lost on the way", async (t) => {
  const site = await start(t, { timings: { credentialSeconds: 3 } });
  await running(site);
  const pid = pidOf(site);
  const call = site.gateway.plugin("wuhu", "probe", 1);
  const answers = new Map<string, number>();
  const load = async (end: number): Promise<void> => {
    while (Date.now() < end) {
      const answer = await codeOf(call("sleep", { ms: 20 }, { timeoutMs: 2_000 }));
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  await Promise.all([1, 2, 3, 4].map(() => load(Date.now() + 8_000)));
  t.deepEqual([...answers.keys()], ["ok"], JSON.stringify([...answers]));
  t.like(await site.callPlugin("echo", { text: "a" }), { text: "wuhu:a", pid });
});

test.serial(
  "what can't be deployed keeps the plugin off with the reason; once it is repaired, restart is enough",
  async (t) => {
    const site = await start(t, {
      prepare: async (root) => {
        await probe(root);
        await writeFile(join(root, "probe", "processes", "take-note.bpmn"), "<definitions/>");
      },
    });
    t.is(site.supervisor.stateOf("probe"), "invalid");
    t.regex(String(site.supervisor.problemOf("probe")), /take-note\.bpmn/);
    t.is(await codeOf(site.callPlugin("echo", { text: "a" })), "not-enabled");
    await probe(join(site.root, "plugins"));
    await site.supervisor.restart("probe", "wuhu", { id: "u1", name: "孙洁" }, "");
    t.like(await site.callPlugin("echo", { text: "a" }), { text: "wuhu:a" });
  },
);

test.serial(
  "a restart takes what the folder holds by now; a folder that is broken by now leaves what runs as it is",
  async (t) => {
    const site = await start(t);
    await running(site);
    const folder = join(site.root, "plugins", "probe");
    const collection = join(folder, "collections", "note.json");
    const definition = JSON.parse(await readFile(collection, "utf8")) as { fields: Record<string, unknown> };
    const { bureau, call } = await site.admin("sunjie");
    const client = site.gateway.client(supervisorApi, bureau);
    await writeFile(collection, "{");
    t.is(await codeOf(client.restart({ plugin: "probe" }, call)), "conflict");
    t.like(await site.callPlugin("echo", { text: "a" }), { text: "wuhu:a" });
    definition.fields["place"] = { type: "string", title: { "zh-CN": "地点" } };
    await writeFile(collection, JSON.stringify(definition));
    t.is((await client.restart({ plugin: "probe" }, call)).state, "running");
    t.truthy(site.supervisor.options.storage.collections.get("probe.note").definition.fields["place"]);
  },
);

test.serial("a plugin whose folder comes while the site runs can be switched on at once", async (t) => {
  const site = await start(t);
  const { bureau, call } = await site.admin("sunjie");
  const client = site.gateway.client(supervisorApi, bureau);
  const { server: _server, provides: _provides, ...data } = probeManifest();
  const manifest = { ...data, id: "late", grants: { apis: [] }, contributes: {} };
  await writePlugin(join(site.root, "plugins", "late"), { manifest });
  t.true((await client.plugins({}, call)).plugins.some(({ id, state }) => id === "late" && state === "disabled"));
  t.is((await client.setEnabled({ plugin: "late", bureau: "wuhu", enabled: true }, call)).state, "running");
});

test.serial("a plugin of data only runs without a process", async (t) => {
  const { server: _server, provides: _provides, ...data } = probeManifest();
  const manifest = {
    ...data,
    grants: { apis: [] },
    contributes: { ...(data["contributes"] as object), jobs: undefined, processes: undefined },
  };
  const site = await start(t, { prepare: (root) => writePlugin(join(root, "probe"), { manifest }) });
  t.is(site.supervisor.problemOf("probe"), undefined);
  t.is(site.supervisor.stateOf("probe"), "running");
  t.is(pidOf(site), 0);
  const { bureau, call } = await site.admin("lixia");
  const { plugins } = await site.gateway.client(supervisorApi, bureau).contributions({}, call);
  t.deepEqual(
    plugins.map(({ id, views }) => [id, views.length]),
    [["probe", 1]],
  );
});

test.serial("people see what they may: views by permission, the plugin page by bureau", async (t) => {
  const site = await start(t);
  const seen = async (person: string): Promise<[number, number]> => {
    const { bureau, call } = await site.admin(person);
    const [plugin] = (await site.gateway.client(supervisorApi, bureau).contributions({}, call)).plugins;
    return [plugin?.views.length ?? -1, plugin?.menu.length ?? -1];
  };
  t.deepEqual(await seen("lixia"), [1, 1]);
  t.deepEqual(await seen("wanggang"), [0, 0]);
  t.deepEqual(await seen("zhouyan"), [-1, -1], "not enabled in her bureau");
  const county = await site.admin("qianjun");
  const client = site.gateway.client(supervisorApi, county.bureau);
  t.deepEqual(
    (await client.plugins({}, county.call)).plugins[0]?.bureaus.map(({ bureau }) => bureau),
    ["fanchang"],
  );
  t.is(await codeOf(client.setEnabled({ plugin: "probe", bureau: "wuhu", enabled: false }, county.call)), "not-found");
  t.is((await client.setEnabled({ plugin: "probe", bureau: "fanchang", enabled: true }, county.call)).state, "running");
  const clerk = await site.admin("lixia");
  t.is(await codeOf(site.gateway.client(supervisorApi, clerk.bureau).plugins({}, clerk.call)), "forbidden");
});

test.serial(
  "a job runs to its matter's end, a failing one again, and one that can never be done is an incident at once",
  async (t) => {
    const site = await start(t);
    await running(site);
    const { bureau, call } = await site.admin("lixia");
    const client = site.gateway.client(workflowApi, bureau);
    const [matter] = (await client.definitions({}, call)).definitions;
    const run = async (trouble: string): Promise<{ state: string; ms: number; number: string }> => {
      const { id, number } = await client.start({ definition: matter?.id ?? "", values: { trouble } }, call);
      let state = "active";
      const ms = await until(
        `${trouble} ended`,
        async () => (state = (await client.instance({ id }, call)).state) !== "active",
      );
      return { state, ms, number };
    };
    const plain = await run("none");
    t.log(`a job took ${plain.ms} ms`);
    t.is(plain.state, "completed");
    t.is((await run("once")).state, "completed");
    t.is((await run("for-good")).state, "incident");
    await site.supervisor.restart("probe", "wuhu", { id: "u1", name: "孙洁" }, "");
    const after = await run("none");
    t.log(`after a restart ${after.ms} ms`);
    t.true(after.ms < 5_000, "no job is lost to a pull of the ended process");
    const table = site.supervisor.options.storage.collections.get("probe.note").table.name;
    await until("the events were heard", async () => (await site.database.count(table)) === 6);
    const texts = (await site.database.find(table)).map((row) => String(row["f_text"] ?? row["text"]));
    t.true(texts.includes(plain.number) && texts.includes(`heard ${plain.number}`), texts.join());
  },
);
