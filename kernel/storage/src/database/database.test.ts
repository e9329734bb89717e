import { isJinshuiError } from "@jinshui/contracts";
import type { TestDatabase } from "../testing/databases.js";
import { eachDatabase } from "../testing/each.js";
import { once as onceFor } from "./once.js";
import { openDatabase } from "./database.js";
import type { TableDefinition } from "./table.js";

const items: TableDefinition = {
  name: "item",
  primaryKey: ["id"],
  columns: {
    id: { type: "id" },
    name: { type: "string", length: 100, nullable: false },
    count: { type: "integer" },
    ready: { type: "boolean" },
    more: { type: "json" },
    at: { type: "instant" },
  },
  unique: { name: ["name"] },
  indexes: { count: ["count"] },
};

const withItems = async (db: TestDatabase): Promise<TestDatabase["database"]> => {
  await db.database.ensureTables([items]);
  return db.database;
};

eachDatabase("a database that can't be opened says where it is and why", async (t, { url }) => {
  await t.throwsAsync(openDatabase("mysql://k@127.0.0.1:1/none"), {
    message: /127\.0\.0\.1:1 .*(ECONNREFUSED|ETIMEDOUT)/,
  });
  if (!url.startsWith("mysql:")) return;
  const stranger = new URL(url);
  stranger.username = "stranger";
  await t.throwsAsync(openDatabase(stranger.href), { message: /Access denied for user 'stranger'/ });
  await t.throwsAsync(openDatabase(`${url}-absent`), { message: /Unknown database/ });
});

eachDatabase("every type comes back as it went in", async (t, db) => {
  const database = await withItems(db);
  const row = {
    id: "a",
    name: "台式机 ' \" % _ 😀",
    count: 9_007_199_254_740_991,
    ready: true,
    more: { list: [1, "二"], deep: { x: null } },
    at: "2026-11-23T08:00:00.123Z",
  };
  await database.transaction((tx) => tx.insert("item", row));
  t.deepEqual(await database.findOne("item", { id: "a" }), row);
});

eachDatabase("conditions choose the same rows on both databases", async (t, db) => {
  const database = await withItems(db);
  await database.transaction((tx) =>
    tx.insert("item", [
      { id: "1", name: "Alpha_1", count: 1, ready: true },
      { id: "2", name: "alpha%2", count: 2, ready: false },
      { id: "3", name: "贝塔!3", count: 3 },
      { id: "4", name: "伽马", more: {} },
    ]),
  );
  const ids = async (where: object): Promise<string> =>
    (await database.find("item", { where: where as never, orderBy: ["id"] })).map((row) => row["id"]).join("");
  t.is(await ids({ name: { contains: "ALPHA" } }), "12");
  t.is(await ids({ name: { contains: "%" } }), "2");
  t.is(await ids({ name: { startsWith: "贝塔!" } }), "3");
  t.is(await ids({ count: { gte: 2, lt: 3 } }), "2");
  t.is(await ids({ count: null }), "4");
  t.is(await ids({ ready: { ne: true } }), "234");
  t.is(await ids({ or: [{ id: "1" }, { and: [{ count: 3 }, { ready: null }] }] }), "13");
  t.is(await ids({ not: { id: { in: ["1", "2"] } } }), "34");
});

eachDatabase("tables are expanded, never rebuilt, and doing it again changes nothing", async (t, db) => {
  const database = await withItems(db);
  await database.transaction((tx) => tx.insert("item", { id: "a", name: "old" }));
  const wider: TableDefinition = {
    ...items,
    columns: { ...items.columns, place: { type: "string", nullable: false } },
    indexes: { ...items.indexes, place: ["place"] },
  };
  await database.ensureTables([wider]);
  await database.ensureTables([wider]);
  await database.ensureTables([items]);
  await database.ensureTables([wider]);
  t.like(await database.findOne("item", { id: "a" }), { name: "old" });
  await database.transaction((tx) => tx.update("item", { id: "a" }, { place: "机房" }));
  t.like(await database.findOne("item", { id: "a" }), { place: "机房" });
});

eachDatabase("a failed transaction leaves nothing: no row, no message, no audit entry", async (t, db) => {
  const database = await withItems(db);
  await t.throwsAsync(
    database.transaction(async (tx) => {
      await tx.insert("item", { id: "a", name: "x" });
      tx.event({ bureau: "wuhu", source: "test", name: "made", data: {} });
      tx.audit({ bureau: "wuhu", actor: { id: "u", name: "n" }, action: "insert", resource: "item/a" });
      throw new Error("no");
    }),
    { message: "no" },
  );
  t.is(await database.count("item"), 0);
  t.is(await database.count("outbox"), 0);
  t.is(await database.count("audit_entry"), 0);
});

eachDatabase("a unique rule that is broken is a conflict, not a crash", async (t, db) => {
  const database = await withItems(db);
  await database.transaction((tx) => tx.insert("item", { id: "a", name: "same" }));
  const error = await t.throwsAsync(database.transaction((tx) => tx.insert("item", { id: "b", name: "same" })));
  t.true(isJinshuiError(error) && error.code === "not-unique");
});

eachDatabase("twenty transactions that read and add one never lose an update", async (t, db) => {
  const database = await withItems(db);
  await database.transaction((tx) => tx.insert("item", { id: "a", name: "n", count: 0 }));
  await Promise.all(
    Array.from({ length: 20 }, () =>
      database.transaction(async (tx) => {
        const row = await tx.findOneForUpdate("item", { id: "a" });
        await tx.update("item", { id: "a" }, { count: Number(row?.["count"]) + 1 });
      }),
    ),
  );
  t.is((await database.findOne("item", { id: "a" }))?.["count"], 20);
});

eachDatabase(
  "the same key gives the stored answer, also to callers at the same time; another request under it is refused",
  async (t, db) => {
    const database = await withItems(db);
    let runs = 0;
    const once = (hash: string): Promise<unknown> =>
      onceFor(database, { caller: "c", key: "k" }, hash, async (tx) => {
        runs += 1;
        await tx.insert("item", { id: "a", name: "n" });
        return { made: "a" };
      });
    t.deepEqual(await Promise.all([once("h"), once("h"), once("h")]), [{ made: "a" }, { made: "a" }, { made: "a" }]);
    t.is(await database.count("item"), 1);
    t.true(runs >= 1);
    t.like(await t.throwsAsync(once("other")), { code: "idempotency-key-reused" });
  },
);

eachDatabase("a transaction inside another is refused at once", async (t, db) => {
  const database = await withItems(db);
  await t.throwsAsync(
    database.transaction(() => database.transaction(() => Promise.resolve(1))),
    { message: /inside another/ },
  );
});
