import { type CollectionDefinition, type Field, isJinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "../testing/each.js";
import { as, codeOf, device, storageService } from "../testing/storage-service.js";

const named = (name: string): CollectionDefinition => ({ ...device, name });

eachDatabase("plugins whose names and collections join to the same text keep apart", async (t, { database }) => {
  const service = await storageService(t, database, []);
  await service.deploy("a-b", [{ collections: [named("c")] }]);
  await service.deploy("a", [{ collections: [named("b-c")] }]);
  const insert = (caller: string, collection: string): Promise<unknown> =>
    service.handlers.insert({ collection, values: { code: "WH-001", name: caller } }, as(undefined, { caller }));
  await insert("a-b", "a-b.c");
  await insert("a", "a.b-c");
  t.is((await service.handlers.count({ collection: "a.b-c" }, as(undefined, { caller: "a" }))).total, 1);
  await service.deploy("x--y", [{ collections: [named("z")] }]);
  t.is(await codeOf(t, service.deploy("x", [{ collections: [named("y--z")] }])), "conflict");
});

eachDatabase("the longest names that the contract allows work on every database", async (t, { database }) => {
  const service = await storageService(t, database, []);
  const plugin = "p".repeat(40);
  const long = `f${"Ab".repeat(19)}`;
  const definition: CollectionDefinition = {
    ...named("n".repeat(32)),
    fields: {
      ...device.fields,
      [long]: { type: "string", title: { "zh-CN": "长" } },
      [`${long}c`]: { type: "string", title: { "zh-CN": "长" }, maxLength: 100_000 },
    },
    unique: [["code"], [long]],
    indexes: [["name", long]],
  };
  await service.deploy(plugin, [{ collections: [definition] }]);
  const collection = `${plugin}.${definition.name}`;
  const values = { code: "WH-001", name: "机", [long]: "值", [`${long}c`]: "长".repeat(20_000) };
  const made = await service.handlers.insert({ collection, values }, as(undefined, { caller: plugin }));
  t.like(made.values, values);
  t.is(
    await codeOf(
      t,
      service.handlers.insert({ collection, values: { ...values, code: "WH-002" } }, as(undefined, { caller: plugin })),
    ),
    "not-unique",
  );
  t.is(await codeOf(t, service.deploy(plugin, [{ collections: [named("n".repeat(33))] }])), "invalid-request");
});

eachDatabase(
  "a new version of a plugin finds the records of the old one, with new fields and longer texts; going back works too",
  async (t, { database }) => {
    const service = await storageService(t, database);
    const insert = (code: string, more: Record<string, unknown> = {}): Promise<unknown> =>
      service.handlers.insert(
        { collection: "asset.device", values: { code, name: "机", ...more } },
        as(undefined, { caller: "asset" }),
      );
    await insert("WH-001");
    const next: CollectionDefinition = {
      ...device,
      fields: {
        ...device.fields,
        name: { type: "string", title: { "zh-CN": "名称" }, required: true, maxLength: 400 },
        place: { type: "string", title: { "zh-CN": "地点" } },
      },
      indexes: [["place"]],
    };
    await service.deploy("asset", [{ collections: [next] }]);
    await insert("WH-002", { name: "机".repeat(400), place: "机房" });
    await service.deploy("asset", [{ collections: [device] }]);
    await insert("WH-003");
    await service.deploy("asset", [{ collections: [next] }]);
    const { records } = await service.handlers.find(
      { collection: "asset.device", sort: ["code"] },
      as(undefined, { caller: "asset" }),
    );
    t.deepEqual(
      records.map(({ values }) => values["place"]),
      [undefined, "机房", undefined],
    );
  },
);

eachDatabase(
  "a field does not silently become something else, and what was deployed goes on",
  async (t, { database }) => {
    const service = await storageService(t, database);
    const plugin = as(undefined, { caller: "asset" });
    const insert = (code: string): Promise<unknown> =>
      service.handlers.insert({ collection: "asset.device", values: { code, name: "12", price: 5 } }, plugin);
    await insert("WH-001");
    const changed: [string, Field][] = [
      ["name", { type: "money", title: { "zh-CN": "名称" } }],
      ["name", { type: "date", title: { "zh-CN": "名称" } }],
      ["price", { type: "integer", title: { "zh-CN": "原值" } }],
      ["price", { type: "decimal", title: { "zh-CN": "原值" }, scale: 2 }],
      ["price", { type: "string", title: { "zh-CN": "原值" } }],
      ["bought", { type: "boolean", title: { "zh-CN": "购置" } }],
    ];
    for (const [name, field] of changed) {
      const next = { ...device, fields: { ...device.fields, [name]: field, extra: field } };
      for (const attempt of [
        service.checkCollections("asset", { collections: [next] }),
        service.deploy("asset", [{ collections: [next] }]),
      ]) {
        const error = await t.throwsAsync(attempt);
        t.like(error, { code: "conflict", details: { field: name, before: device.fields[name]?.type } });
      }
    }
    await insert("WH-002");
    const text: Field = { type: "text", title: { "zh-CN": "类别" } };
    await service.deploy("asset", [{ collections: [{ ...device, fields: { ...device.fields, kind: text } }] }]);
    // a field that was away for a version comes back as something else
    const { bought: _bought, ...without } = device.fields;
    await service.deploy("asset", [{ collections: [{ ...device, fields: without }] }]);
    const back = { ...without, bought: { type: "money" as const, title: { "zh-CN": "购置" } } };
    t.is(await codeOf(t, service.deploy("asset", [{ collections: [{ ...device, fields: back }] }])), "conflict");
    await service.deploy("asset", [{ collections: [device] }]);
    await insert("WH-003");
  },
);

eachDatabase(
  "an older version of a plugin starts as long as it can read what a newer one has written",
  async (t, { database }) => {
    const service = await storageService(t, database);
    const start = (version: number, readableFrom: number): Promise<void> =>
      service.deploy("asset", [{ collections: [device], data: { version, readableFrom } }]);
    await start(5, 4);
    await start(4, 2);
    const attempts = [start(3, 3), service.checkCollections("asset", { collections: [device] })];
    for (const [index, attempt] of attempts.entries()) {
      const error = await t.throwsAsync(attempt);
      t.like(error, { code: "conflict", details: { version: index === 0 ? 3 : 1, written: 5, readableFrom: 4 } });
    }
    await start(6, 6);
    t.is(await codeOf(t, start(5, 4)), "conflict");
    await service.deploy("other", [{ collections: [{ ...device, name: "other" }] }]);
  },
);

eachDatabase("a unique rule binds only while the deployed version has it", async (t, { database }) => {
  const service = await storageService(t, database);
  const insert = (code: string): Promise<string> =>
    service.handlers
      .insert({ collection: "asset.device", values: { code, name: "机" } }, as(undefined, { caller: "asset" }))
      .then(
        () => "ok",
        (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
      );
  t.is(await insert("WH-001"), "ok");
  await service.deploy("asset", [{ collections: [{ ...device, unique: [["code"], ["name"]] }] }]);
  t.is(await insert("WH-002"), "not-unique");
  await service.deploy("asset", [{ collections: [device] }]);
  t.is(await insert("WH-002"), "ok", "the version before goes on as it did");
  t.is(await insert("WH-002"), "not-unique", "its own rule stays");
  t.is(
    await codeOf(t, service.deploy("asset", [{ collections: [{ ...device, unique: [["code"], ["name"]] }] }])),
    "conflict",
    "what was written meanwhile is named when the rule comes back",
  );
});
