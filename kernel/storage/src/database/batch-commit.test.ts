import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "../testing/each.js";
import type { Database } from "./database.js";
import type { TableDefinition } from "./table.js";
import type { Transaction } from "./transaction.js";

const account: TableDefinition = {
  name: "account",
  primaryKey: ["id"],
  columns: {
    id: { type: "id" },
    amount: { type: "integer", nullable: false },
    note: { type: "string", length: 40 },
  },
};

/** Takes one from an account, with an event and an audit entry; refused before it writes where nothing is left. */
async function take(tx: Transaction, id: string): Promise<number> {
  const row = await tx.findOneForUpdate("account", { id });
  const left = Number(row?.["amount"] ?? 0) - 1;
  if (left < 0) throw new JinshuiError("conflict", "nothing is left");
  await tx.update("account", { id }, { amount: left });
  tx.event({ bureau: "wuhu", source: "test", name: "taken", subject: id, data: { left } });
  tx.audit({ bureau: "wuhu", actor: { id: "p", name: "人" }, action: "take", resource: `account/${id}` });
  return left;
}

/** Does all of it at once; what each came to, and in how many transactions. */
async function atOnce(
  database: Database,
  works: readonly ((tx: Transaction) => Promise<unknown>)[],
): Promise<{ outcomes: unknown[]; transactions: number }> {
  const seen = new Set<unknown>();
  const settled = await Promise.allSettled(
    works.map((work) =>
      database.transaction(
        (tx) => {
          seen.add(tx.sql);
          return work(tx);
        },
        { batched: true },
      ),
    ),
  );
  const outcomes = settled.map((end) =>
    end.status === "fulfilled"
      ? end.value
      : isJinshuiError(end.reason)
        ? end.reason.code
        : (end.reason as Error).message,
  );
  return { outcomes, transactions: seen.size };
}

async function opened(database: Database, amounts: Record<string, number>): Promise<void> {
  await database.ensureTables([account]);
  await database.transaction((tx) =>
    tx.insert(
      "account",
      Object.entries(amounts).map(([id, amount]) => ({ id, amount })),
    ),
  );
}

eachDatabase(
  "changes that come at once are committed together, each sees those before it, and events are numbered",
  async (t, db) => {
    const { database } = db;
    await opened(database, { a: 20, b: 20 });
    const works = Array.from({ length: 30 }, (_, n) => (tx: Transaction) => take(tx, n % 3 === 0 ? "b" : "a"));
    const { outcomes, transactions } = await atOnce(database, works);
    t.true(transactions <= 3, `${transactions} transactions`);
    t.deepEqual(
      [...outcomes].sort((one, other) => Number(one) - Number(other)),
      [...Array.from({ length: 20 }, (_, n) => n), ...Array.from({ length: 10 }, (_, n) => n + 10)].sort(
        (one, other) => one - other,
      ),
      "every amount was left exactly once",
    );
    const amounts = await database.find("account", { orderBy: ["id"] });
    t.deepEqual(
      amounts.map(({ amount }) => amount),
      [0, 10],
    );
    const sent = await database.find("outbox", { orderBy: ["seq"] });
    t.deepEqual(
      sent.filter(({ aggregate }) => String(aggregate).endsWith("/a")).map(({ agg_seq: place }) => place),
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    t.is(await database.count("audit_entry"), 30);
  },
);

eachDatabase(
  "what is refused before it has written takes nobody with it, and leaves no event or entry",
  async (t, db) => {
    const { database } = db;
    await opened(database, { a: 5 });
    const { outcomes, transactions } = await atOnce(
      database,
      Array.from({ length: 12 }, () => (tx: Transaction) => take(tx, "a")),
    );
    t.true(transactions <= 3, `${transactions} transactions`);
    t.is(outcomes.filter((outcome) => outcome === "conflict").length, 7);
    t.is(await database.count("outbox"), 5);
    t.is(await database.count("audit_entry"), 5);
  },
);

eachDatabase("what fails after it has written is undone alone, and the others are done once", async (t, db) => {
  const { database } = db;
  await opened(database, { a: 10 });
  const broken = async (tx: Transaction): Promise<void> => {
    await take(tx, "a");
    throw new Error("broken");
  };
  const good = (tx: Transaction): Promise<number> => take(tx, "a");
  const { outcomes } = await atOnce(database, [good, good, broken, good, good]);
  t.deepEqual(
    outcomes.map((outcome) => (outcome === "broken" ? outcome : "ok")),
    ["ok", "ok", "broken", "ok", "ok"],
  );
  t.is((await database.findOne("account", { id: "a" }))?.["amount"], 6);
  t.is(await database.count("outbox"), 4);
  t.is(await database.count("audit_entry"), 4);
});

eachDatabase("two rows of one key in a batch: one of them is written, the other hears of it", async (t, db) => {
  const { database } = db;
  await opened(database, {});
  const add = (id: string) => (tx: Transaction) => tx.insert("account", { id, amount: 1 });
  const { outcomes } = await atOnce(database, [add("x"), add("y"), add("x"), add("z")]);
  t.is(outcomes.filter((outcome) => outcome === "not-unique").length, 1);
  t.is(await database.count("account"), 3);
});

eachDatabase("a deadlock in one of them loses nothing of those before it", async (t, db) => {
  const { database } = db;
  if (database.dialect === "sqlite") {
    t.pass("one writer after the other has no deadlock");
    return;
  }
  await opened(database, { a: 10, b: 10 });
  const [holds, waits] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const other = database.transaction(async (tx) => {
    // the one that has written less is undone
    await tx.insert(
      "account",
      Array.from({ length: 50 }, (_, n) => ({ id: `n${n}`, amount: 1 })),
    );
    await tx.findOneForUpdate("account", { id: "b" });
    holds.resolve(undefined);
    await waits.promise;
    await tx.findOneForUpdate("account", { id: "a" });
  });
  await holds.promise;
  const { outcomes } = await atOnce(database, [
    (tx) => take(tx, "a"),
    (tx) => {
      setTimeout(() => waits.resolve(undefined), 300);
      return take(tx, "b");
    },
  ]);
  await other;
  t.deepEqual(outcomes, [9, 9]);
  const left = await database.find("account", { where: { id: { in: ["a", "b"] } }, orderBy: ["id"] });
  t.deepEqual(
    left.map(({ amount }) => amount),
    [9, 9],
    "what was answered is there",
  );
  t.is(await database.count("audit_entry"), 2);
});
