import { type CollectionDefinition, type Handlers, isJinshuiError, type StorageApi } from "@jinshui/contracts";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import type { Database } from "../database/database.js";
import { eachDatabase } from "../testing/each.js";
import { as, keeper, storageService } from "../testing/storage-service.js";
import { normal } from "./normal.js";
import { wordsForIndex } from "./segmenter.js";

const article: CollectionDefinition = {
  name: "article",
  title: { "zh-CN": "文章" },
  fields: {
    title: { type: "string", title: { "zh-CN": "标题" }, required: true },
    code: { type: "string", title: { "zh-CN": "编号" } },
    body: { type: "text", title: { "zh-CN": "正文" } },
    issued: { type: "integer", title: { "zh-CN": "次序" } },
    secret: {
      type: "string",
      title: { "zh-CN": "密" },
      permissions: { read: ["article.secret"] },
    },
  },
  display: { title: "title", list: ["title"], search: ["title", "code", "body"], sort: ["-issued"] },
  permissions: { read: [{ permission: "article.own", rows: "own" }, "asset.view"], write: ["asset.manage"] },
};
const articles = "asset.article";

const TEXTS: [title: string, code: string, body: string][] = [
  ["一户式查询上线", "WH-2005-0001", "纳税人的申报、发票和缴款在一个页面里查询。"],
  ["增值税发票管理办法", "WH-2005-0002", "开具发票要如实。企业所得税另有规定。"],
  ["关于退税的通知", "WH-2006-0001", "增值税的退税由税务局办理，发票作为凭证。"],
  ["Ｗｉｎｄｏｗｓ电脑报修 ABC型", "", "联系信息中心，电话 010-88886666。"],
  ["银行账户变更 C++", "XY/7.5", "重庆分行的税务登记人员要重新登记。"],
  ["税务局开放日 🎉", "", "open day of the tax bureau"],
];

type Found = (search: string, more?: Record<string, unknown>) => Promise<number[]>;

/** The sample texts, as if there were enough others that the index is used, or alone. */
async function library(
  t: ExecutionContext,
  database: Database,
  { large }: { large: boolean },
): Promise<{ handlers: Handlers<StorageApi>; found: Found }> {
  const { handlers, collections } = await storageService(t, database, [article]);
  const search = collections.get(articles).search;
  if (search) search.large = large;
  const operations = TEXTS.map(([title, code, body], issued) => ({
    op: "insert" as const,
    collection: articles,
    values: { title, code, body, issued },
  }));
  await handlers.transact({ operations }, as(keeper));
  const found: Found = async (search, more) => {
    const { records } = await handlers.find({ collection: articles, search, ...more }, as(keeper));
    return records.map(({ values }) => values["issued"] as number);
  };
  return { handlers, found };
}

/** What is found, the best first; in a small collection, where every text is looked at, any part of a long text as well. */
const QUERIES: [search: string, found: number[], foundByLooking?: number[]][] = [
  ["一户式", [0]],
  ["户式查", [0]],
  ["yhs", [0]],
  ["YHSCX", [0]],
  ["yihushi", [0]],
  ["yinhang", [4]],
  ["zhcx", []],
  ["WH-2005", [1, 0]],
  ["wh-2005-0002", [1]],
  ["2006-0", [2]],
  ["ＷＨ－２００６", [2]],
  ["发票", [1, 2, 0]],
  ["增值税发票", [1, 2]],
  ["增值税 发票", [2, 1]],
  ["发票 增值税", [2, 1]],
  ["退税通知", [2]],
  ["windows", [3]],
  ["ABC型", [3]],
  ["8888", [3]],
  ["010-8888", [3]],
  ["税务局", [5, 2]],
  ["税", [5, 2, 1, 4], [5, 2, 1, 4, 0]],
  ["值税", [1], [1, 2]],
  ["如实另有", [1]],
  ["心，电", [], [3]],
  ["🎉", [5]],
  ["tax bureau", [5]],
  ["7.5", [4]],
  ["C++", [4]],
  ["没有的话", []],
  ["重庆", [4]],
];

for (const way of ["small", "large"]) {
  eachDatabase(
    `a ${way} collection is searched by text, words, parts of numbers and pinyin, the best first`,
    async (t, db) => {
      const { found } = await library(t, db.database, { large: way === "large" });
      const results: string[] = [];
      for (const [search] of QUERIES) results.push(`${search}: ${(await found(search)).join()}`);
      t.deepEqual(
        results,
        QUERIES.map(([search, index, looking = index]) => `${search}: ${(way === "small" ? looking : index).join()}`),
      );
    },
  );
}

eachDatabase(
  "what is written is found as soon as it is committed, and what is changed or removed no longer",
  async (t, db) => {
    const { handlers, found } = await library(t, db.database, { large: true });
    const make = (title: string): ReturnType<typeof handlers.insert> =>
      handlers.insert({ collection: articles, values: { title, issued: 7 } }, as(keeper));
    const { id } = await make("契税减免");
    t.deepEqual(await found("契税"), [7]);
    await handlers.update({ collection: articles, id, version: 1, values: { title: "车辆购置" } }, as(keeper));
    t.deepEqual([await found("契税"), await found("clgz")], [[], [7]]);
    await handlers.remove({ collection: articles, id, version: 2 }, as(keeper));
    t.deepEqual(await found("车辆"), []);
    const { records } = await handlers.find({ collection: articles, search: "车辆", removed: true }, as(keeper));
    t.is(records.length, 1);
    await handlers.restore({ collection: articles, id, version: 3 }, as(keeper));
    t.deepEqual(await found("车辆"), [7]);
    await t.throwsAsync(
      handlers.transact(
        {
          operations: [
            { op: "insert", collection: articles, values: { title: "未成之事", issued: 8 } },
            { op: "insert", collection: articles, values: {} },
          ],
        },
        as(keeper),
      ),
    );
    t.deepEqual(await found("未成之事"), []);
  },
);

eachDatabase(
  "rights and filters decide before anything is counted, and what not everybody sees is not searched",
  async (t, db) => {
    const { handlers } = await library(t, db.database, { large: true });
    const other = as("王芳:asset.view:asset.manage:article.secret", { bureau: "fanchang" });
    await handlers.insert({ collection: articles, values: { title: "繁昌的发票", secret: "机密", issued: 9 } }, other);
    const own = as("王芳:article.own:asset.manage", { bureau: "fanchang" });
    const nobody = as("李强:article.own", { bureau: "fanchang" });
    const total = async (search: string, context = as(keeper), more = {}): Promise<unknown> => [
      (await handlers.count({ collection: articles, search, ...more }, context)).total,
      (await handlers.find({ collection: articles, search, ...more }, context)).total,
      (await handlers.aggregate({ collection: articles, search, measures: { n: { fn: "count" } }, ...more }, context))
        .groups[0]?.["n"],
    ];
    t.deepEqual(await total("发票"), [3, 3, 3]);
    t.deepEqual(await total("发票", as(keeper), { filter: { issued: { gt: 0 } } }), [2, 2, 2]);
    t.deepEqual(await total("发票", other), [1, 1, 1]);
    t.deepEqual(await total("发票", own), [1, 1, 1]);
    t.deepEqual(await total("发票", nobody), [0, 0, 0]);
    t.deepEqual(await total("机密", as("王芳:asset.view:article.secret", { bureau: "fanchang" })), [0, 0, 0]);
    t.deepEqual(await total("jimi", as("王芳:asset.view:article.secret", { bureau: "fanchang" })), [0, 0, 0]);
  },
);

eachDatabase("pages of a ranked list hold every record once, in the order of the whole list", async (t, db) => {
  for (const [plugin, others] of [
    ["small", 60],
    ["large", 2_100],
  ] as const) {
    const { handlers } = await storageService(t, db.database, [article], { plugin });
    const operations = Array.from({ length: others }, (_, index) => ({
      op: "insert" as const,
      collection: `${plugin}.article`,
      values: [
        { title: `发票${index}`, body: "增值税" },
        { title: `天地${index}`, body: "玄黄的增值税发票" },
        { title: `天地${index}`, body: "发票，以及增值税" },
        { title: "增值税发票", issued: index % 3 },
        { title: `宇宙${index}` },
      ][index < 50 ? index % 5 : 4] as Record<string, unknown>,
    }));
    const context = as(undefined, { caller: plugin });
    for (let start = 0; start < others; start += 500)
      await handlers.transact({ operations: operations.slice(start, start + 500) }, context);
    const page = (more: object): ReturnType<typeof handlers.find> =>
      handlers.find({ collection: `${plugin}.article`, search: "增值税发票", ...more }, context);
    const whole = (await page({ limit: 200 })).records.map(({ id }) => id);
    t.is(whole.length, 40, plugin);
    for (const limit of [1, 7, 10, 20]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const answer: Awaited<ReturnType<typeof page>> = await page({ limit, ...(cursor ? { cursor } : {}) });
        seen.push(...answer.records.map(({ id }) => id));
        t.is(answer.total, 40);
        cursor = answer.nextCursor;
      } while (cursor !== undefined);
      t.deepEqual(seen, whole, `${plugin} ${limit}`);
    }
    const byTitle = (await page({ limit: 200, sort: ["title"] })).records.map(({ values }) => String(values["title"]));
    t.deepEqual(byTitle, byTitle.toSorted());
  }
});

eachDatabase("the exact phrase comes first, however many records have its words", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [article]);
  const others = Array.from({ length: 2_200 }, (_, index) => ({ title: `宇宙${index}`, body: "发票，以及增值税" }));
  const values = [...others, { title: "洪荒", body: "开具增值税发票" }];
  const operations = values.map((each) => ({ op: "insert" as const, collection: articles, values: each }));
  for (let start = 0; start < operations.length; start += 500)
    await handlers.transact({ operations: operations.slice(start, start + 500) }, as(keeper));
  const { records, total } = await handlers.find({ collection: articles, search: "增值税发票", limit: 3 }, as(keeper));
  t.is(total, values.length);
  t.is(records[0]?.values["title"], "洪荒");
});

const word = fc.constantFrom(..."税务局 发票 增值税 一户式 的 银行 abc WH-2005 7.5 2026 ， 。 ( + 型 🎉 Ａ".split(" "));
const odd = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(...Array.from("+-*\"()~@<>!%_\\'`;:?$ \0\n\ud800税aA1🎉"), "发票"),
    maxLength: 100,
  }),
  fc.array(word, { maxLength: 30 }).map((words) => words.join("").slice(0, 100)),
);

eachDatabase(
  "whatever is searched for is a list or a refusal, and a record is found by its words and any part of its title",
  async (t, db) => {
    const { handlers } = await library(t, db.database, { large: true });
    const find = (search: string): ReturnType<typeof handlers.find> =>
      handlers.find({ collection: articles, search, limit: 200 }, as(keeper));
    await fc.assert(
      fc.asyncProperty(odd, async (search) => {
        const code = await find(search).then(
          () => undefined,
          (error: unknown) => (isJinshuiError(error) && error.status < 500 ? undefined : String(error)),
        );
        if (code !== undefined) throw new Error(`${JSON.stringify(search)}: ${code}`);
      }),
      { numRuns: 200 },
    );
    const text = fc.array(word, { minLength: 2, maxLength: 12 }).map((words) => words.join(""));
    await fc.assert(
      fc.asyncProperty(text, text, fc.nat(), fc.nat(), async (title, body, from, length) => {
        const { id, version } = await handlers.insert({ collection: articles, values: { title, body } }, as(keeper));
        const isFoundBy = async (search: string): Promise<void> => {
          let cursor: string | undefined;
          do {
            const page: Awaited<ReturnType<typeof find>> = await handlers.find(
              { collection: articles, search, limit: 200, ...(cursor ? { cursor } : {}) },
              as(keeper),
            );
            if (page.records.some((record) => record.id === id)) return;
            cursor = page.nextCursor;
          } while (cursor !== undefined);
          throw new Error(`"${title}" / "${body}" is not found by "${search}"`);
        };
        const characters = Array.from(title);
        const start = from % (characters.length - 1);
        const part = characters.slice(start, start + 2 + (length % 8)).join("");
        await isFoundBy(part);
        for (const own of wordsForIndex(normal(body))) if (/[\p{L}\p{N}]{2}/u.test(own)) await isFoundBy(own);
        await handlers.remove({ collection: articles, id, version }, as(keeper));
      }),
      { numRuns: 40 },
    );
    t.pass();
  },
);
