import test from "ava";
import Sqlite from "better-sqlite3";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eachDatabase } from "../testing/each.js";
import { openDatabase } from "./database.js";
import type { TableDefinition } from "./table.js";

const items: TableDefinition = {
  name: "item",
  primaryKey: ["id"],
  columns: { id: { type: "id" }, name: { type: "string", nullable: false }, count: { type: "integer" } },
  unique: { name: ["name"] },
};
const words: TableDefinition = {
  name: "word",
  primaryKey: ["doc"],
  columns: { doc: { type: "serial" }, record: { type: "id", nullable: false }, tokens: { type: "text" } },
  unique: { record: ["record"] },
  fullText: "tokens",
};

eachDatabase(
  "of many rows with one that can't be written none is, whoever goes on after it",
  async (t, { database }) => {
    await database.ensureTables([items]);
    const rows = ["a", "b", "a", "c"].map((name, at) => ({ id: String(at), name }));
    await database
      .transaction(async (tx) => {
        await tx.insert("item", { id: "before", name: "before" });
        await t.throwsAsync(tx.insert("item", rows), { code: "not-unique" });
        await tx.insert("item", { id: "after", name: "after" });
      })
      .catch(() => undefined);
    t.is(await database.count("item", { id: { in: ["0", "1", "2", "3"] } }), 0);
    t.is(await database.count("item", { id: "before" }), await database.count("item", { id: "after" }));
    await database.transaction((tx) => tx.insert("item", { id: "0", name: "a" }));
    t.is(await database.count("item", { name: "a" }), 1, "the next transaction is a whole one again");
  },
);

eachDatabase(
  "each of many rows gets values of its own, wherever its key stands among them",
  async (t, { database }) => {
    await database.ensureTables([items]);
    const made = Array.from({ length: 700 }, (_, at) => ({ id: `i${at}`, name: `n${at}`, count: at }));
    await database.transaction((tx) => tx.insert("item", made));
    const changes = made.map(({ id, count }) => ({
      count: count % 2 === 0 ? null : count + 1,
      id,
      name: `税"'\\${count}`,
    }));
    await database.transaction((tx) => tx.updateEach("item", changes.slice(1)));
    const rows = new Map((await database.find("item")).map((row) => [row["id"], row]));
    t.deepEqual(rows.get("i0"), { id: "i0", name: "n0", count: 0 });
    t.deepEqual(rows.get("i1"), { id: "i1", name: `税"'\\1`, count: 2 });
    t.deepEqual(rows.get("i698"), { id: "i698", name: `税"'\\698` });
  },
);

eachDatabase(
  "words of a row that was not written are not found, and those of the others are",
  async (t, { database }) => {
    await database.ensureTables([words]);
    const found = async (token: string): Promise<unknown[]> => {
      const matching = { table: "word", column: "tokens", key: "record", query: { token } };
      return (await database.find("word", { where: { record: { matching } }, orderBy: ["doc"] })).map(
        (row) => row["record"],
      );
    };
    const row = (record: string): Record<string, string> => ({ record, tokens: `wall w${record}` });
    await database.transaction((tx) => tx.insert("word", [row("one"), row("two")]));
    await t.throwsAsync(database.transaction((tx) => tx.insert("word", [row("three"), row("two")])));
    await t.throwsAsync(
      database.transaction(async (tx) => {
        await tx.insert("word", row("four"));
        throw new Error("no");
      }),
    );
    await database.transaction((tx) => tx.insert("word", row("five")));
    t.deepEqual(await found("wall"), ["one", "two", "five"]);
    t.deepEqual(await found("wthree"), []);
    t.deepEqual(await found("wfive"), ["five"]);
  },
);

test("an index of words that a trigger of an earlier version fills gets each row once", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-words-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "site.sqlite");
  const before = await openDatabase(`sqlite:${file}`);
  await before.ensureTables([words]);
  await before.close();
  const driver = new Sqlite(file);
  driver.exec(
    "CREATE TRIGGER word__fts_in AFTER INSERT ON word BEGIN INSERT INTO word__fts(rowid, tokens) VALUES (new.doc, 'old'); END",
  );
  const database = await openDatabase(`sqlite:${file}`);
  await database.ensureTables([words]);
  await database.transaction((tx) => tx.insert("word", { record: "one", tokens: "wall" }));
  await database.close();
  const matches = driver.prepare("SELECT rowid FROM word__fts WHERE word__fts MATCH ?").pluck();
  t.deepEqual(matches.all("wall"), [1]);
  t.deepEqual(matches.all("old"), []);
  driver.close();
});
