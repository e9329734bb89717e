import test from "ava";
import { eachDatabase } from "../testing/each.js";
import { openDatabase } from "../database/database.js";
import { DueLoop, untilFirst } from "./due-loop.js";

const TABLE = { name: "due", primaryKey: ["id"], columns: { id: { type: "id" as const } } };

/** Resolves with the number of each look as it begins. */
function looks(): { next: () => Promise<number>; begin: () => number } {
  let count = 0;
  let told = Promise.withResolvers<number>();
  return {
    next: () => told.promise,
    begin() {
      count += 1;
      const { resolve } = told;
      told = Promise.withResolvers<number>();
      resolve(count);
      return count;
    },
  };
}

eachDatabase(
  "is looked again at once where more is due, after a failure, and after what others write",
  async (t, db) => {
    const { database } = db;
    await database.ensureTables([TABLE]);
    const other = await openDatabase(db.url);
    t.teardown(() => other.close());
    await other.ensureTables([TABLE]);
    const { next, begin } = looks();
    const failures: unknown[] = [];
    const hour = 3_600_000;
    const answers = [0, new Error("away"), 5, hour];
    const loop = new DueLoop({
      database,
      tables: ["due"],
      paceMs: 10,
      failed: (error) => failures.push(error),
      look: () => {
        const answer = answers[begin() - 1] ?? hour;
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    });
    loop.start();
    while ((await next()) < 4);
    t.deepEqual(failures.map(String), ["Error: away"]);
    const woken = next();
    await database.transaction((tx) => tx.insert("due", { id: "a" }));
    t.true((await woken) >= 5);
    const found = next();
    await other.transaction((tx) => tx.insert("due", { id: "b" }));
    t.true((await found) >= 6);
    await loop.stop();
    void next().then(() => t.fail());
    await database.transaction((tx) => tx.insert("due", { id: "c" }));
  },
);

eachDatabase("a loop that stops finishes the look that is under way", async (t, { database }) => {
  const began = Promise.withResolvers<undefined>();
  const end = Promise.withResolvers<undefined>();
  let done = false;
  const loop = new DueLoop({
    database,
    tables: [],
    paceMs: 10,
    failed: (error) => t.fail(String(error)),
    look: async () => {
      began.resolve(undefined);
      await end.promise;
      done = true;
      return undefined;
    },
  });
  loop.start();
  await began.promise;
  const stopped = loop.stop();
  end.resolve(undefined);
  await stopped;
  t.true(done);
});

test("the first of some moments counts; one that is over is looked at again after a while", (t) => {
  const now = "2026-11-28T10:00:00.000Z";
  t.is(untilFirst([undefined, null], now, 400), undefined);
  t.is(untilFirst(["2026-11-28T10:00:05.000Z", undefined, "2026-11-28T10:00:01.000Z"], now, 400), 1_002);
  t.is(untilFirst(["2026-11-28T10:00:05.000Z", "2026-11-28T09:00:00.000Z"], now, 400), 400);
});
