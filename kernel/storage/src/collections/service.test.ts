import { type Context, isJinshuiError } from "@jinshui/contracts";
import fc from "fast-check";
import { eachDatabase } from "../testing/each.js";
import { as, codeOf, devices, keeper, storageService } from "../testing/storage-service.js";

eachDatabase("a record lives, is found, changes by version, and its history tells who changed what", async (t, db) => {
  const { handlers } = await storageService(t, db.database);
  const made = await handlers.insert(
    { collection: devices, values: { code: "WH-001", name: "台式机一", price: 450_000 } },
    as(keeper),
  );
  t.like(made, { version: 1, values: { code: "WH-001", state: "idle", price: 450_000 }, createdBy: { name: "陈晓" } });
  const changed = await handlers.update(
    { collection: devices, id: made.id, version: 1, values: { name: "台式机甲" } },
    as("王芳:asset.view:asset.manage"),
  );
  t.is(changed.version, 2);
  const stale = await t.throwsAsync(
    handlers.update({ collection: devices, id: made.id, version: 1, values: { name: "台式机乙" } }, as(keeper)),
  );
  t.like(stale, {
    code: "stale-version",
    details: { version: 2, changedBy: "王芳", fields: [{ field: "name", theirs: "台式机甲", yours: "台式机乙" }] },
  });
  const { changes } = await handlers.history({ collection: devices, id: made.id }, as(keeper));
  t.like(changes, [
    { action: "update", by: { name: "王芳" }, fields: [{ field: "name", before: "台式机一", after: "台式机甲" }] },
    { action: "insert" },
  ] as never);
  await handlers.remove({ collection: devices, id: made.id, version: 2 }, as(keeper));
  t.is(await codeOf(t, handlers.get({ collection: devices, id: made.id }, as(keeper))), "not-found");
  await t.notThrowsAsync(
    handlers.insert({ collection: devices, values: { code: "WH-001", name: "新机" } }, as(keeper)),
  );
});

eachDatabase("rights are caller ∩ person ∩ bureau for every operation", async (t, db) => {
  const { handlers } = await storageService(t, db.database);
  const made = await handlers.insert({ collection: devices, values: { code: "WH-001", name: "机" } }, as(keeper));
  const one = { collection: devices, id: made.id };
  const reads = (context: Context): (() => Promise<unknown>)[] => [
    () => handlers.get(one, context),
    () => handlers.find({ collection: devices }, context),
    () => handlers.count({ collection: devices }, context),
    () => handlers.history(one, context),
  ];
  const writes = (context: Context): (() => Promise<unknown>)[] => [
    () => handlers.insert({ collection: devices, values: { code: "WH-002", name: "机" } }, context),
    () => handlers.update({ ...one, version: 1, values: { name: "改" } }, context),
    () => handlers.transact({ operations: [{ op: "remove", ...one }] }, context),
    () => handlers.remove({ ...one, version: 1 }, context),
  ];
  for (const nobody of [
    as("客人"),
    as(undefined),
    as(keeper, { caller: "other-plugin" }),
    as(undefined, { caller: "other-plugin" }),
  ]) {
    for (const call of [...reads(nobody), ...writes(nobody)]) t.is(await codeOf(t, call()), "forbidden");
  }
  for (const call of writes(as("李强:asset.view"))) t.is(await codeOf(t, call()), "forbidden");
  const elsewhere = as(keeper, { bureau: "fanchang" });
  t.is(await codeOf(t, handlers.get(one, elsewhere)), "not-found");
  t.is(await codeOf(t, handlers.update({ ...one, version: 1, values: { name: "改" } }, elsewhere)), "not-found");
  t.is((await handlers.find({ collection: devices }, elsewhere)).total, 0);
  t.is(await codeOf(t, handlers.update({ ...one, version: 1, values: { state: "in-use" } }, as(keeper))), "forbidden");
  await t.notThrowsAsync(
    handlers.update({ ...one, version: 1, values: { state: "in-use" } }, as(undefined, { caller: "asset" })),
  );
});

eachDatabase("what does not fit is refused with the field and the reason", async (t, db) => {
  const { handlers } = await storageService(t, db.database);
  const insert = (values: Record<string, unknown>): Promise<unknown> =>
    handlers.insert({ collection: devices, values }, as(keeper));
  const wrong = await t.throwsAsync(insert({ code: "x", price: -1, kind: "boat", bought: "2005-02-30" }));
  const fields = (isJinshuiError(wrong) ? (wrong.details?.["fields"] as { field: string; code: string }[]) : []).map(
    ({ field, code }) => `${field} ${code}`,
  );
  t.deepEqual(fields.sort(), ["bought type", "code pattern", "kind option", "name required", "price too-small"]);
  t.is(await codeOf(t, insert({ code: "WH-001", name: "机", nope: 1 })), "invalid-request");
  await insert({ code: "WH-001", name: "机" });
  const same = await t.throwsAsync(insert({ code: "WH-001", name: "机" }));
  t.like(same, { code: "not-unique", details: { fields: [{ field: "code", value: "WH-001" }] } });
  for (const filter of [{ nope: 1 }, { name: { $ne: 1 } }, { and: 5 }, { name: { in: "x" } }]) {
    t.is(await codeOf(t, handlers.find({ collection: devices, filter }, as(keeper))), "invalid-request");
  }
});

// checklist: 37
eachDatabase("many writes are all or nothing, and a repeated key writes once", async (t, db) => {
  const { handlers } = await storageService(t, db.database);
  const twice = {
    operations: [
      { op: "insert" as const, collection: devices, values: { code: "WH-001", name: "一" } },
      { op: "insert" as const, collection: devices, values: { code: "WH-001", name: "二" } },
    ],
  };
  t.is(await codeOf(t, handlers.transact(twice, as(keeper))), "not-unique");
  t.is((await handlers.count({ collection: devices }, as(keeper))).total, 0);
  const once = { collection: devices, values: { code: "WH-009", name: "机" } };
  const [first, second] = await Promise.all([
    handlers.insert(once, as(keeper, { key: "k1" })),
    handlers.insert(once, as(keeper, { key: "k1" })),
  ]);
  t.is(first.id, second.id);
  t.is(await db.database.count("outbox"), 1);
});

eachDatabase("paging by cursor gives every record once, whatever the sorting and page size", async (t, db) => {
  const { handlers } = await storageService(t, db.database);
  const rows = Array.from({ length: 23 }, (_, index) => ({
    op: "insert" as const,
    collection: devices,
    values: {
      code: `WH-${String(index).padStart(3, "0")}`,
      name: `机${index % 3}`,
      ...(index % 4 === 0 ? {} : { price: index % 5 }),
    },
  }));
  await handlers.transact({ operations: rows }, as(keeper));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<string[]>(["name"], ["-name", "code"], ["price"], ["-price", "name"], []),
      fc.integer({ min: 1, max: 10 }),
      async (sort, limit) => {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await handlers.find(
            { collection: devices, sort, limit, ...(cursor === undefined ? {} : { cursor }) },
            as(keeper),
          );
          seen.push(...page.records.map((record) => record.id));
          t.is(page.total, 23);
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        t.is(seen.length, 23);
        t.is(new Set(seen).size, 23);
      },
    ),
    { numRuns: 15 },
  );
});
