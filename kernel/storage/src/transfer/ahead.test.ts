import { JinshuiError } from "@jinshui/contracts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Access } from "../access.js";
import type { Database } from "../database/database.js";
import type { Transaction } from "../database/transaction.js";
import { eachDatabase } from "../testing/each.js";
import { as, devices, keeper, storageService } from "../testing/storage-service.js";
import { ended, imported, lines, upload } from "../testing/transfers.js";

/** Calls `before` at each insert of devices by an import, with the number of the insert. */
function atInserts(database: Database, before: (nth: number) => Promise<void> | void): void {
  const transaction = database.transaction.bind(database);
  let count = 0;
  database.transaction = (work, options) =>
    transaction((tx) => {
      const insert = tx.insert.bind(tx);
      tx.insert = async (...[table, rows]: Parameters<Transaction["insert"]>) => {
        if (table === "c_asset__device") await before((count += 1));
        return insert(table, rows);
      };
      return work(tx);
    }, options);
}

eachDatabase(
  "rows that can't be written while the next are read are tried again, and none is lost or doubled",
  async (t, { database }) => {
    const service = await storageService(t, database);
    Object.assign(service.limits, { batch: 50 });
    atInserts(database, (nth) => {
      if (nth === 3 || nth === 6) throw new JinshuiError("unavailable", "the server is away");
    });
    const job = await imported(service, lines(600), { collection: devices }, keeper);
    t.like(job, { state: "done", done: 600, inserted: 600, problemRows: 0 });
    t.is(await database.count("c_asset__device"), 600);
    t.is(await database.count("audit_entry", { action: "insert" }), 600);
    t.is(await database.count("outbox", { subject: "jinshui.event.wuhu.asset.device-changed" }), 600);
    const found = await service.handlers.find({ collection: devices, search: "WH-599" }, as(keeper));
    t.is(found.records.length, 1);
  },
);

eachDatabase(
  "where a file breaks off, the rows before it are written first, and none after the job has failed",
  async (t, { database }) => {
    const service = await storageService(t, database);
    Object.assign(service.limits, { batch: 50, maxRows: 900 });
    atInserts(database, () => sleep(30));
    // so long that the file comes in several parts
    const content = lines(1_000)
      .toString()
      .replaceAll("设备", `${"长".repeat(100)}设备`);
    const job = await imported(service, Buffer.from(content), { collection: devices }, keeper);
    t.like(job, { state: "failed", error: { code: "too-large" } } as never);
    t.true(job.inserted > 0);
    t.is((await service.handlers.count({ collection: devices }, as(keeper))).total, job.inserted);
    await sleep(200);
    t.is((await service.handlers.transfer({ id: job.id }, as(keeper))).inserted, job.inserted);
    t.is(await database.count("c_asset__device"), job.inserted);
  },
);

eachDatabase("a server writes rows while the next are checked; SQLite is waited for", async (t, { database }) => {
  const service = await storageService(t, database);
  Object.assign(service.limits, { batch: 50 });
  const events: string[] = [];
  const { acting, ...access } = service.access;
  const counted: Access = {
    ...access,
    acting: (call) => {
      events.push("checked");
      return acting(call);
    },
  };
  Object.assign(service, { access: counted });
  atInserts(database, async (nth) => {
    await sleep(nth === 1 ? 500 : 0);
    events.push("written");
  });
  const file = await upload(service, lines(200), "清单.csv", keeper);
  const { id } = await service.handlers.startImport({ collection: devices, file }, as(keeper));
  t.like(await ended(service, id, keeper), { state: "done", inserted: 200 });
  const ahead = events.indexOf("written");
  // once for the file, once for checking and once for writing the first rows, and once for those behind them
  t.is(ahead, database.dialect === "sqlite" ? 3 : 4);
});
