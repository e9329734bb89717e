import { setTimeout as sleep } from "node:timers/promises";
import { eachDatabase } from "../testing/each.js";
import { openDatabase } from "./database.js";
import type { Transaction } from "./transaction.js";

const table = (name: string): Parameters<Awaited<ReturnType<typeof openDatabase>>["ensureTables"]>[0][number] => ({
  name,
  primaryKey: ["id"],
  columns: { id: { type: "id" }, value: { type: "integer" } },
});

eachDatabase(
  "who waits for a table hears of every commit that writes to it, once, and of nothing else",
  async (t, db) => {
    const { database } = db;
    await database.ensureTables(["one", "two", "three"].map(table));
    let heard = 0;
    const stop = database.onWritten(["one", "two"], () => (heard += 1));
    const insert = (name: string, id: string) => (tx: Transaction) => tx.insert(name, { id, value: 1 });
    await database.transaction(insert("one", "a"));
    t.is(heard, 1);
    await database.transaction(async (tx) => {
      await insert("one", "b")(tx);
      await insert("two", "b")(tx);
    });
    t.is(heard, 2, "both tables in one commit");
    await database.transaction(insert("three", "a"));
    await database.transaction((tx) => tx.remove("one", { id: "b" }));
    t.is(heard, 2, "another table, and rows that went");
    await t.throwsAsync(
      database.transaction(async (tx) => {
        await insert("one", "c")(tx);
        throw new Error("no");
      }),
    );
    t.is(heard, 2, "nothing was committed");
    await database.transaction((tx) => tx.update("two", { id: "b" }, { value: 2 }), { gathered: true });
    t.is(heard, 3);
    await Promise.all(["d", "e", "f"].map((id) => database.transaction(insert("one", id), { grouped: true })));
    t.true(heard > 3, "grouped");
    const before = heard;
    await Promise.all(["g", "h", "i"].map((id) => database.transaction(insert("one", id), { batched: true })));
    t.true(heard > before, "batched");
    stop();
    const last = heard;
    await database.transaction(insert("one", "j"));
    t.is(heard, last);
  },
);

eachDatabase("what another process writes is not told", async (t, db) => {
  await db.database.ensureTables([table("one")]);
  const other = await openDatabase(db.url);
  t.teardown(() => other.close());
  await other.ensureTables([table("one")]);
  db.database.onWritten(["one"], () => t.fail());
  await other.transaction((tx) => tx.insert("one", { id: "a", value: 1 }));
  await sleep(50);
  t.is(await db.database.count("one"), 1);
});
