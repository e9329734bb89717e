import type { CollectionDefinition } from "@jinshui/contracts";
import { eachDatabase } from "../testing/each.js";
import { as, codeOf, storageService } from "../testing/storage-service.js";

const text = (title: string): { type: "text"; title: { "zh-CN": string } } => ({
  type: "text",
  title: { "zh-CN": title },
});
const paper: CollectionDefinition = {
  name: "paper",
  title: { "zh-CN": "文书" },
  fields: {
    title: { type: "string", title: { "zh-CN": "标题" } },
    first: text("上"),
    second: { ...text("下"), permissions: { read: ["asset.secret"] } },
  },
  unique: [["title"]],
  display: { title: "title", list: ["title"] },
  permissions: { read: ["asset.view"], write: ["asset.manage"] },
};
const collection = "asset.paper";
const plugin = as(undefined, { caller: "asset" });
const long = "税".repeat(90_000);

eachDatabase("a write whose answer would be too large is not done, and says so", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [paper]);
  const made = await handlers.insert({ collection, values: { title: "甲", first: long } }, plugin);
  const one = { collection, id: made.id };
  const values = { second: long };
  const refused = [
    () => handlers.update({ ...one, version: 1, values }, plugin),
    () => handlers.upsert({ collection, key: { title: "甲" }, values }, plugin),
    () => handlers.insert({ collection, values: { title: "乙", first: long, second: long } }, plugin),
    () => handlers.transact({ operations: [{ op: "update", ...one, values }] }, plugin),
  ];
  for (const call of refused) t.is(await codeOf(t, call()), "too-large");
  t.like(await handlers.get(one, plugin), { version: 1, values: { title: "甲" } });
  t.is((await handlers.count({ collection }, plugin)).total, 1);
});

eachDatabase("a transaction of many long records answers with their ids and versions", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [paper]);
  const operations = ["甲", "乙"].map((title) => ({
    op: "insert" as const,
    collection,
    values: { title, first: long },
  }));
  const { results } = await handlers.transact({ operations }, plugin);
  t.deepEqual(
    results.map((result) => Object.keys(result).sort()),
    [
      ["id", "version"],
      ["id", "version"],
    ],
  );
  t.is((await handlers.count({ collection }, plugin)).total, 2);
});

eachDatabase("a record that is too large to be shown whole is read by its fields", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [paper]);
  const half = as("普:asset.view:asset.manage");
  const made = await handlers.insert({ collection, values: { title: "甲", first: long } }, half);
  const one = { collection, id: made.id };
  // there from before, or put there in parts by those who don't see it whole
  await database.transaction(async (tx) => {
    const [row] = await tx.find("c_asset__paper", { where: { id: made.id } });
    await tx.update("c_asset__paper", { id: String(row?.["id"]) }, { f_second: long });
  });
  t.is(await codeOf(t, handlers.get(one, plugin)), "too-large");
  t.deepEqual((await handlers.get({ ...one, fields: ["title"] }, plugin)).values, { title: "甲" });
  t.is((await handlers.get({ ...one, fields: ["second"] }, plugin)).values["second"], long);
  t.deepEqual((await handlers.get({ ...one, fields: ["title"], at: made.createdAt }, plugin)).values, { title: "甲" });
  t.is(await codeOf(t, handlers.get({ ...one, fields: ["second"] }, half)), "forbidden");
  t.is(await codeOf(t, handlers.get({ ...one, fields: ["nothing"] }, half)), "invalid-request");
});

eachDatabase("children come along in one question, and as many as an answer holds", async (t, { database }) => {
  const owner: CollectionDefinition = {
    ...paper,
    name: "owner",
    children: { papers: { title: { "zh-CN": "文书" }, collection: "slip", field: "owner" } },
  };
  const slip: CollectionDefinition = {
    ...paper,
    name: "slip",
    fields: { ...paper.fields, owner: { type: "reference", title: { "zh-CN": "主" }, collection: "owner" } },
    unique: [],
  };
  const { handlers } = await storageService(t, database, [owner, slip]);
  const insert = (to: string, count: number, values: Record<string, unknown>): Promise<unknown> =>
    handlers.transact(
      { operations: Array.from({ length: count }, () => ({ op: "insert" as const, collection: to, values })) },
      plugin,
    );
  for (const title of ["甲", "乙", "丙", "丁", "戊", "己", "庚"]) await insert("asset.owner", 1, { title });
  const page = { collection: "asset.owner", relations: ["papers"], sort: ["createdAt"] };
  const { records: owners } = await handlers.find(page, plugin);
  const ids = owners.map(({ id }) => id).sort();
  const counts = [0, 3, 199, 201, 200, 399, 3];
  for (const [index, id] of ids.entries()) await insert("asset.slip", counts[index] ?? 0, { owner: id });
  const finds: string[] = [];
  const { find } = database;
  database.find = (table, options) => {
    finds.push(table);
    return find.call(database, table, options);
  };
  const { records } = await handlers.find(page, plugin);
  t.is(finds.filter((table) => table === "c_asset__slip").length, 1);
  const related = new Map(
    records.map(({ id, related }) => [id, related?.["papers"] as { records: unknown[]; more: boolean }]),
  );
  t.deepEqual(
    ids.map((id) => [related.get(id)?.records.length, related.get(id)?.more]),
    [
      [0, false],
      [3, false],
      [199, false],
      [200, true],
      [200, false],
      [200, true],
      [0, true],
    ],
  );
});
