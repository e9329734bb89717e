import { fork } from "node:child_process";
import { once } from "node:events";
import { eachDatabase } from "../testing/each.js";
import { as, devices, keeper, storageService } from "../testing/storage-service.js";
import { ended, imported, lines, resultOf, upload } from "../testing/transfers.js";

for (const failure of ["transfer-batch:kill:4", "transfer-committed:kill:4", "before-commit:kill:12"]) {
  eachDatabase(
    `an import that is killed goes on where it was, with no row lost or doubled (${failure})`,
    async (t, db) => {
      const service = await storageService(t, db.database);
      Object.assign(service.limits, { atOnce: 0 });
      const file = await upload(
        service,
        lines(600, (index) => index % 10 === 3),
        "清单.csv",
        keeper,
      );
      const { id } = await service.handlers.startImport({ collection: devices, file }, as(keeper));
      const { folder } = service.files.folder;
      const child = fork(
        new URL("../testing/transfer-child.js", import.meta.url),
        [db.url, folder, "asset.view:asset.manage"],
        { stdio: "inherit", env: { ...process.env, JINSHUI_FAIL: failure } },
      );
      const [, signal] = (await once(child, "exit")) as [unknown, string];
      t.is(signal, "SIGKILL");
      const before = await service.handlers.transfer({ id }, as(keeper));
      t.is(before.state, "running");
      t.true(before.done > 0 && before.done < 600, String(before.done));
      t.is((await service.handlers.count({ collection: devices }, as(keeper))).total, before.inserted);
      Object.assign(service.limits, { atOnce: 2, batch: 70 });
      await service.deploy("asset", [{ collections: [service.collections.get(devices).definition] }]);
      const job = await ended(service, id, keeper);
      t.like(job, { state: "done", done: 600, total: 600, inserted: 540, problemRows: 60 });
      t.is((await service.handlers.count({ collection: devices }, as(keeper))).total, 540);
      t.is(await db.database.count("audit_entry", { action: "insert" }), 540);
      t.is(await db.database.count("audit_entry", { action: "import" }), 1);
      t.true((await resultOf(service, job, keeper)).length > 1_000);
    },
  );
}

eachDatabase("a job in a place that there no longer is goes on all the same", async (t, db) => {
  const service = await storageService(t, db.database);
  await imported(service, lines(30), { collection: devices }, keeper);
  Object.assign(service.limits, { atOnce: 0 });
  const { id } = await service.handlers.startExport({ collection: devices, format: "csv" }, as(keeper));
  await db.database.transaction((tx) => tx.update("transfer_job", { id }, { state: "running", slot: 3 }));
  Object.assign(service.limits, { atOnce: 1 });
  await service.deploy("asset", [{ collections: [service.collections.get(devices).definition] }]);
  t.like(await ended(service, id, keeper), { state: "done", done: 30 });
});

eachDatabase("an export that is killed is begun anew and is whole", async (t, db) => {
  const service = await storageService(t, db.database);
  await imported(service, lines(300), { collection: devices }, keeper);
  Object.assign(service.limits, { atOnce: 0 });
  const { id } = await service.handlers.startExport({ collection: devices, format: "csv" }, as(keeper));
  const child = fork(
    new URL("../testing/transfer-child.js", import.meta.url),
    [db.url, service.files.folder.folder, "asset.view:asset.manage"],
    { stdio: "inherit", env: { ...process.env, JINSHUI_FAIL: "transfer-page:kill:3" } },
  );
  t.is(((await once(child, "exit")) as [unknown, string])[1], "SIGKILL");
  Object.assign(service.limits, { atOnce: 1 });
  await service.deploy("asset", [{ collections: [service.collections.get(devices).definition] }]);
  const job = await ended(service, id, keeper);
  t.like(job, { state: "done", done: 300 });
  const text = (await resultOf(service, job, keeper)).toString();
  t.is(new Set(text.trim().split("\r\n")).size, 301);
  t.is(await db.database.count("audit_entry", { action: "export" }), 1);
});
