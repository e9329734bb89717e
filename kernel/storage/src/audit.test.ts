import fc from "fast-check";
import { brokenAuditEntry } from "./audit.js";
import type { Database } from "./database/database.js";
import type { AuditEntry } from "./database/transaction.js";
import { eachDatabase } from "./testing/each.js";

const wuhu = { bureau: "wuhu", actor: { id: "u", name: "陈晓" }, resource: "asset.device/1" };

function note(database: Database, ...entries: AuditEntry[]): Promise<void> {
  return database.transaction((tx) => {
    for (const entry of entries) tx.audit(entry);
    return Promise.resolve();
  });
}

async function chain(database: Database, length: number): Promise<void> {
  for (let index = 0; index < length; index += 1) {
    await note(database, { ...wuhu, action: `step-${index}`, after: { index } });
  }
}

eachDatabase("every value that JSON can hold keeps the chain whole", async (t, { database }) => {
  const values = fc.sample(fc.jsonValue(), { numRuns: 100, seed: 7 });
  values.push(
    "\u0000",
    "\ud800",
    -0,
    { at: new Date(0), none: undefined, list: [undefined, Number.NaN] } as never,
    JSON.parse('{"__proto__":{"a":1}}') as never,
  );
  await note(database, ...values.map((value) => ({ ...wuhu, action: "set", before: value, after: { value } })));
  t.is(await brokenAuditEntry(database, "wuhu"), undefined);
});

eachDatabase(
  "an edit of any column, a removal, an exchange, an addition and a cut are each found, with the place",
  async (t, { database }) => {
    await chain(database, 6);
    const broken = async (): Promise<number | undefined> => (await brokenAuditEntry(database, "wuhu"))?.seq;
    const at = (seq: number): { bureau: string; seq: number } => ({ bureau: "wuhu", seq });
    const rows = await database.find("audit", { orderBy: ["seq"] });
    const restore = (): Promise<void> =>
      database.transaction(async (tx) => {
        await tx.remove("audit", { bureau: "wuhu" });
        await tx.insert("audit", rows);
      });
    for (const [column, value] of Object.entries({
      at: "2005-01-01T00:00:00.000Z",
      actor_id: "x",
      actor_name: "别人",
      action: "x",
      resource: "x",
      before_value: 1,
      after_value: { index: 9 },
      trace: "x",
      hash: "0".repeat(64),
    })) {
      await database.transaction((tx) => tx.update("audit", at(3), { [column]: value }));
      t.is(await broken(), 3, column);
      await restore();
    }
    await database.transaction((tx) => tx.remove("audit", at(2)));
    t.is(await broken(), 2);
    await restore();
    await database.transaction(async (tx) => {
      await tx.update("audit", at(2), { seq: 99 });
      await tx.update("audit", at(3), { seq: 2 });
      await tx.update("audit", at(99), { seq: 3 });
    });
    t.is(await broken(), 2);
    await restore();
    await database.transaction((tx) => tx.insert("audit", { ...rows[5], seq: 7 }));
    t.is(await broken(), 7);
    await restore();
    await database.transaction((tx) => tx.remove("audit", { seq: { gt: 4 } }));
    t.like(await brokenAuditEntry(database, "wuhu"), { seq: 4, reason: "cut off at the end" });
    await restore();
    t.is(await broken(), undefined);
  },
);

eachDatabase("writers at the same time make one chain for each bureau, without gaps", async (t, { database }) => {
  await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      note(
        database,
        { ...wuhu, bureau: index % 2 === 0 ? "wuhu" : "fanchang", action: "one" },
        { ...wuhu, bureau: index % 3 === 0 ? "wuhu" : "nanling", action: "two" },
      ),
    ),
  );
  let entries = 0;
  for (const bureau of ["wuhu", "fanchang", "nanling"]) {
    t.is(await brokenAuditEntry(database, bureau), undefined);
    entries += await database.count("audit", { bureau });
  }
  t.is(entries, 48);
});
