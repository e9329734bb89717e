import { openDatabase } from "@jinshui/storage";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openService } from "./storage-fixture.js";

const WORKER = fileURLToPath(new URL("migration-worker.js", import.meta.url));
/** Steps of one run before it dies; the long form dies at every step. */
const STEPS =
  process.env["JINSHUI_CHAOS_ROUNDS"] === undefined ? [1, 2, 5, 9, 14] : Array.from({ length: 14 }, () => 1);

eachDatabase("a change of tables that dies at any step is finished by the next start", async (t, { database, url }) => {
  // as an older version left it: half of the tables, and some without the columns of today
  const { sequelize } = database as unknown as { sequelize: { query(sql: string): Promise<unknown> } };
  for (const table of ["outbox", "outbox_aggregate", "inbox", "consumer", "dead_letter", "schema_journal"])
    await sequelize.query(`DROP TABLE ${table}`);
  await sequelize.query(
    `CREATE TABLE outbox (seq ${database.dialect === "sqlite" ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGINT AUTO_INCREMENT PRIMARY KEY"}, event_id VARCHAR(40) NOT NULL, subject VARCHAR(250) NOT NULL, body TEXT NOT NULL, created_at VARCHAR(24) NOT NULL, published_at VARCHAR(24))`,
  );
  await sequelize.query(
    "INSERT INTO outbox (event_id, subject, body, created_at) VALUES ('e1', 'jinshui.event.wuhu.x.y', '{}', '2026-01-01T00:00:00.000Z')",
  );
  let deaths = 0;
  for (const step of STEPS) {
    const { signal } = spawnSync(process.execPath, [WORKER, url], {
      env: { ...process.env, JINSHUI_FAIL: `migration-step:kill:${step}` },
      stdio: "inherit",
    });
    if (signal === "SIGKILL") deaths += 1;
  }
  t.true(deaths >= 3, `${deaths} deaths`);
  const opened = await openDatabase(url);
  t.teardown(() => opened.close());
  await openService(opened);
  t.is(await opened.count("schema_journal", { state: "started" }), 0);
  t.like(await opened.findOne("outbox", { event_id: "e1" }), { subject: "jinshui.event.wuhu.x.y" });
  await opened.transaction((tx) =>
    Promise.resolve(tx.event({ bureau: "wuhu", source: "test", name: "made", subject: "one", data: {} })),
  );
  t.is(await opened.count("outbox", { bureau: "wuhu", agg_seq: 1 }), 1);
});
