import type { BureauConfig } from "@jinshui/contracts";
import { sqliteDatabase } from "@jinshui/storage/testing";
import test from "ava";
import { DesiredPlugins } from "./desired.js";
import { SUPERVISOR_TABLES } from "./tables.js";

const bureaus = (enabled: boolean | undefined): BureauConfig[] => [
  {
    bureau: "wuhu",
    title: { "zh-CN": "芜湖" },
    departments: [],
    plugins: enabled === undefined ? {} : { probe: { enabled } },
  },
];

test("an administrator's switch outlives a restart, until the bureau's file changes; then it is gone for good", async (t) => {
  const { database, close } = await sqliteDatabase();
  t.teardown(close);
  await database.ensureTables(SUPERVISOR_TABLES);
  const restarted = async (inFile: boolean | undefined): Promise<DesiredPlugins> => {
    const desired = new DesiredPlugins(database, bureaus(inFile));
    await desired.load();
    return desired;
  };
  const first = await restarted(undefined);
  t.deepEqual(first.of("wuhu", "probe"), { enabled: false, source: "file" });
  await database.transaction((tx) => first.set(tx, "wuhu", "probe", true, { id: "u1", name: "孙洁" }));
  t.deepEqual(first.of("wuhu", "probe"), { enabled: true, source: "administrator" });
  t.deepEqual(first.bureausOf("probe"), ["wuhu"]);

  t.deepEqual(
    (await restarted(false)).of("wuhu", "probe"),
    { enabled: true, source: "administrator" },
    "absent and disabled are the same in a file",
  );
  t.deepEqual((await restarted(true)).of("wuhu", "probe"), { enabled: true, source: "file" });
  t.deepEqual((await restarted(false)).of("wuhu", "probe"), { enabled: false, source: "file" });
});

test("a switch counts only when its transaction commits", async (t) => {
  const { database, close } = await sqliteDatabase();
  t.teardown(close);
  await database.ensureTables(SUPERVISOR_TABLES);
  const desired = new DesiredPlugins(database, bureaus(false));
  const undone = database.transaction(async (tx) => {
    await desired.set(tx, "wuhu", "probe", true, { id: "u1", name: "孙洁" });
    throw new Error("no");
  });
  await t.throwsAsync(undone);
  t.false(desired.of("wuhu", "probe").enabled);
});
