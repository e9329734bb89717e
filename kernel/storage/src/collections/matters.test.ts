import { isJinshuiError, type StoredRecord } from "@jinshui/contracts";
import type { ExecutionContext } from "ava";
import type { Database } from "../database/database.js";
import { eachDatabase } from "../testing/each.js";
import { caseNumber, matter, note, office } from "../testing/matters.js";
import { as, codeOf, storageService } from "../testing/storage-service.js";
import type { StorageService } from "./service.js";

const matters = "case.matter";
const offices = "case.office";
const notes = "case.note";
const chief = "周正:case.view:case.manage:case.unmask:case.secret";

async function cases(t: ExecutionContext, database: Database): Promise<StorageService["handlers"]> {
  const service = await storageService(t, database, [office, matter, note], { plugin: "case", formats: [caseNumber] });
  return service.handlers;
}

/** The fields and codes that an error names. */
async function fieldsOf(t: ExecutionContext, call: Promise<unknown>): Promise<string[]> {
  const error = await t.throwsAsync(call);
  if (!isJinshuiError(error)) throw error;
  return ((error.details?.["fields"] ?? []) as { field: string; code?: string }[]).map(
    ({ field, code }) => `${field} ${code ?? ""}`,
  );
}

eachDatabase(
  "a format tidies what people type, checks it, and says in its words what is wrong",
  async (t, { database }) => {
    const { insert } = await cases(t, database);
    const made = await insert({ collection: matters, values: { title: "甲", reference: "１２３ ４５8" } }, as(chief));
    t.is(made.values["reference"], "123458");
    for (const [value, code] of [
      ["123457", "format"],
      ["12345", "format"],
      [123458, "type"],
    ])
      t.deepEqual(
        await fieldsOf(t, insert({ collection: matters, values: { title: "乙", reference: value } }, as(chief))),
        [`reference ${String(code)}`],
      );
  },
);

eachDatabase("computed fields follow from the others, exactly, and nobody writes them", async (t, { database }) => {
  const { insert, update, get } = await cases(t, database);
  const made = await insert({ collection: matters, values: { title: "甲", amount: 12_345, rate: "0.13" } }, as(chief));
  t.like(made.values, { rate: "0.1300", due: 1_605, twice: 3_210 });
  const changed = await update({ collection: matters, id: made.id, version: 1, values: { rate: "0.1" } }, as(chief));
  t.like(changed.values, { due: 1_235, twice: 2_470 });
  const emptied = await update({ collection: matters, id: made.id, version: 2, values: { amount: null } }, as(chief));
  t.false("due" in emptied.values);
  t.deepEqual((await get({ collection: matters, id: made.id }, as(chief))).values, emptied.values);
  t.is(await codeOf(t, insert({ collection: matters, values: { title: "乙", due: 1 } }, as(chief))), "forbidden");
  t.deepEqual(await fieldsOf(t, insert({ collection: matters, values: { title: "乙", rate: "0.12345" } }, as(chief))), [
    "rate type",
  ]);
  t.deepEqual(await fieldsOf(t, insert({ collection: matters, values: { title: "乙", rate: "1.5" } }, as(chief))), [
    "rate too-large",
  ]);
});

eachDatabase("a record that breaks a rule is refused, at its insert and at every change", async (t, { database }) => {
  const { insert, update, get } = await cases(t, database);
  const made = await insert({ collection: matters, values: { title: "甲", opened: "2026-03-01" } }, as(chief));
  const call = update({ collection: matters, id: made.id, version: 1, values: { closed: "2026-02-01" } }, as(chief));
  t.deepEqual(await fieldsOf(t, call), ["closed check"]);
  t.is((await get({ collection: matters, id: made.id }, as(chief))).version, 1);
  const both = { title: "乙", opened: "2026-03-01", closed: "2026-02-01", amount: -1 };
  t.deepEqual(await fieldsOf(t, insert({ collection: matters, values: both }, as(chief))), ["closed check", " check"]);
});

eachDatabase(
  "numbers without gaps are given one after the other, whoever asks and whatever fails",
  async (t, { database }) => {
    const { insert } = await cases(t, database);
    const year = new Date(Date.now() + 8 * 3_600_000).getUTCFullYear();
    const all = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        insert(
          { collection: matters, values: { title: `事${index}`, ...(index % 3 === 0 ? { amount: -1 } : {}) } },
          as(chief),
        ),
      ),
    );
    const made = all.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    t.is(made.length, 20);
    const expected = Array.from({ length: 20 }, (_, index) => `芜税稽[${year}]${String(index + 1).padStart(3, "0")}号`);
    t.deepEqual(made.map(({ values }) => values["number"]).sort(), expected);
    const drafts = new Set(made.map(({ values }) => values["draft"]));
    t.is(drafts.size, 20);
    const other = await insert({ collection: matters, values: { title: "征", kind: "levy" } }, as(chief));
    t.is(other.values["number"], `芜税征[${year}]001号`);
    const county = await insert({ collection: matters, values: { title: "县" } }, as(chief, { bureau: "fanchang" }));
    t.is(county.values["number"], `芜税稽[${year}]001号`);
  },
);

eachDatabase("references lead somewhere, and what is referred to stays or lets go", async (t, { database }) => {
  const { insert, remove, get, transact, history } = await cases(t, database);
  const hall = await insert({ collection: offices, values: { name: "办税厅" } }, as(chief));
  const lost = { title: "甲", office: "nowhere" };
  t.deepEqual(await fieldsOf(t, insert({ collection: matters, values: lost }, as(chief))), ["office reference"]);
  const elsewhere = insert(
    { collection: matters, values: { title: "甲", office: hall.id } },
    as(chief, { bureau: "nanling" }),
  );
  t.deepEqual(await fieldsOf(t, elsewhere), ["office reference"]);
  const made = await insert({ collection: matters, values: { title: "甲", office: hall.id } }, as(chief));
  const one = await insert({ collection: notes, values: { text: "录", matter: made.id, place: hall.id } }, as(chief));
  t.is(await codeOf(t, remove({ collection: offices, id: hall.id, version: 1 }, as(chief))), "still-used");
  await transact(
    {
      operations: [
        { op: "update", collection: matters, id: made.id, values: { office: null } },
        { op: "remove", collection: offices, id: hall.id },
      ],
    },
    as(chief),
  );
  const left = await get({ collection: notes, id: one.id }, as(chief));
  t.is(left.version, 2);
  t.false("place" in left.values);
  const { changes } = await history({ collection: notes, id: one.id }, as(chief));
  t.like(changes[0]?.fields[0], { field: "place", before: hall.id, after: null });
});

eachDatabase("relations bring along what a record refers to and what refers to it", async (t, { database }) => {
  const { insert, get, find } = await cases(t, database);
  const hall = await insert({ collection: offices, values: { name: "办税厅" } }, as(chief));
  const made = await insert({ collection: matters, values: { title: "甲", office: hall.id } }, as(chief));
  for (const text of ["一", "二"]) await insert({ collection: notes, values: { text, matter: made.id } }, as(chief));
  const found = await get({ collection: matters, id: made.id, relations: ["office", "notes"] }, as(chief));
  t.like(found.related?.["office"], { values: { name: "办税厅" } });
  const children = found.related?.["notes"] as { records: StoredRecord[]; more: boolean };
  t.deepEqual(
    children.records.map(({ values }) => values["text"]),
    ["一", "二"],
  );
  t.false(children.more);
  const list = await find({ collection: matters, relations: ["office"] }, as(chief));
  t.like(list.records[0]?.related?.["office"], { id: hall.id });
  const stranger = await get(
    { collection: matters, id: made.id, relations: ["office", "notes"] },
    as("市局:case.city"),
  );
  t.is(stranger.related, undefined);
  t.is(await codeOf(t, find({ collection: matters, relations: ["constructor"] }, as(chief))), "invalid-request");
});

eachDatabase("a tree has no circles, moves as a whole, and is searched from any node down", async (t, { database }) => {
  const { insert, update, find, remove, restore } = await cases(t, database);
  const make = async (name: string, above?: StoredRecord): Promise<StoredRecord> =>
    insert({ collection: offices, values: { name, ...(above ? { above: above.id } : {}) } }, as(chief));
  const city = await make("市局");
  const county = await make("县局", city);
  const branch = await make("分局", county);
  const group = await make("一组", branch);
  const other = await make("另一市局");
  const under = async (field: "above" | "id", id: string): Promise<unknown[]> =>
    (await find({ collection: offices, filter: { [field]: { under: id } } }, as(chief))).records.map(
      ({ values }) => values["name"],
    );
  t.deepEqual(await under("id", county.id), ["一组", "分局", "县局"]);
  t.deepEqual(await under("above", county.id), ["一组", "分局"]);
  t.deepEqual(await under("id", "nobody"), []);
  const circle = update({ collection: offices, id: city.id, version: 1, values: { above: group.id } }, as(chief));
  t.deepEqual(await fieldsOf(t, circle), ["above reference"]);
  await update({ collection: offices, id: branch.id, version: 1, values: { above: other.id } }, as(chief));
  t.deepEqual(await under("id", county.id), ["县局"]);
  t.deepEqual(await under("above", other.id), ["一组", "分局"]);
  await remove({ collection: offices, id: group.id, version: 1 }, as(chief));
  t.deepEqual(await under("above", other.id), ["分局"]);
  await restore({ collection: offices, id: group.id, version: 2 }, as(chief));
  t.deepEqual(await under("above", other.id), ["一组", "分局"]);
  let last = other;
  for (let depth = 2; depth <= 20; depth += 1) last = await make(`第${depth}层`, last);
  t.deepEqual(await fieldsOf(t, make("太深", last)), ["above reference"]);
});

eachDatabase("of many who make the same thing one makes it and the others change it", async (t, { database }) => {
  const { upsert, find } = await cases(t, database);
  const results = await Promise.all(
    Array.from({ length: 8 }, () => upsert({ collection: offices, key: { name: "办税厅" }, values: {} }, as(chief))),
  );
  t.is(results.filter(({ created }) => created).length, 1);
  t.is((await find({ collection: offices }, as(chief))).records.length, 1);
  const noRule = upsert({ collection: matters, key: { title: "甲" }, values: {} }, as(chief));
  t.is(await codeOf(t, noRule), "invalid-request");
  const empty = upsert({ collection: offices, key: { name: "" }, values: {} }, as(chief));
  t.is(await codeOf(t, empty), "invalid-request");
});

eachDatabase(
  "what was removed can be found by those who may write, and comes back unless its place is taken",
  async (t, { database }) => {
    const { insert, remove, restore, find, get, history } = await cases(t, database);
    const made = await insert({ collection: offices, values: { name: "办税厅" } }, as(chief));
    await remove({ collection: offices, id: made.id, version: 1 }, as(chief));
    t.is((await find({ collection: offices }, as(chief))).total, 0);
    t.is((await find({ collection: offices, removed: true }, as(chief))).records[0]?.id, made.id);
    t.is(await codeOf(t, find({ collection: offices, removed: true }, as("看:case.view"))), "forbidden");
    const taker = await insert({ collection: offices, values: { name: "办税厅" } }, as(chief));
    t.is(await codeOf(t, restore({ collection: offices, id: made.id, version: 2 }, as(chief))), "not-unique");
    await remove({ collection: offices, id: taker.id, version: 1 }, as(chief));
    const back = await restore({ collection: offices, id: made.id, version: 2 }, as(chief));
    t.is(back.version, 3);
    t.deepEqual((await get({ collection: offices, id: made.id }, as(chief))).values, made.values);
    const { changes } = await history({ collection: offices, id: made.id }, as(chief));
    t.deepEqual(
      changes.map(({ action }) => action),
      ["restore", "remove", "insert"],
    );
  },
);

eachDatabase("sums, averages and counts by group are exact and the same on every database", async (t, { database }) => {
  const { insert, aggregate } = await cases(t, database);
  const rows = [
    { kind: "audit", amount: 100, rate: "0.1", opened: "2026-01-05", seen: "2025-12-31T16:00:00Z" },
    { kind: "audit", amount: 101, rate: "0.2", opened: "2026-04-01", seen: "2026-03-31T15:59:59Z" },
    { kind: "levy", amount: 50, opened: "2026-04-30", seen: "2026-06-30T16:00:00Z" },
    { kind: "levy" },
  ];
  for (const [index, values] of rows.entries())
    await insert({ collection: matters, values: { title: `事${index}`, ...values } }, as(chief));
  const byKind = await aggregate(
    {
      collection: matters,
      groupBy: [{ field: "kind" }],
      measures: {
        n: { fn: "count" },
        amounts: { fn: "count", field: "amount" },
        sum: { fn: "sum", field: "amount" },
        avg: { fn: "avg", field: "amount" },
        rate: { fn: "max", field: "rate" },
        rates: { fn: "avg", field: "rate" },
        first: { fn: "min", field: "opened" },
      },
    },
    as(chief),
  );
  t.deepEqual(byKind, {
    groups: [
      {
        kind: "audit",
        n: 2,
        amounts: 2,
        sum: 201,
        avg: "100.500000",
        rate: "0.2000",
        rates: "0.150000",
        first: "2026-01-05",
      },
      { kind: "levy", n: 2, amounts: 1, sum: 50, avg: "50.000000", first: "2026-04-30" },
    ],
    more: false,
  });
  const quarters = await aggregate(
    {
      collection: matters,
      filter: { opened: { empty: false } },
      groupBy: [{ field: "opened", bucket: "quarter", as: "q" }],
      measures: { n: { fn: "count" } },
      sort: ["-n"],
    },
    as(chief),
  );
  t.deepEqual(quarters.groups, [
    { q: "2026-Q2", n: 2 },
    { q: "2026-Q1", n: 1 },
  ]);
  // instants lie in the day they have in China
  const months = await aggregate(
    { collection: matters, groupBy: [{ field: "seen", bucket: "month" }], measures: { n: { fn: "count" } } },
    as(chief),
  );
  t.deepEqual(months.groups, [
    { n: 1 },
    { seen: "2026-01", n: 1 },
    { seen: "2026-03", n: 1 },
    { seen: "2026-07", n: 1 },
  ]);
  const cut = await aggregate(
    {
      collection: matters,
      groupBy: [{ field: "title" }],
      measures: { kinds: { fn: "countDistinct", field: "kind" } },
      limit: 3,
    },
    as(chief),
  );
  t.is(cut.groups.length, 3);
  t.true(cut.more);
  for (const [field, fn] of [
    ["title", "sum"],
    ["nothing", "sum"],
    ["constructor", "max"],
  ])
    t.is(
      await codeOf(
        t,
        aggregate({ collection: matters, measures: { x: { fn: fn as "sum", field: field ?? "" } } }, as(chief)),
      ),
      "invalid-request",
    );
});

eachDatabase("a record is read as it was at any time", async (t, { database }) => {
  const { insert, update, remove, get } = await cases(t, database);
  const made = await insert({ collection: matters, values: { title: "甲", amount: 100, rate: "0.5" } }, as(chief));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const between = new Date(Date.now() - 10).toISOString();
  await update({ collection: matters, id: made.id, version: 1, values: { title: "乙", rate: null } }, as(chief));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const late = new Date(Date.now() - 10).toISOString();
  await remove({ collection: matters, id: made.id, version: 2 }, as(chief));
  const one = { collection: matters, id: made.id };
  const first = await get({ ...one, at: between }, as(chief));
  t.like(first, { version: 1, values: { title: "甲", rate: "0.5000", due: 50 }, updatedBy: { name: "周正" } });
  const second = await get({ ...one, at: late }, as(chief));
  t.like(second, { version: 2, values: { title: "乙" } });
  t.false("due" in second.values);
  t.is(await codeOf(t, get({ ...one, at: new Date(Date.now() + 1_000).toISOString() }, as(chief))), "not-found");
  t.is(await codeOf(t, get({ ...one, at: "2000-01-01T00:00:00.000Z" }, as(chief))), "not-found");
});

eachDatabase("the feed of changes gives each change once, in order, from any place on", async (t, { database }) => {
  const { insert, update, remove, changes } = await cases(t, database);
  const made = await insert({ collection: offices, values: { name: "甲" } }, as(chief));
  await insert({ collection: matters, values: { title: "别的" } }, as(chief));
  await update({ collection: offices, id: made.id, version: 1, values: { name: "乙" } }, as(chief));
  await remove({ collection: offices, id: made.id, version: 2 }, as(chief));
  const seen: unknown[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await changes(
      { collection: offices, limit: 2, ...(cursor === undefined ? {} : { cursor }) },
      as(chief),
    );
    seen.push(...page.changes.map(({ action, values }) => [action, values["name"]]));
    ({ cursor } = page);
    if (!page.more) break;
  }
  t.deepEqual(seen, [
    ["insert", "甲"],
    ["update", "乙"],
    ["remove", undefined],
  ]);
  t.deepEqual((await changes({ collection: offices, cursor }, as(chief))).changes, []);
  t.is(await codeOf(t, changes({ collection: matters }, as("己:case.own"))), "forbidden");
});
