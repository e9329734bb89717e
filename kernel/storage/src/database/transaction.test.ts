import { isJinshuiError, MAX_MESSAGE_BYTES } from "@jinshui/contracts";
import type { Database } from "./database.js";
import { eachDatabase } from "../testing/each.js";
import type { TableDefinition } from "./table.js";
import { once as onceFor, storedAnswer } from "./once.js";

const item: TableDefinition = {
  name: "item",
  primaryKey: ["id"],
  columns: {
    id: { type: "id" },
    name: { type: "string", nullable: false },
    place: { type: "string" },
    shelf: { type: "string" },
  },
  unique: { name: ["name"], place: ["place", "shelf"] },
};

eachDatabase(
  "a broken unique rule names the rule and its columns, whatever the values look like",
  async (t, { database }) => {
    await database.ensureTables([item]);
    await database.transaction((tx) =>
      tx.insert("item", { id: "a", name: "place", place: "name", shelf: "item__name" }),
    );
    const broken = async (row: Record<string, string>): Promise<unknown> => {
      const error = await t.throwsAsync(database.transaction((tx) => tx.insert("item", row)));
      return isJinshuiError(error) ? { code: error.code, ...error.details } : error;
    };
    t.deepEqual(await broken({ id: "a", name: "x" }), { code: "not-unique", rule: "primary", fields: ["id"] });
    t.deepEqual(await broken({ id: "b", name: "place" }), { code: "not-unique", rule: "name", fields: ["name"] });
    t.deepEqual(await broken({ id: "b", name: "x", place: "name", shelf: "item__name" }), {
      code: "not-unique",
      rule: "place",
      fields: ["place", "shelf"],
    });
    const missing = await t.throwsAsync(database.transaction((tx) => tx.insert("item", { id: "b" })));
    t.false(isJinshuiError(missing), "a missing value is our mistake, not a conflict");
  },
);

eachDatabase(
  "a message that could never be sent is refused before it can hold up the outbox",
  async (t, { database }) => {
    const data = "税".repeat(Math.ceil(MAX_MESSAGE_BYTES / 3));
    const error = await t.throwsAsync(
      database.transaction((tx) => Promise.resolve(tx.event({ bureau: "wuhu", source: "test", name: "made", data }))),
    );
    t.true(isJinshuiError(error) && error.code === "too-large");
    t.is(await database.count("outbox"), 0);
  },
);

eachDatabase(
  "what is to follow the commit runs once, after it, free to open a transaction; not after a failure",
  async (t, { database }) => {
    await database.ensureTables([item]);
    const seen: unknown[] = [];
    const insert = (name: string, fail = false): Promise<void> =>
      database.transaction(async (tx) => {
        await tx.insert("item", { id: name, name });
        tx.afterCommit(() => seen.push(database.transaction((other) => other.count("item"))));
        if (fail) throw new Error("no");
      });
    await insert("a");
    await t.throwsAsync(insert("b", true), { message: "no" });
    t.deepEqual(await Promise.all(seen), [1]);
  },
);

eachDatabase("long callers and keys that begin alike do not meet", async (t, { database }) => {
  const once = (caller: string, key: string): Promise<string> =>
    onceFor(database, { caller, key }, "h", () => Promise.resolve(`${caller}${key}`));
  const long = "x".repeat(300);
  const pairs = [
    ["a", "k"],
    ["b", "k"],
    [`${long}a`, "k"],
    [`${long}b`, "k"],
    ["a", `${long}1`],
    ["a", `${long}2`],
  ] as const;
  for (const [caller, key] of [...pairs, ...pairs]) t.is(await once(caller, key), `${caller}${key}`);
  t.deepEqual(await storedAnswer(database, { caller: "a", key: "k" }, "h"), { response: "ak" });
  t.is(await storedAnswer(database, { caller: "a", key: "other" }, "h"), undefined);
});

eachDatabase(
  "an inbox lets every message in once for each consumer, also when it comes twice at the same time",
  async (t, { database }) => {
    const seen = (consumer: string, id: string): Promise<boolean> =>
      database.transaction((tx) => tx.firstTime(consumer, id));
    const answers = await Promise.all([seen("a", "1"), seen("a", "1"), seen("b", "1"), seen("a", "2"), seen("a", "1")]);
    t.is(answers.filter(Boolean).length, 3);
    t.true(await seen("asset-tracking_workflow_instance-completed-long-name", "1"));
  },
);

eachDatabase("transactions that lock two rows in opposite order all come through", async (t, { database }) => {
  await database.ensureTables([item]);
  await database.transaction((tx) =>
    tx.insert("item", [
      { id: "a", name: "a", place: "0" },
      { id: "b", name: "b", place: "0" },
    ]),
  );
  await Promise.all(Array.from({ length: 6 }, (_, index) => move(database, index % 2 === 0 ? ["a", "b"] : ["b", "a"])));
  t.deepEqual(
    (await database.find("item", { orderBy: ["id"] })).map((row) => row["place"]),
    ["6", "6"],
  );
});

function move(database: Database, ids: string[]): Promise<void> {
  return database.transaction(async (tx) => {
    for (const id of ids) {
      const row = await tx.findOneForUpdate("item", { id });
      await tx.update("item", { id }, { place: String(Number(row?.["place"]) + 1) });
    }
  });
}
