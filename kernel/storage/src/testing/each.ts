import test, { type ExecutionContext } from "ava";
import { sqliteDatabase, type TestDatabase } from "./databases.js";
import { startMariaDb } from "./maria-db.js";

let maria: ReturnType<typeof startMariaDb> | undefined;

/**
 * Runs a test on a fresh database of each kind; MariaDB is left out, saying so, where it is not installed.
 * An entry of its own, since a process that imports `ava` without being a test ends at once.
 */
export function eachDatabase(title: string, run: (t: ExecutionContext, db: TestDatabase) => Promise<void>): void {
  test(`${title} [sqlite]`, async (t) => {
    const db = await sqliteDatabase();
    t.teardown(() => db.close());
    await run(t, db);
  });
  test(`${title} [mariadb]`, async (t) => {
    maria ??= startMariaDb();
    const server = await maria;
    if (!server) {
      t.log("skipped: mariadb-server is not installed");
      t.pass();
      return;
    }
    const db = await server.database();
    t.teardown(() => db.close());
    await run(t, db);
  });
}

test.after.always("stop the database server", async () => {
  await (await maria)?.stop();
});
