import { type CollectionDefinition, type Context, type Filter, isJinshuiError } from "@jinshui/contracts";
import test from "ava";
import type { Row } from "../database/table.js";
import { COMPARED_PER_HOUR } from "./caller.js";
import { masked } from "./rights.js";
import { eachDatabase } from "../testing/each.js";
import { caseNumber, matter, note, office } from "../testing/matters.js";
import { as, codeOf, storageService } from "../testing/storage-service.js";

const matters = "case.matter";

const person = (permissions: string): Context => as(`己@levy${permissions === "" ? "" : `:${permissions}`}`);

eachDatabase("nobody writes a record out of the own reach", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  const own = person("case.own");
  const section = person("case.section");
  const made = await handlers.insert({ collection: matters, values: { title: "己" } }, own);
  t.like(made.values, { owner: "己", section: "levy" });
  const one = { collection: matters, id: made.id, version: 1 };
  t.is(
    await codeOf(t, handlers.insert({ collection: matters, values: { title: "替", owner: "彼" } }, own)),
    "forbidden",
  );
  t.is(await codeOf(t, handlers.update({ ...one, values: { owner: "彼" } }, own)), "forbidden");
  t.is(await codeOf(t, handlers.update({ ...one, values: { section: "legal" } }, section)), "forbidden");
  await t.notThrowsAsync(handlers.update({ ...one, values: { owner: "彼" } }, section));
});

// checklist: 52
eachDatabase("who sees in clear what others see masked leaves an entry for each look", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  const full = as("全:case.view:case.manage:case.unmask");
  const plain = as("普:case.view:case.manage");
  const plugin = as(undefined, { caller: "case" });
  const made = await handlers.insert({ collection: matters, values: { title: "甲", reference: "123458" } }, plugin);
  const paper = await handlers.insert({ collection: "case.note", values: { text: "录", matter: made.id } }, plugin);
  const bare = await handlers.insert({ collection: matters, values: { title: "乙" } }, full);
  const one = { collection: matters, id: made.id };
  const looks = (): Promise<Row[]> =>
    database.find("audit_entry", { where: { action: "read-unmasked" }, orderBy: ["id"] });
  for (const context of [plain, as(undefined, { caller: "case" })]) {
    await handlers.get(one, context);
    await handlers.find({ collection: matters }, context);
    await handlers.history(one, context);
  }
  await handlers.get({ collection: matters, id: bare.id }, full);
  await handlers.find({ collection: matters, fields: ["title"] }, full);
  await handlers.count({ collection: matters }, full);
  t.deepEqual(await looks(), [], "nothing was shown that others may not see");
  const reads: [() => Promise<unknown>, string][] = [
    [() => handlers.get(one, full), `${matters}/${made.id}`],
    [() => handlers.get({ ...one, at: new Date().toISOString() }, full), `${matters}/${made.id}`],
    [() => handlers.find({ collection: matters }, full), `${matters}/${made.id}`],
    [() => handlers.history(one, full), `${matters}/${made.id}`],
    [() => handlers.changes({ collection: matters }, full), `${matters}/${made.id}`],
    [
      () => handlers.get({ collection: "case.note", id: paper.id, relations: ["matter"] }, full),
      `${matters}/${made.id}`,
    ],
    [() => handlers.remove({ collection: "case.note", id: paper.id, version: 1 }, full), ""],
    [() => handlers.update({ ...one, version: 1, values: { title: "丁" } }, full), `${matters}/${made.id}`],
    [() => codeOf(t, handlers.update({ ...one, version: 1, values: { title: "戊" } }, full)), ""],
    [() => handlers.update({ ...one, version: 2, values: { reference: "123458" } }, full), `${matters}/${made.id}`],
    [() => codeOf(t, handlers.update({ ...one, version: 2, values: {} }, full)), `${matters}/${made.id}`],
    [() => handlers.remove({ ...one, version: 3 }, full), ""],
    [() => handlers.restore({ ...one, version: 4 }, full), `${matters}/${made.id}`],
    [
      () => handlers.transact({ operations: [{ op: "update", ...one, values: { title: "己" } }] }, full),
      `${matters}/${made.id}`,
    ],
  ];
  for (const [read] of reads) await read();
  const extra = await handlers.insert({ collection: matters, values: { title: "庚", reference: "123458" } }, full);
  const entries = await looks();
  t.is(entries.pop()?.["resource"], `${matters}/${extra.id}`);
  t.deepEqual(
    entries.map((entry) => [entry["actor_name"], entry["resource"]]),
    reads.filter(([, resource]) => resource !== "").map(([, resource]) => ["全", resource]),
  );
  t.true(
    entries.every((entry) => {
      const { fields, records } = entry["after_value"] as { fields: string[]; records: string[] };
      return fields.join() === `${matters}.reference` && records.includes(made.id);
    }),
  );
  t.false(JSON.stringify(entries).includes("123458"), "the trail does not become another place to read it");
});

// checklist: 19, 52
eachDatabase(
  "fields are hidden, masked and locked in every way in which they could be seen or written",
  async (t, { database }) => {
    const { handlers } = await storageService(t, database, [office, matter, note], {
      plugin: "case",
      formats: [caseNumber],
    });
    const full = as("全:case.view:case.manage:case.unmask:case.secret");
    const plain = as("普:case.view:case.manage");
    const made = await handlers.insert(
      { collection: matters, values: { title: "甲", reference: "123458", hint: "密", remark: "阅" } },
      full,
    );
    const one = { collection: matters, id: made.id };
    const seen = await handlers.get(one, plain);
    t.is(seen.values["reference"], "12***8");
    t.deepEqual(seen.masked, ["reference"]);
    t.false("hint" in seen.values);
    t.is(seen.values["remark"], "阅");
    await handlers.update({ ...one, version: 1, values: { reference: "123458", hint: "更密" } }, full);
    for (const answer of [
      await handlers.find({ collection: matters, fields: ["title", "reference"] }, plain),
      await handlers.history(one, plain),
      await handlers.changes({ collection: matters }, plain),
      await handlers.get({ ...one, at: new Date().toISOString() }, plain),
      await handlers.describe({}, plain),
      (await t.throwsAsync(handlers.update({ ...one, version: 1, values: { title: "乙" } }, plain))) as object,
    ]) {
      const text = JSON.stringify({ ...answer, message: undefined });
      t.false(text.includes("123458") && !text.includes("definition"), text);
      t.false(/密|更密/.test(text), text);
    }
    const refused: [Promise<unknown>, string][] = [
      [handlers.find({ collection: matters, filter: { hint: "密" } }, plain), "forbidden"],
      [handlers.find({ collection: matters, filter: { not: { or: [{ hint: "密" }] } } }, plain), "forbidden"],
      [handlers.find({ collection: matters, sort: ["hint"] }, plain), "forbidden"],
      [handlers.find({ collection: matters, fields: ["hint"] }, plain), "forbidden"],
      [handlers.aggregate({ collection: matters, measures: { x: { fn: "max", field: "hint" } } }, plain), "forbidden"],
      [handlers.find({ collection: matters, sort: ["reference"] }, plain), "invalid-request"],
      [handlers.find({ collection: matters, filter: { reference: { startsWith: "1" } } }, plain), "invalid-request"],
      [handlers.find({ collection: matters, filter: { reference: { gte: "123" } } }, plain), "invalid-request"],
      [
        handlers.aggregate(
          { collection: matters, groupBy: [{ field: "reference" }], measures: { n: { fn: "count" } } },
          plain,
        ),
        "invalid-request",
      ],
      [handlers.update({ ...one, version: 2, values: { hint: "改" } }, plain), "forbidden"],
      [handlers.update({ ...one, version: 2, values: { remark: "改" } }, plain), "forbidden"],
      [handlers.update({ ...one, version: 2, values: { number: "1" } }, full), "forbidden"],
    ];
    for (const [call, code] of refused) t.is(await codeOf(t, call), code);
    t.is((await handlers.find({ collection: matters, filter: { reference: "123458" } }, plain)).total, 1);
    // a form sends back what it was shown
    await handlers.update({ ...one, version: 2, values: { title: "丙", reference: "12***8" } }, plain);
    t.is((await handlers.get(one, full)).values["reference"], "123458");
  },
);

eachDatabase("nobody writes by a field that they don't see, and a guess tells nothing", async (t, { database }) => {
  const guarded: CollectionDefinition = {
    ...matter,
    name: "guarded",
    unique: [["hint"], ["reference"], ["remark"]],
    display: { title: "title", list: ["title"] },
    children: {},
  };
  const { handlers } = await storageService(t, database, [office, guarded], { plugin: "case", formats: [caseNumber] });
  const collection = "case.guarded";
  const values = { title: "甲", hint: "密", reference: "123458", remark: "阅" };
  const made = await handlers.insert({ collection, values }, as(undefined, { caller: "case" }));
  const plain = as("普:case.view:case.manage");
  for (const key of [
    { hint: "密" },
    { hint: "错" },
    { reference: "123458" },
    { reference: "120006" },
    { remark: "阅" },
    { remark: "错" },
  ])
    t.is(await codeOf(t, handlers.upsert({ collection, key, values: { title: "乙" } }, plain)), "forbidden");
  const upload = await handlers.importTemplate({ collection }, plain);
  for (const key of ["hint", "reference"])
    t.is(
      await codeOf(t, handlers.startImport({ collection, file: upload.file, mode: "upsert", key }, plain)),
      "forbidden",
    );
  t.like(await handlers.get({ collection, id: made.id }, as(undefined, { caller: "case" })), { version: 1, values });
});

eachDatabase("masked values can be looked up one by one, on the record, and not guessed", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  await handlers.insert(
    { collection: matters, values: { title: "甲", reference: "123458" } },
    as(undefined, { caller: "case" }),
  );
  const plain = as("普:case.view:case.export");
  const filters: Filter[] = [
    { reference: { in: ["123458"] } },
    { reference: { ne: "123458" } },
    { or: [{ reference: "123458" }, { reference: "120006" }] },
    { or: [{ reference: { eq: "123458" } }, { not: { reference: "120006" } }] },
  ];
  for (const filter of filters) {
    t.is(await codeOf(t, handlers.find({ collection: matters, filter }, plain)), "invalid-request");
    t.is(await codeOf(t, handlers.count({ collection: matters, filter }, plain)), "invalid-request");
  }
  const looks = (): Promise<Row[]> => database.find("audit_entry", { where: { action: "compare-masked" } });
  t.is((await handlers.count({ collection: matters, filter: { reference: { empty: false } } }, plain)).total, 1);
  t.deepEqual(await looks(), []);
  const asked = { collection: matters, filter: { reference: "123458" } };
  await handlers.find(asked, plain);
  await handlers.aggregate({ ...asked, measures: { n: { fn: "count" } } }, plain);
  await handlers.startExport({ ...asked, format: "csv" }, plain);
  const entries = await looks();
  t.is(entries.length, 3);
  t.false(JSON.stringify(entries).includes("123458"));
  const counts = await Promise.all(
    Array.from({ length: COMPARED_PER_HOUR }, () =>
      handlers.count(asked, plain).then(
        () => "ok",
        (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
      ),
    ),
  );
  t.true(counts.filter((code) => code === "ok").length <= COMPARED_PER_HOUR - 3);
  t.is(await codeOf(t, handlers.find(asked, plain)), "too-many-requests");
  t.is((await handlers.find(asked, as("另:case.view"))).total, 1, "others go on");
  t.is((await handlers.find(asked, as("全:case.view:case.unmask"))).total, 1);
});

eachDatabase("people are told which fields they can't see, see in part, and can't write", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  const described = async (permissions: string) =>
    (await handlers.describe({ plugin: "case" }, person(permissions))).collections.find(({ id }) => id === matters);
  const made = ["number", "draft", "due", "twice"];
  t.like(await described("case.view"), {
    writable: false,
    fields: { hidden: ["hint"], masked: ["reference"], locked: [...made, "hint", "remark"] },
    examples: { reference: "123458" },
  });
  t.like(await described("case.view:case.manage:case.secret:case.unmask"), {
    writable: true,
    fields: { hidden: [], masked: [], locked: made },
  });
});

test("a mask keeps what it says, and of short values a third at most", (t) => {
  t.is(masked("340201197001011234", { keepStart: 6, keepEnd: 4 }), "340201********1234");
  t.is(masked("张三", { keepStart: 1, keepEnd: 1 }), "**");
  t.is(masked("欧阳小明", { keepStart: 1, keepEnd: 0 }), "欧***");
  t.is(masked("", { keepStart: 1, keepEnd: 1 }), "");
  t.is(masked(undefined, { keepStart: 1, keepEnd: 1 }), undefined);
});
