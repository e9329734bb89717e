import { type CollectionDefinition, isJinshuiError } from "@jinshui/contracts";
import { auditProblems } from "../testing/audit.js";
import { eachDatabase } from "../testing/each.js";
import { as, codeOf, device, devices, keeper, storageService } from "../testing/storage-service.js";

const room: CollectionDefinition = {
  ...device,
  name: "room",
  fields: {
    building: { type: "string", title: { "zh-CN": "楼" } },
    number: { type: "string", title: { "zh-CN": "房号" } },
    numberPlate: { type: "string", title: { "zh-CN": "门牌" } },
    opened: { type: "datetime", title: { "zh-CN": "启用" } },
  },
  unique: [["number"], ["numberPlate"], ["building", "number"]],
  display: { title: "number", list: ["number"] },
};
const rooms = "asset.room";

eachDatabase("every write leaves a row, an audit entry and an event, together", async (t, { database }) => {
  const { handlers } = await storageService(t, database);
  const made = await handlers.insert({ collection: devices, values: { code: "WH-001", name: "机" } }, as(keeper));
  await handlers.update({ collection: devices, id: made.id, version: 1, values: { price: 1 } }, as(keeper));
  await handlers.remove({ collection: devices, id: made.id, version: 2 }, as(keeper));
  await codeOf(t, handlers.update({ collection: devices, id: made.id, version: 3, values: { price: 2 } }, as(keeper)));
  const events = await database.find("outbox", { orderBy: ["seq"] });
  t.deepEqual(
    events.map((row) => [row["subject"], (row["body"] as { data: unknown }).data]),
    ["insert", "update", "remove"].map((action, index) => [
      "jinshui.event.wuhu.asset.device-changed",
      { collection: devices, id: made.id, version: index + 1, action },
    ]),
  );
  t.is(await database.count("audit_entry", { bureau: "wuhu" }), 3);
  t.deepEqual(await auditProblems(database, "wuhu"), []);
});

eachDatabase(
  "of many who change the same version one wins and the others learn who it was",
  async (t, { database }) => {
    const { handlers } = await storageService(t, database);
    const made = await handlers.insert({ collection: devices, values: { code: "WH-001", name: "机" } }, as(keeper));
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        handlers.update(
          { collection: devices, id: made.id, version: 1, values: { name: `机${index}` } },
          as(`人${index}:asset.manage`),
        ),
      ),
    );
    const won = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    t.is(won.length, 1);
    for (const result of results) {
      if (result.status === "fulfilled") continue;
      t.like(result.reason, {
        code: "stale-version",
        details: {
          version: 2,
          changedBy: won[0]?.updatedBy.name,
          fields: [{ field: "name", theirs: won[0]?.values["name"] }],
        },
      });
    }
  },
);

eachDatabase(
  "a broken unique rule names exactly its own fields, also in an update and within one transaction",
  async (t, { database }) => {
    const { handlers } = await storageService(t, database, [room]);
    const make = (values: Record<string, unknown>): ReturnType<typeof handlers.insert> =>
      handlers.insert({ collection: rooms, values }, as(keeper));
    const fieldsOf = async (call: Promise<unknown>): Promise<unknown> => {
      const error = await t.throwsAsync(call);
      return isJinshuiError(error) && error.code === "not-unique"
        ? (error.details?.["fields"] as { field: string; value: unknown }[]).map(({ field, value }) => [field, value])
        : error;
    };
    const one = await make({ building: "甲", number: "1", numberPlate: "P1" });
    const two = await make({ building: "乙", number: "2", numberPlate: "P2" });
    t.deepEqual(await fieldsOf(make({ number: "3", numberPlate: "P1" })), [["numberPlate", "P1"]]);
    t.deepEqual(await fieldsOf(make({ number: "1", numberPlate: "u_f_number_plate" })), [["number", "1"]]);
    t.deepEqual(
      await fieldsOf(
        handlers.update({ collection: rooms, id: two.id, version: 1, values: { numberPlate: "P1" } }, as(keeper)),
      ),
      [["numberPlate", "P1"]],
    );
    t.deepEqual(
      await fieldsOf(make({}).then(({ id }) => handlers.insert({ collection: rooms, id, values: {} }, as(keeper)))),
      [],
    );
    const elsewhere = await handlers.insert(
      { collection: rooms, values: { number: "1", numberPlate: "P1" } },
      as(keeper, { bureau: "fanchang" }),
    );
    t.not(elsewhere.id, one.id);
    await handlers.remove({ collection: rooms, id: one.id, version: 1 }, as(keeper));
    await t.notThrowsAsync(make({ number: "1", numberPlate: "P1" }));
  },
);

eachDatabase(
  "a removed record is gone from every list, and its history tells who removed it",
  async (t, { database }) => {
    const { handlers } = await storageService(t, database);
    const { id } = await handlers.insert({ collection: devices, values: { code: "WH-001", name: "机" } }, as(keeper));
    await handlers.remove({ collection: devices, id, version: 1 }, as("王芳:asset.manage"));
    t.is((await handlers.find({ collection: devices }, as(keeper))).total, 0);
    const { changes } = await handlers.history({ collection: devices, id }, as(keeper));
    t.like(changes, [{ action: "remove", by: { name: "王芳" } }, { action: "insert" }] as never);
    t.is(
      await codeOf(t, handlers.history({ collection: devices, id }, as(keeper, { bureau: "fanchang" }))),
      "not-found",
    );
    t.is(await codeOf(t, handlers.history({ collection: devices, id: "none" }, as(keeper))), "not-found");
  },
);

eachDatabase(
  "an instant is kept in UTC however it was written, found by any writing of it, and its history shows what was kept",
  async (t, { database }) => {
    const { handlers } = await storageService(t, database, [room]);
    const make = (opened: string): Promise<unknown> =>
      handlers.insert({ collection: rooms, values: { opened } }, as(keeper));
    await make("2026-11-23T16:00:00+08:00");
    await make("2026-11-23T08:00:01Z");
    for (const wrong of ["2026-11-23", "2026-11-23T08:00:00", "T", "2026-13-01T00:00:00Z"])
      t.is(await codeOf(t, make(wrong)), "invalid-request", wrong);
    const found = async (filter: Record<string, unknown>): Promise<unknown[]> =>
      (await handlers.find({ collection: rooms, filter, sort: ["opened"] }, as(keeper))).records.map(
        ({ values }) => values["opened"],
      );
    t.deepEqual(await found({ opened: "2026-11-23T08:00:00Z" }), ["2026-11-23T08:00:00.000Z"]);
    t.deepEqual(await found({ opened: { gt: "2026-11-23T16:00:00+08:00" } }), ["2026-11-23T08:00:01.000Z"]);
    t.deepEqual(await found({ opened: { in: ["2026-11-23T08:00:00Z", null] } }), ["2026-11-23T08:00:00.000Z"]);
    const [record] = (await handlers.find({ collection: rooms, sort: ["opened"] }, as(keeper))).records;
    const { changes } = await handlers.history({ collection: rooms, id: record?.id ?? "" }, as(keeper));
    t.is(changes[0]?.fields[0]?.after, "2026-11-23T08:00:00.000Z");
  },
);

eachDatabase(
  "the same idempotency key of two people, two bureaus and two plugins are different keys",
  async (t, { database }) => {
    const { handlers } = await storageService(t, database);
    const contexts = [
      as(keeper, { key: "k" }),
      as("王芳:asset.manage", { key: "k" }),
      as(keeper, { key: "k", bureau: "fanchang" }),
      as(undefined, { key: "k", caller: "asset" }),
    ];
    const ids = new Set<string>();
    for (const [index, context] of [...contexts, ...contexts].entries()) {
      ids.add(
        (await handlers.insert({ collection: devices, values: { code: `WH-00${index % 4}`, name: "机" } }, context)).id,
      );
    }
    t.is(ids.size, 4);
    t.is(
      await codeOf(
        t,
        handlers.insert({ collection: devices, values: { code: "WH-009", name: "机" } }, as(keeper, { key: "k" })),
      ),
      "idempotency-key-reused",
    );
  },
);
