import { setTimeout as sleep } from "node:timers/promises";
import type { StorageService } from "../collections/service.js";
import { eachDatabase } from "../testing/each.js";
import { caseNumber, matter, note, office } from "../testing/matters.js";
import { as, codeOf, devices, keeper, storageService } from "../testing/storage-service.js";
import { ended, exported, imported, lines, upload } from "../testing/transfers.js";

async function waitFor(service: StorageService, id: string, rows: number, actor = keeper): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 5) {
    if ((await service.handlers.transfer({ id }, as(actor))).done >= rows) return;
    await sleep(5);
  }
  throw new Error(`job ${id} has not come to row ${rows}`);
}

eachDatabase("a job that is cancelled stops, and what was imported so far stays", async (t, db) => {
  const service = await storageService(t, db.database);
  Object.assign(service.limits, { batch: 5 });
  const file = await upload(service, lines(400), "清单.csv", keeper);
  const { id } = await service.handlers.startImport({ collection: devices, file }, as(keeper));
  await waitFor(service, id, 10);
  t.is(await codeOf(t, service.handlers.cancelTransfer({ id }, as("王:asset.view:asset.manage"))), "not-found");
  const job = await service.handlers.cancelTransfer({ id }, as(keeper));
  await service.transferred();
  const after = await service.handlers.transfer({ id }, as(keeper));
  t.is(job.state, "cancelled");
  t.is(after.done, job.done);
  const { total } = await service.handlers.count({ collection: devices }, as(keeper));
  t.is(total, after.inserted);
  t.true(total < 400);
  t.is((await service.handlers.cancelTransfer({ id }, as(keeper))).state, "cancelled");
});

eachDatabase("rights that are lost on the way end the import; nothing more is written", async (t, db) => {
  // of another name than in other tests: what the last call said counts for all of them
  const person = "郑:asset.view:asset.manage";
  const service = await storageService(t, db.database);
  Object.assign(service.limits, { batch: 5 });
  const file = await upload(service, lines(400), "清单.csv", person);
  const { id } = await service.handlers.startImport({ collection: devices, file }, as(person));
  await waitFor(service, id, 10, person);
  await service.handlers.describe({}, as("郑:asset.view"));
  const job = await ended(service, id, "郑:asset.view");
  t.like(job, { state: "failed", error: { code: "forbidden" } } as never);
  t.is((await service.handlers.count({ collection: devices }, as(keeper))).total, job.inserted);
  t.is(await codeOf(t, service.handlers.startImport({ collection: devices, file }, as("郑:asset.view"))), "forbidden");
});

eachDatabase("rows outside of one's reach are wrong rows; those beside them go in", async (t, db) => {
  const service = await storageService(t, db.database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  const clerk = "李@levy:case.section:case.view";
  const content = Buffer.from("标题,科室,批示\n甲,levy,\n乙,audit,\n丙,levy,\n丁,,\n戊,levy,好\n");
  const job = await imported(service, content, { collection: "case.matter" }, clerk);
  t.deepEqual(
    [job.inserted, job.problems.map(({ row, code }) => `${row} ${code}`)],
    [3, ["3 out-of-reach", "6 not-writable"]],
  );
});

eachDatabase("bureaus take turns, one person's jobs are limited, and a key begins one job only", async (t, db) => {
  const service = await storageService(t, db.database);
  Object.assign(service.limits, { atOnce: 0, perPerson: 3 });
  const { startExport, transfers } = service.handlers;
  const far = { bureau: "fanchang" };
  const asked = { collection: devices, format: "csv" as const };
  const keyed = as(keeper, { key: "one", op: "startExport" });
  const first = await startExport(asked, keyed);
  t.is((await startExport(asked, keyed)).id, first.id);
  for (let index = 0; index < 2; index += 1) await startExport(asked, as(keeper));
  t.is(await codeOf(t, startExport(asked, as(keeper))), "too-many-requests");
  await startExport(asked, as("远:asset.view", far));
  Object.assign(service.limits, { atOnce: 1 });
  await service.deploy("asset", [{ collections: [service.collections.get(devices).definition] }]);
  await service.transferred();
  const near = (await transfers({}, as(keeper))).jobs.map(({ startedAt }) => startedAt ?? "").sort();
  const [other] = (await transfers({}, as("远:asset.view", far))).jobs;
  t.is(near.length, 3);
  t.true((other?.startedAt ?? "") <= (near[1] ?? ""), "the other bureau need not wait for all of the first");
  t.is((await exported(service, asked, keeper)).state, "done");
});
