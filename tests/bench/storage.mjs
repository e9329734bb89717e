import { parseArgs } from "node:util";
import { COLLECTION, invoice, invoiceValues } from "./storage/collection.mjs";
import { percentile, sustained, timed } from "./storage/measure.mjs";
import { rawDriver } from "./storage/peers.mjs";
import { onEachDatabase } from "./storage/site.mjs";
import { table } from "./harness.mjs";

/**
 * Storage as plugins meet it, over the bus, against what the database's driver does alone in the same run: `npm run
 * bench:storage [-- --quick] [--database sqlite|mariadb]`. Ends with 1 when a limit is missed.
 */
const { values: given } = parseArgs({ options: { quick: { type: "boolean" }, database: { type: "string" } } });
const effort = given.quick
  ? { reads: 300, seconds: 3, records: 50_000 }
  : { reads: 2_000, seconds: 15, records: 1_000_000 };
const CLIENTS = 16;
const BATCH = 500;
const tableName = `c_bench__${invoice.name}`;
const verdicts = [];

await onEachDatabase(given.database ? [given.database] : ["sqlite", "mariadb"], async (site) => {
  const { kind, storage, bus, database } = site;
  const lines = [];
  const note = (name, value, unit, limit, met) => {
    lines.push([name, value, unit, limit === undefined ? "" : `${met ? "" : "MISSED "}${limit}`]);
    if (limit !== undefined) verdicts.push({ kind, name, value, limit, met });
  };

  // inserts
  const raw = await rawDriver(site);
  let next = 0;
  const own = () =>
    storage.insert({ collection: COLLECTION, values: invoiceValues((next += 1)) }, { idempotencyKey: `k${next}` });
  const operations = () =>
    Array.from({ length: BATCH }, () => ({ op: "insert", collection: COLLECTION, values: invoiceValues((next += 1)) }));
  await sustained(CLIENTS, 1, own);
  const [ours, drivers] = [[], []];
  for (let round = 0; round < 3; round += 1) {
    ours.push(await sustained(CLIENTS, effort.seconds / 3, own));
    drivers.push(await sustained(CLIENTS, effort.seconds / 3, raw.insert));
  }
  const [mine, alone] = [Math.max(...ours), Math.max(...drivers)];
  note("inserts through the API, 16 clients", mine, "/s");
  note("the same transaction by the driver", alone, "/s");
  note("ratio", mine / alone, "", "≥ 0.5", mine / alone >= 0.5);
  const batches = [[], []];
  for (let round = 0; round < 3; round += 1) {
    batches[0].push(
      await sustained(2, effort.seconds / 3, () =>
        storage.transact({ operations: operations() }, { timeoutMs: 30_000 }),
      ),
    );
    batches[1].push(await sustained(2, effort.seconds / 3, () => raw.insertMany(BATCH)));
  }
  const [batched, multiRow] = batches.map((list) => Math.max(...list) * BATCH);
  note(`records in transactions of ${BATCH}`, batched, "/s");
  note("multi-row inserts by the driver", multiRow, "/s");
  note("ratio", batched / multiRow, "", "≥ 0.3", batched / multiRow >= 0.3);
  await raw.close();

  // a million records
  const filled = performance.now();
  while (next < effort.records) await storage.transact({ operations: operations() }, { timeoutMs: 30_000 });
  note(`${next} records are there after`, (performance.now() - filled) / 1000, "s");
  const sample = (await storage.find({ collection: COLLECTION, limit: 200, total: "none" })).records;
  const anyId = () => sample[Math.floor(Math.random() * sample.length)].id;
  const anyCode = () => `FP${String(1 + Math.floor(Math.random() * next)).padStart(10, "0")}`;

  // one read through the bus against the same read by Sequelize and an empty round trip
  const echo = await bus.respond("jinshui.bench.echo", undefined, async () => ({}));
  const pings = await timed(effort.reads, () => bus.ping());
  await echo.stop?.();
  const direct = await timed(effort.reads, () =>
    database.findOne(tableName, { id: anyId(), bureau: "wuhu", live: true }),
  );
  const got = await timed(effort.reads, () => storage.get({ collection: COLLECTION, id: anyId() }));
  const directFind = await timed(effort.reads, () =>
    database.find(tableName, {
      where: { bureau: "wuhu", live: true, f_code: anyCode() },
      orderBy: ["f_issued", "id"],
      limit: 51,
    }),
  );
  const found = await timed(effort.reads, () => storage.find({ collection: COLLECTION, filter: { code: anyCode() } }));
  const p50 = (list) => percentile(list, 50);
  note("an empty round trip on the bus, p50", p50(pings), "ms");
  for (const [name, through, alone_] of [
    ["get", got, direct],
    ["find by an indexed field", found, directFind],
  ]) {
    const against = p50(alone_) + p50(pings);
    note(`${name}: through the bus, p50`, p50(through), "ms");
    note(`${name}: Sequelize and a round trip, p50`, against, "ms");
    note("ratio", p50(through) / against, "", "≤ 3", p50(through) / against <= 3);
  }
  note("indexed find, p95", percentile(found, 95), "ms", "≤ 20", percentile(found, 95) <= 20);
  let cursor;
  const pages = await timed(effort.reads, async () => {
    const page = await storage.find({
      collection: COLLECTION,
      filter: { state: "open" },
      sort: ["issued"],
      ...(cursor ? { cursor } : {}),
      total: "none",
    });
    cursor = page.nextCursor;
  });
  note("a page by its cursor, p95", percentile(pages, 95), "ms", "≤ 20", percentile(pages, 95) <= 20);
  const counted = await timed(20, () =>
    storage.find({ collection: COLLECTION, filter: { state: "open" }, sort: ["issued"] }),
  );
  note("a first page with its count to 10,000, p95", percentile(counted, 95), "ms");
  const sums = await timed(3, () =>
    storage.aggregate(
      {
        collection: COLLECTION,
        groupBy: [{ field: "issued", bucket: "year" }],
        measures: { n: { fn: "count" }, tax: { fn: "sum", field: "tax" } },
      },
      { timeoutMs: 60_000 },
    ),
  );
  note("sums of all by year, p50", p50(sums), "ms");
  console.log(`\n${kind}`);
  console.log(table(["", "", "", "limit"], lines));
});

const missed = verdicts.filter(({ met }) => !met);
console.log(`\n${verdicts.length - missed.length} of ${verdicts.length} limits are met`);
process.exit(missed.length > 0 ? 1 : 0);
