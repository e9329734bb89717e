import { silent } from "@jinshui/bus";
import type { AuditVerification } from "@jinshui/contracts";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eachDatabase } from "../testing/each.js";
import { auditProblems } from "../testing/audit.js";
import type { TestDatabase } from "../testing/databases.js";
import type { Access } from "../access.js";
import { openAnchorKey } from "./anchor.js";
import { startAnchoring } from "./anchoring.js";
import { type AuditSearch, searchAudit } from "./search.js";
import { auditHandlers } from "./service.js";
import { AuditVerifications } from "./verification.js";

const BEGIN = Date.parse("2026-01-01T00:00:00Z");

/** Entries of two people, a minute apart, of which few are exports. */
async function write(db: TestDatabase, count: number): Promise<void> {
  for (let start = 0; start < count; start += 1_000)
    await db.database.transaction((tx) => {
      for (let index = start; index < Math.min(start + 1_000, count); index += 1)
        tx.audit({
          bureau: index % 10 === 9 ? "nanling" : "wuhu",
          actor: { id: `u${index % 3}`, name: "陈晓" },
          action: index % 1_500 === 3 ? "export" : "update",
          resource: `asset.device/${index % 50}`,
          client: { address: index % 900 === 0 ? "10.0.0.9" : "10.0.0.1" },
          // some at the same moment
          at: new Date(BEGIN + Math.floor(index / 4) * 60_000).toISOString(),
        });
      return Promise.resolve();
    });
}

// checklist: 29
eachDatabase("a search page by page finds each entry once, by whatever index it goes", async (t, db) => {
  await write(db, 6_000);
  const all = await db.database.find("audit_entry", { orderBy: ["-at", "-id"] });
  const expected = (where: (row: Record<string, unknown>) => boolean): unknown[] =>
    all.filter((row) => row["bureau"] === "wuhu" && where(row)).map(({ id }) => id);
  const found = async (search: Partial<AuditSearch>): Promise<unknown[]> => {
    const ids: unknown[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await searchAudit(db.database, { bureau: "wuhu", limit: 100, cursor, ...search });
      ids.push(...page.rows.map(({ id }) => id));
      cursor = page.nextCursor;
      if (cursor === undefined) return ids;
    }
  };
  t.deepEqual(
    await found({}),
    expected(() => true),
  );
  t.deepEqual(
    await found({ filter: { action: "export" } }),
    expected(({ action }) => action === "export"),
  );
  t.deepEqual(
    await found({ actor: "u1", filter: { action: "export" } }),
    expected((row) => row["action"] === "export" && row["actor_id"] === "u1"),
  );
  t.deepEqual(
    await found({ resource: "asset.device/7" }),
    expected(({ resource }) => resource === "asset.device/7"),
  );
  const from = new Date(BEGIN + 300 * 60_000).toISOString();
  const to = new Date(BEGIN + 900 * 60_000).toISOString();
  t.deepEqual(
    await found({ from, to, filter: { address: "10.0.0.9" } }),
    expected(({ at, address }) => address === "10.0.0.9" && String(at) >= from && String(at) < to),
  );
  t.deepEqual(await found({ filter: { action: "nothing" } }), []);
});

/** The audit API as somebody who may read the trail calls it. */
function asAuditor(db: TestDatabase, verifications?: AuditVerifications) {
  const actor = { id: "m", name: "马静", permissions: new Set(["site.audit"]) };
  const access = { resolve: () => Promise.resolve({ actor }) } as unknown as Access;
  const definition = { title: { "zh-CN": "设备" }, fields: { code: { title: { "zh-CN": "编号" } } } };
  const handlers = auditHandlers({
    database: db.database,
    access,
    collections: (plugin) => (plugin === "asset" ? ([{ id: "asset.device", definition }] as never) : []),
    ...(verifications ? { verifications } : {}),
  });
  return { handlers, context: { bureau: "wuhu" } as never };
}

// checklist: 31
eachDatabase("an export has no formulas, and goes on where an answer is full", async (t, db) => {
  await db.database.transaction((tx) => {
    for (let index = 0; index < 30; index += 1)
      tx.audit({
        bureau: "wuhu",
        actor: { id: "u1", name: '=HYPERLINK("http://evil")' },
        action: index === 0 ? "+import\r\nforged,line" : "update",
        resource: `x/${index}`,
        after: { text: "税".repeat(20_000) },
      });
    return Promise.resolve();
  });
  const { handlers, context } = asAuditor(db);
  let csv = "";
  let count = 0;
  let answers = 0;
  for (let cursor: string | undefined; ;) {
    const page = await handlers.export(cursor === undefined ? {} : { cursor }, context);
    t.true(Buffer.byteLength(page.csv) < 400 * 1024);
    csv += page.csv;
    count += page.count;
    answers += 1;
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  t.is(count, 30);
  t.true(answers > 1);
  const lines = csv.slice(1).trimEnd().split("\r\n");
  t.regex(lines[0] ?? "", /^序号,时间/);
  t.false(/(^|,)"?[=+\-@]/m.test(csv), "no cell begins a formula");
  t.true(csv.includes(`"'=HYPERLINK(""http://evil"")"`));
  t.is(lines.length, 32, "one line each, and one more for the break inside a cell");
  const { entries, nextCursor } = await handlers.list({ limit: 200 }, context);
  t.true(Buffer.byteLength(JSON.stringify(entries)) < 400 * 1024);
  t.truthy(nextCursor);
});

// checklist: 27, 28
eachDatabase("a look at the whole chain finds the place of a break, and two who ask get one", async (t, db) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-verify-"));
  const key = await openAnchorKey(join(folder, "anchor.pem"));
  await write(db, 300);
  await auditProblems(db.database, "wuhu");
  const anchoring = await startAnchoring({ database: db.database, folder, key, log: silent, everyMs: 3_600_000 });
  t.teardown(() => anchoring.stop());
  await anchoring.anchor();
  t.deepEqual([...anchoring.contradicted], []);
  const anchored = await db.database.findOne("audit_chain", { bureau: "wuhu" });
  const verifications = new AuditVerifications(db.database, silent, { folder, key });
  const { handlers, context } = asAuditor(db, verifications);
  const finished = async (): Promise<AuditVerification | undefined> => {
    for (;;) {
      const [last] = (await handlers.verifications({}, context)).verifications;
      if (last?.state !== "running") return last;
      await sleep(50);
    }
  };
  const [first, second] = await Promise.all([handlers.verify({}, context), handlers.verify({}, context)]);
  t.is(first.id, second.id);
  const whole = await finished();
  t.like(whole, { state: "done", problems: [], anchors: 1, startedBy: { name: "马静" } });
  t.true((whole?.entries ?? 0) >= 270);
  await db.database.transaction((tx) => tx.update("audit_entry", { bureau: "wuhu", seq: 42 }, { actor_name: "别人" }));
  await handlers.verify({}, context);
  t.like(await finished(), { state: "done", problems: [{ kind: "edited", seq: 42 }] });
  t.is(await db.database.count("audit_entry", { action: "verify-audit" }), 2);
  // a head over an anchored entry that has changed is not signed, and told
  await db.database.transaction((tx) =>
    tx.update("audit_entry", { bureau: "wuhu", seq: Number(anchored?.["seq"]) }, { hash: "f".repeat(64) }),
  );
  await auditProblems(db.database, "wuhu");
  await anchoring.anchor();
  t.deepEqual([...anchoring.contradicted], ["wuhu"]);
  await verifications.stop();
});

eachDatabase("entries about records come with the titles of their collections and fields", async (t, db) => {
  await write(db, 3);
  const { handlers, context } = asAuditor(db);
  const { collections } = await handlers.list({ resource: "asset.device/1" }, context);
  t.deepEqual(collections, {
    "asset.device": { title: { "zh-CN": "设备" }, fields: { code: { "zh-CN": "编号" } } },
  });
  t.deepEqual((await handlers.list({ resource: "none/1" }, context)).collections, {});
});
