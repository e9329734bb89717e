import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import test from "ava";
import { setImmediate as turn } from "node:timers/promises";
import { eachDatabase } from "../testing/each.js";
import type { Database } from "./database.js";
import { GroupCommit, Undecided } from "./group-commit.js";
import { once } from "./once.js";
import type { TableDefinition } from "./table.js";
import type { Transaction } from "./transaction.js";

const item: TableDefinition = {
  name: "item",
  primaryKey: ["id"],
  columns: { id: { type: "id" }, name: { type: "string", nullable: false }, place: { type: "string" } },
  unique: { name: ["name"] },
};

const grouped = <T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  database.transaction(work, { grouped: true });

/** Adds items at once; says of each how it ended, and in how many transactions. */
async function add(
  database: Database,
  names: string[],
  before: (tx: Transaction, name: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<{ outcomes: string[]; transactions: number }> {
  const seen = new Set<unknown>();
  const settled = await Promise.allSettled(
    names.map((name, n) =>
      grouped(database, async (tx) => {
        await before(tx, name);
        await tx.insert("item", { id: `${name}-${n}`, name, ...(n % 2 === 0 ? { place: "here" } : {}) });
        tx.event({ bureau: "wuhu", source: "test", name: "made", subject: name, sequence: 1, data: { name } });
        tx.audit({ bureau: "wuhu", actor: { id: "p", name: "人" }, action: "insert", resource: `item/${name}` });
        seen.add(tx.sql);
      }),
    ),
  );
  const outcomes = settled.map((end) =>
    end.status === "fulfilled" ? "ok" : isJinshuiError(end.reason) ? end.reason.code : String(end.reason),
  );
  return { outcomes, transactions: seen.size };
}

const names = (count: number, prefix = "n"): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

eachDatabase("what comes at once is committed together, and each has its row, event and entry", async (t, db) => {
  const { database } = db;
  await database.ensureTables([item]);
  const { outcomes, transactions } = await add(database, names(50));
  t.deepEqual(new Set(outcomes), new Set(["ok"]));
  t.true(transactions <= 3, `${transactions} transactions`);
  t.is(await database.count("item"), 50);
  t.is(await database.count("item", { place: "here" }), 25, "what a row leaves out is left out");
  t.is(await database.count("outbox"), 50);
  t.is(await database.count("audit_entry"), 50);
});

eachDatabase("one that can't be written fails by itself, with its own error", async (t, db) => {
  const { database } = db;
  await database.ensureTables([item]);
  const { outcomes } = await add(database, [...names(10), "n3", ...names(10, "m")]);
  t.is(outcomes.filter((outcome) => outcome === "ok").length, 20);
  t.is(outcomes.filter((outcome) => outcome === "not-unique").length, 1);
  t.is(await database.count("item"), 20);
  t.is(await database.count("outbox"), 20);
  t.is(await database.count("audit_entry"), 20);
});

eachDatabase("one that is refused before it wrote, or that must lock, holds nobody up", async (t, db) => {
  const { database } = db;
  await database.ensureTables([item]);
  await database.transaction((tx) => tx.insert("item", { id: "first", name: "first" }));
  const { outcomes, transactions } = await add(database, names(30), async (tx, name) => {
    if (name === "n7") throw new JinshuiError("conflict", "refused");
    if (name === "n8") await tx.findOneForUpdate("item", { id: "first" });
    if (name === "n9") await tx.update("item", { id: "first" }, { name: "second" });
  });
  t.is(outcomes.filter((outcome) => outcome === "ok").length, 29);
  t.is(outcomes[7], "conflict");
  t.true(transactions <= 5, `${transactions} transactions`);
  t.is(await database.count("item"), 30);
  t.is(await database.count("item", { name: "second" }), 1);
});

eachDatabase("the same key in one group is done once", async (t, db) => {
  const { database } = db;
  await database.ensureTables([item]);
  const request = { caller: "c", key: "k" };
  const answers = await Promise.all(
    names(20).map((_, n) =>
      once(
        database,
        request,
        "hash",
        async (tx) => {
          await tx.insert("item", { id: `i${n}`, name: `i${n}` });
          return n;
        },
        { grouped: true },
      ),
    ),
  );
  t.is(new Set(answers).size, 1);
  t.is(await database.count("item"), 1);
});

test("who comes behind a transaction that waits for somebody does not wait with it", async (t) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const carrier = {
    alone: async <R>(work: (tx: string) => Promise<R>): Promise<R> => work("alone"),
    shared: () => Promise.reject(new Error("each by itself")),
    within: <R>(run: () => R): R => run(),
    rows: {} as never,
  };
  const groups = new GroupCommit<string>(carrier, 2);
  const first = groups.run(() => held);
  const others = await Promise.all(names(5).map((name) => groups.run(() => Promise.resolve(name))));
  t.deepEqual(others, names(5));
  release();
  await first;
  const single = new GroupCommit<string>(carrier, 1);
  let isOver = false;
  const blocked = single.run(() => turn().then(() => (isOver = true)));
  const behind = single.run(() => Promise.resolve(isOver));
  t.true((await Promise.all([blocked, behind]))[1], "one lane is one after the other");
});

test("after a commit that was not answered nothing is done again", async (t) => {
  let alone = 0;
  const groups = new GroupCommit<string>(
    {
      alone: async (work) => {
        alone += 1;
        await turn();
        return work("alone");
      },
      shared: () => Promise.reject(new Undecided("", { cause: new Error("gone") })),
      within: (run) => run(),
      rows: {} as never,
    },
    1,
  );
  const settled = await Promise.allSettled(names(5).map((name) => groups.run(() => Promise.resolve(name))));
  t.deepEqual(
    settled.map((end) => (end.status === "fulfilled" ? end.value : String(end.reason))),
    ["n0", ...Array.from({ length: 4 }, () => "Error: gone")],
  );
  t.is(alone, 1);
});
