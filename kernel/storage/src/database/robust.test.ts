import { silent } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import test from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { createConnection } from "mysql2/promise";
import { eachDatabase } from "../testing/each.js";
import type { TestDatabase } from "../testing/databases.js";
import { openDatabase } from "./database.js";
import { DiskMark } from "./disk-mark.js";
import { checkSettings, foldersOf } from "./server-settings.js";
import type { TableDefinition } from "./table.js";

const counter: TableDefinition = {
  name: "counter",
  primaryKey: ["id"],
  columns: { id: { type: "id" }, version: { type: "integer" }, value: { type: "integer" } },
};

async function withCounters({ database }: TestDatabase): Promise<TestDatabase["database"]> {
  await database.ensureTables([counter]);
  await database.transaction((tx) =>
    tx.insert("counter", [
      { id: "a", version: 1, value: 0 },
      { id: "b", version: 1, value: 0 },
    ]),
  );
  return database;
}

eachDatabase(
  "of two writers that have read the same version of a row one wins and the other is told",
  async (t, db) => {
    const database = await withCounters(db);
    const read = await database.findOne("counter", { id: "a" });
    const write = (value: number): Promise<number> =>
      database.transaction((tx) =>
        tx.update("counter", { id: "a", version: Number(read?.["version"]) }, { value, version: 2 }),
      );
    const changed = await Promise.all([write(1), write(2)]);
    t.deepEqual(changed.sort(), [0, 1]);
    t.is((await database.findOne("counter", { id: "a" }))?.["version"], 2);
  },
);

eachDatabase(
  "a writer waits for a row that another holds, and its work is done again from the start",
  async (t, db) => {
    const database = await withCounters(db);
    const held = database.transaction(async (tx) => {
      await tx.findOneForUpdate("counter", { id: "a" });
      // on MariaDB longer than one wait for a lock; SQLite has one queue, in which nobody waits longer than 5 s
      await sleep(database.dialect === "mysql" ? 6_000 : 3_000);
      await tx.update("counter", { id: "a" }, { value: 10 });
    });
    await sleep(100);
    let runs = 0;
    await database.transaction(async (tx) => {
      runs += 1;
      const row = await tx.findOneForUpdate("counter", { id: "a" });
      await tx.update("counter", { id: "a" }, { value: Number(row?.["value"]) + 1 });
    });
    await held;
    t.is((await database.findOne("counter", { id: "a" }))?.["value"], 11);
    t.true(runs <= 4);
  },
);

eachDatabase(
  "when every connection is taken, callers get 503 within five seconds, and service is back at once",
  async (t, db) => {
    const database = await withCounters(db);
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const holders = Array.from({ length: 10 }, (_, index) =>
      database.transaction(async (tx) => {
        await tx.findOneForUpdate("counter", { id: `x${index}` });
        await gate;
      }),
    );
    for (const holder of holders) holder.catch(() => undefined);
    await sleep(200);
    const began = performance.now();
    const errors = await Promise.all(
      Array.from({ length: 20 }, () =>
        database
          .transaction((tx) => tx.count("counter"))
          .then(
            () => undefined,
            (error: unknown) => error,
          ),
      ),
    );
    const tookMs = performance.now() - began;
    release();
    await Promise.allSettled(holders);
    for (const error of errors) {
      t.true(isJinshuiError(error) && error.code === "unavailable" && error.status === 503, String(error));
      t.is(isJinshuiError(error) && error.retryAfterMs, 500);
    }
    // a busy machine stretches the five seconds; without the limit they would wait for ever
    t.true(tookMs < 20_000, `${tookMs} ms`);
    const again = performance.now();
    t.is(await database.transaction((tx) => tx.count("counter")), 2);
    t.true(performance.now() - again < 1_000);
  },
);

eachDatabase(
  "a read beside a transaction, from inside it, is refused: the eleventh connection may never come",
  async (t, db) => {
    const database = await withCounters(db);
    await t.throwsAsync(
      database.transaction(() => database.find("counter")),
      { message: /read through it/ },
    );
  },
);

eachDatabase(
  "a statement that takes too long is ended as a timeout, a change of tables is not",
  async (t, { database, url }) => {
    if (database.dialect === "sqlite") {
      t.pass("SQLite runs in this process: nobody could end it");
      return;
    }
    const other = new URL(url);
    const connection = await createConnection({ host: other.hostname, port: Number(other.port), user: "root" });
    t.teardown(() => connection.end());
    const [rows] = await connection.query("SELECT @@global.max_statement_time AS t");
    t.like((rows as object[])[0], { t: 0 }, "the server itself sets no limit here; the kernel's sessions do");
    const { sequelize } = database as unknown as { sequelize: { query(sql: string): Promise<unknown> } };
    const limits = (await sequelize.query(
      "SELECT @@max_statement_time AS t, @@innodb_lock_wait_timeout AS w",
    )) as object[][];
    t.like(limits[0]?.[0], { t: 10, w: 5 });
  },
);

eachDatabase(
  "settings that can lose acknowledged commits are told when the database is opened",
  async (t, { database, url }) => {
    if (database.dialect === "sqlite") {
      t.deepEqual(database.warnings, []);
      return;
    }
    const risky = (): string[] =>
      database.warnings.filter(({ losesCommits }) => losesCommits).map(({ variable }) => variable);
    t.deepEqual(risky(), [], "MariaDB's defaults without a binary log keep what they acknowledge");
    const address = new URL(url);
    const connection = await createConnection({ host: address.hostname, port: Number(address.port), user: "root" });
    await connection.query("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
    const opened = await openDatabase(url);
    await connection.query("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
    await connection.end();
    t.like(
      opened.warnings.find(({ variable }) => variable === "innodb_flush_log_at_trx_commit"),
      { value: "2", wanted: "1", losesCommits: true },
    );
    await opened.close();
  },
);

test("each setting of the list is found when it is wrong, and the recommended ones raise nothing", (t) => {
  const good = {
    innodb_flush_log_at_trx_commit: "1",
    log_bin: "ON",
    sync_binlog: "1",
    innodb_doublewrite: "ON",
    binlog_format: "ROW",
    sql_mode: "STRICT_TRANS_TABLES,NO_ZERO_DATE",
    tx_isolation: "READ-COMMITTED",
    max_statement_time: "10.000000",
    innodb_lock_wait_timeout: "5",
    innodb_rollback_on_timeout: "ON",
    character_set_server: "utf8mb4",
  };
  t.deepEqual(checkSettings(new Map(Object.entries(good))), []);
  for (const [variable, value] of Object.entries({
    innodb_flush_log_at_trx_commit: "2",
    sync_binlog: "0",
    innodb_doublewrite: "OFF",
    binlog_format: "MIXED",
    sql_mode: "ANSI_QUOTES",
    tx_isolation: "REPEATABLE-READ",
    max_statement_time: "0.000000",
    innodb_lock_wait_timeout: "50",
    innodb_rollback_on_timeout: "OFF",
    character_set_server: "latin1",
  })) {
    const found = checkSettings(new Map(Object.entries({ ...good, [variable]: value })));
    t.deepEqual(
      found.map((warning) => warning.variable),
      [variable],
    );
  }
  const withoutLog = checkSettings(new Map(Object.entries({ ...good, log_bin: "OFF", sync_binlog: "0" })));
  t.like(
    withoutLog,
    [{ variable: "log_bin", losesCommits: false }],
    "nothing is lost, but there is no backup to the minute",
  );
  t.is(withoutLog.length, 1);
  const elsewhere = { datadir: "/var/lib/mysql/", log_bin_basename: "/var/lib/mysql-binlog/binlog" };
  t.deepEqual(foldersOf(new Map(Object.entries(elsewhere))), ["/var/lib/mysql/", "/var/lib/mysql-binlog"]);
});

eachDatabase(
  "below the mark writes are refused with 507, reads and what is essential go on, and it heals by itself",
  async (t, db) => {
    let freeBlocks = 500;
    const disk = new DiskMark({
      limits: { minFreePercent: 10, minFreeMb: 1 },
      log: silent,
      everyMs: 20,
      readSpace: () => Promise.resolve({ bavail: freeBlocks, blocks: 1_000, bsize: 1_048_576 }),
    });
    const database = await openDatabase(db.url, { disk });
    t.teardown(() => database.close());
    t.is(disk.paths.length, 1, "the folder of the file, or the server's on this machine");
    await database.ensureTables([counter]);
    const write = (id: string): Promise<void> => database.transaction((tx) => tx.insert("counter", { id }));
    await write("a");
    freeBlocks = 99;
    await sleep(600);
    const error = await t.throwsAsync(write("b"));
    t.true(isJinshuiError(error) && error.code === "insufficient-storage" && error.status === 507 && error.retryable);
    t.is(await database.count("counter"), 1);
    await database.transaction((tx) => tx.remove("counter", { id: "a" }), { essential: true });
    freeBlocks = 101;
    await sleep(600);
    await write("c");
    t.is(await database.count("counter"), 1);
  },
);
