import { isJinshuiError, storageApi, supervisorApi } from "@jinshui/contracts";
import test from "ava";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writePlugin } from "./testing/probe-plugin.js";
import { startSite } from "./testing/site.js";

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );

test("what a plugin has stored for a bureau goes when two persons have agreed, and nothing of another's", async (t) => {
  const site = await startSite((close) => t.teardown(close), {
    enabledIn: ["wuhu", "fanchang"],
    prepare: (root) => writePlugin(join(root, "probe")),
  });
  while (site.supervisor.stateOf("probe") !== "running") await sleep(20);
  const notes = async (person: string) => {
    const { bureau, call } = await site.admin(person);
    return { storage: site.gateway.client(storageApi, bureau), call };
  };
  const here = await notes("lixia");
  const there = await notes("zhouyan");
  const operations = Array.from({ length: 300 }, (_, index) => ({
    op: "insert" as const,
    collection: "probe.note",
    values: { text: `待清除${index}` },
  }));
  for (let time = 0; time < 2; time += 1) await here.storage.transact({ operations }, here.call);
  await there.storage.insert({ collection: "probe.note", values: { text: "留下" } }, there.call);
  const { bureau, call } = await site.admin();
  const supervisor = site.gateway.client(supervisorApi, bureau);
  const asked = { plugin: "probe", bureau: "wuhu", name: "探针", reason: "停用后清理" };
  t.is(await codeOf(supervisor.proposePurge(asked, call)), "conflict", "while it is on");
  await supervisor.setEnabled({ plugin: "probe", bureau: "wuhu", enabled: false }, call);
  t.is(await codeOf(supervisor.proposePurge({ ...asked, name: "别的" }, call)), "invalid-request");
  t.is(await codeOf(supervisor.proposePurge({ ...asked, bureau: "nowhere" }, call)), "not-found");
  const other = await site.admin("lixia");
  t.is(await codeOf(site.gateway.client(supervisorApi, "wuhu").proposePurge(asked, other.call)), "forbidden");
  const { collections } = await supervisor.storedData({ plugin: "probe", bureau: "wuhu" }, call);
  t.like(collections, [{ collection: "probe.note", records: 600 }]);
  const { change } = await supervisor.proposePurge(asked, call);
  t.is((await supervisor.storedData({ plugin: "probe", bureau: "wuhu" }, call)).collections[0]?.records, 600);

  const set = { version: 1, values_set: {}, secrets: {}, at: "2026-01-01T00:00:00.000Z", by_name: "孙洁" };
  await site.database.transaction(async (tx) => {
    for (const where of ["wuhu", "fanchang"])
      await tx.insert("plugin_setting", { plugin: "probe", bureau: where, ...set });
  });

  const { changes } = site.auth;
  const { actor: proposer } = await site.auth.access.resolve({ caller: "gateway", bureau, actor: call.actor });
  if (!proposer) throw new Error("nobody has asked");
  t.is(await codeOf(changes.decide(proposer, { id: change, approve: true })), "forbidden");
  const guard = { ...proposer, id: "guard", name: "钱力", permissions: new Set(["site.security"]) };
  t.regex(JSON.stringify(await changes.lines(guard, change)), /600 条/);
  await changes.decide(guard, { id: change, approve: true });
  while ((await site.database.find("plugin_purge", { where: { state: "done" } })).length === 0) await sleep(20);
  t.is((await supervisor.storedData({ plugin: "probe", bureau: "wuhu" }, call)).collections[0]?.records, 0);
  const settings = await site.database.find("plugin_setting");
  t.deepEqual(
    settings.map((row) => row["bureau"]),
    ["fanchang"],
    "what was set goes, too",
  );
  const entries = await site.database.find("audit_entry", { where: { action: "purge-plugin" } });
  t.deepEqual(
    entries.map((entry) => entry["before_value"] ?? entry["before"]),
    [{ note: 600 }],
  );
  await supervisor.setEnabled({ plugin: "probe", bureau: "wuhu", enabled: true }, call);
  const left = await here.storage.find({ collection: "probe.note", search: "待清除" }, here.call);
  t.is(left.records.length, 0);
  t.is((await there.storage.find({ collection: "probe.note", search: "留下" }, there.call)).records.length, 1);
  await here.storage.insert({ collection: "probe.note", values: { text: "重新开始" } }, here.call);
  t.is((await here.storage.find({ collection: "probe.note", search: "重新" }, here.call)).records.length, 1);
});
