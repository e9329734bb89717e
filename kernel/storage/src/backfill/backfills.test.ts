import type { CollectionDefinition } from "@jinshui/contracts";
import { fork } from "node:child_process";
import { once } from "node:events";
import { eachDatabase } from "../testing/each.js";
import { as, device, devices, keeper, storageService } from "../testing/storage-service.js";

const plain: CollectionDefinition = { ...device, display: { ...device.display, search: ["code"] } };

async function fill(handlers: Awaited<ReturnType<typeof storageService>>["handlers"], count: number): Promise<void> {
  const operations = Array.from({ length: count }, (_, index) => ({
    op: "insert" as const,
    collection: devices,
    values: { code: `WH-${String(index).padStart(3, "0")}`, name: `台式机${index}`, price: index },
  }));
  await handlers.transact({ operations }, as(keeper));
}

eachDatabase(
  "records that are older than a search field are found while and after they are brought up",
  async (t, db) => {
    const old = await storageService(t, db.database, [plain]);
    await fill(old.handlers, 120);
    const count = async (service: typeof old, search: string): Promise<number> =>
      (await service.handlers.count({ collection: devices, search }, as(keeper))).total;
    t.is(await count(old, "台式"), 0);
    const service = await storageService(t, db.database, [device]);
    t.false(service.collections.get(devices).search?.ready);
    t.is(await count(service, "台式"), 120);
    await service.handlers.insert({ collection: devices, values: { code: "WH-900", name: "打印机" } }, as(keeper));
    await service.backfilled();
    const { search } = service.collections.get(devices);
    t.true(search?.ready);
    if (search) search.large = true;
    t.deepEqual(
      [await count(service, "台式"), await count(service, "tsj"), await count(service, "打印")],
      [120, 120, 1],
    );
    const again = await storageService(t, db.database, [device]);
    t.true(again.collections.get(devices).search?.ready);
  },
);

eachDatabase(
  "the version before comes back, writes on, and goes again: nothing is lost, and what it wrote is brought up",
  async (t, db) => {
    const before: CollectionDefinition = { ...device, display: { ...device.display, search: ["code"] } };
    const after: CollectionDefinition = {
      ...device,
      fields: {
        ...device.fields,
        double: { type: "money", title: { "zh-CN": "两倍" }, computed: "price * 2" },
        shelf: { type: "string", title: { "zh-CN": "架位" }, required: true },
      },
      indexes: [["shelf"]],
    };
    const first = await storageService(t, db.database, [before]);
    await fill(first.handlers, 3);
    const second = await storageService(t, db.database, [after]);
    await second.backfilled();
    const kept = await second.handlers.insert(
      { collection: devices, values: { code: "WH-500", name: "扫描仪", price: 7, shelf: "甲三" } },
      as(keeper),
    );
    const third = await storageService(t, db.database, [before]);
    const late = await third.handlers.insert(
      { collection: devices, values: { code: "WH-600", name: "投影仪", price: 9 } },
      as(keeper),
    );
    await third.handlers.update({ collection: devices, id: kept.id, version: 1, values: { price: 8 } }, as(keeper));
    await third.backfilled();
    const fourth = await storageService(t, db.database, [after]);
    await fourth.backfilled();
    const get = async (id: string): Promise<Record<string, unknown>> =>
      (await fourth.handlers.get({ collection: devices, id }, as(keeper))).values;
    t.like(await get(kept.id), { price: 8, double: 16, shelf: "甲三" }, "its own fields were kept beside");
    t.like(await get(late.id), { price: 9, double: 18 });
    t.is((await fourth.handlers.count({ collection: devices, search: "投影" }, as(keeper))).total, 1);
  },
);

eachDatabase(
  "a changed expression is calculated for existing records, with history; a record it fails for is left",
  async (t, db) => {
    const old = await storageService(t, db.database);
    await fill(old.handlers, 60);
    const twice: CollectionDefinition = {
      ...device,
      fields: { ...device.fields, double: { type: "money", title: { "zh-CN": "两倍" }, computed: "price * 2" } },
    };
    const service = await storageService(t, db.database, [twice]);
    await service.backfilled();
    const { records } = await service.handlers.find({ collection: devices, sort: ["price"], limit: 200 }, as(keeper));
    t.true(records.every(({ values, version }) => values["double"] === Number(values["price"]) * 2 && version === 2));
    const id = records[3]?.id ?? "";
    const { changes } = await service.handlers.history({ collection: devices, id }, as(keeper));
    t.like(changes[0], {
      action: "update",
      by: { id: "plugin:asset" },
      fields: [{ field: "double", before: null, after: 6 }],
    } as never);
    const now = await service.handlers.get({ collection: devices, id, at: new Date().toISOString() }, as(keeper));
    t.like(now, { version: 2, values: { double: 6 } });
    const next = await storageService(t, db.database, [
      {
        ...twice,
        fields: { ...twice.fields, double: { type: "money", title: { "zh-CN": "两倍" }, computed: "price * 3" } },
      },
    ]);
    await next.backfilled();
    t.is((await next.handlers.get({ collection: devices, id }, as(keeper))).values["double"], 9);
  },
);

eachDatabase("a collection that becomes a tree, and records without a maker, are brought up", async (t, db) => {
  const flat: CollectionDefinition = {
    ...device,
    fields: { ...device.fields, above: { type: "reference", title: { "zh-CN": "上级" }, collection: "device" } },
  };
  const old = await storageService(t, db.database, [flat]);
  const ids: string[] = [];
  for (let index = 0; index < 4; index += 1) {
    const above = ids.at(-1);
    const values = { code: `WH-00${index}`, name: "机", ...(above === undefined ? {} : { above }) };
    ids.push((await old.handlers.insert({ collection: devices, values }, as(keeper))).id);
  }
  const { table } = old.collections.get(devices);
  await db.database.transaction((tx) => tx.update(table.name, {}, { made_by: null }));
  const service = await storageService(t, db.database, [
    { ...flat, tree: "above", permissions: { ...flat.permissions, read: [{ permission: "asset.view", rows: "own" }] } },
  ]);
  t.is((await service.handlers.count({ collection: devices }, as(undefined, { caller: "asset" }))).total, 4);
  // made-by was done for the first definition: its journal says so
  await db.database.transaction((tx) => tx.update("backfill", { step: "made-by" }, { version: "0", done: false }));
  await service.deploy("asset", [{ collections: [{ ...service.collections.get(devices).definition }] }]);
  await service.backfilled();
  const { total } = await service.handlers.count(
    { collection: devices, filter: { id: { under: ids[1] ?? "" } } },
    as(keeper),
  );
  t.is(total, 3);
});

eachDatabase("a process that is killed in the middle leaves what the next one goes on with", async (t, db) => {
  const old = await storageService(t, db.database, [plain]);
  await fill(old.handlers, 500);
  const child = fork(new URL("../testing/backfill-child.js", import.meta.url), [db.url, "5"], { stdio: "inherit" });
  const [, signal] = (await once(child, "exit")) as [unknown, string];
  t.is(signal, "SIGKILL");
  const progress = await db.database.findOne("backfill", { collection: devices, step: "search", done: false });
  const before = Number(progress?.["records"] ?? 0);
  t.true(before > 0 && before < 500, String(before));
  const service = await storageService(t, db.database, [device]);
  const { records } = await service.handlers.find({ collection: devices, search: "台式机499" }, as(keeper));
  t.is(records.length, 1);
  await service.backfilled();
  t.is(await db.database.count(service.collections.get(devices).search?.table.name ?? ""), 500);
  t.is((await db.database.findOne("backfill", { collection: devices, step: "search" }))?.["records"], 500);
});
