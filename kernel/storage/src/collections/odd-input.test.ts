import { isJinshuiError } from "@jinshui/contracts";
import fc from "fast-check";
import { canonicalJson } from "@jinshui/contracts";
import { cursorAfter } from "../page.js";
import { eachDatabase } from "../testing/each.js";
import { as, codeOf, devices, keeper, storageService } from "../testing/storage-service.js";

const name = fc.constantFrom(
  "code",
  "name",
  "kind",
  "price",
  "bought",
  "state",
  "id",
  "createdAt",
  "version",
  "and",
  "or",
  "not",
  "constructor",
  "__proto__",
  "toString",
  "f_code",
  "bureau",
  "live",
  "name; drop",
  "",
);
const operator = fc.constantFrom(
  "eq",
  "ne",
  "lt",
  "lte",
  "gt",
  "gte",
  "in",
  "contains",
  "startsWith",
  "empty",
  "$ne",
  "constructor",
  "",
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom(
    "\0",
    "'",
    "\\",
    "$1",
    ":x",
    "?",
    "%",
    "\ud800",
    "2026-11-23T08:00:00Z",
    1e308,
    -0,
    Number.MAX_SAFE_INTEGER,
    "长".repeat(300),
  ),
);
const filter = fc.letrec<{ any: Record<string, unknown> }>((tie) => ({
  any: fc.dictionary(
    name,
    fc.oneof(value, fc.dictionary(operator, value), tie("any"), fc.array(tie("any"), { maxLength: 2 })),
    { maxKeys: 3 },
  ),
})).any;

/** A refusal of ours with a reason is what odd input may get; anything else is a fault. */
async function settles(call: () => Promise<unknown>, input: unknown): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!isJinshuiError(error) || error.status >= 500)
      throw new Error(`${JSON.stringify(input)}: ${String(error)}`, { cause: error });
  }
}

// checklist: 34
eachDatabase(
  "whatever a filter, sorting, cursor or search holds, the answer is a list or a refusal",
  async (t, { database }) => {
    const { handlers } = await storageService(t, database);
    await handlers.insert({ collection: devices, values: { code: "WH-001", name: "机" } }, as(keeper));
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.constantFrom("\0", "%", "!", "\\", "'; --"));
    const input = fc.record(
      {
        filter,
        sort: fc.array(
          fc.oneof(
            name,
            name.map((field) => `-${field}`),
          ),
          { maxLength: 3 },
        ),
        cursor: text,
        search: text,
        fields: fc.array(name, { maxLength: 3 }),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(input, (odd) => settles(() => handlers.find({ collection: devices, ...odd }, as(keeper)), odd)),
      { numRuns: 500 },
    );
    t.is((await handlers.count({ collection: devices }, as(keeper))).total, 1);
  },
);

// checklist: 34, 42
eachDatabase("whatever a write holds, it is taken as it reads back or refused", async (t, { database }) => {
  const { handlers } = await storageService(t, database);
  const values = fc.dictionary(
    fc.constantFrom("code", "name", "kind", "price", "bought", "state", "constructor", "__proto__", "bureau"),
    value,
    { maxKeys: 5 },
  );
  const { id } = await handlers.insert({ collection: devices, values: { code: "WH-001", name: "机" } }, as(keeper));
  await fc.assert(
    fc.asyncProperty(values, async (odd) => {
      await settles(() => handlers.insert({ collection: devices, values: odd }, as(keeper)), odd);
      await settles(async () => {
        const { results } = await handlers.transact(
          { operations: [{ op: "update", collection: devices, id, values: odd }] },
          as(keeper),
        );
        const read = await handlers.get({ collection: devices, id }, as(keeper));
        if (canonicalJson(results) !== canonicalJson([read]))
          throw new Error(`answered ${JSON.stringify(results)}, stored ${JSON.stringify(read)}`);
      }, odd);
    }),
    { numRuns: 300 },
  );
  t.true((await handlers.get({ collection: devices, id }, as(keeper))).version > 1);
});

eachDatabase("a cursor that was made up can't bring conditions of its own", async (t, { database }) => {
  const { handlers } = await storageService(t, database);
  const find = (row: Record<string, unknown>): Promise<unknown> =>
    handlers.find({ collection: devices, sort: ["price"], cursor: cursorAfter(row, ["f_price", "id"]) }, as(keeper));
  for (const odd of [{ ne: null }, { in: ["x"] }, ["x"], { or: [] }]) {
    t.is(await codeOf(t, find({ f_price: odd, id: "x" })), "invalid-request");
    t.is(await codeOf(t, find({ f_price: 1, id: odd })), "invalid-request");
  }
  t.is(await codeOf(t, find({ f_price: "\0", id: "x" })), "invalid-request");
});

eachDatabase(
  "a value of another type than the field's is named, since databases compare such each in its own way",
  async (t, { database }) => {
    const { handlers } = await storageService(t, database);
    for (const odd of [
      { price: "1" },
      { price: { gt: "abc" } },
      { name: 5 },
      { name: { in: ["a", 5] } },
      { createdAt: "yesterday" },
      { version: true },
      { kind: { contains: 1 } },
      { name: { empty: "no" } },
      { price: { lt: null } },
    ]) {
      const error = await t.throwsAsync(handlers.find({ collection: devices, filter: odd }, as(keeper)));
      t.like(error, { code: "invalid-request", details: { field: Object.keys(odd)[0] } });
    }
  },
);
