import fc from "fast-check";
import { eachDatabase } from "../testing/each.js";
import type { Row, TableDefinition, Where } from "./table.js";

const things: TableDefinition = {
  name: "thing",
  primaryKey: ["id"],
  columns: {
    id: { type: "id" },
    text: { type: "string", length: 40 },
    count: { type: "integer" },
    ready: { type: "boolean" },
  },
};

/** What a condition means, without a database. */
function holds(where: Where, row: Row): boolean {
  return Object.entries(where).every(([name, value]) => {
    if (value === undefined) return true;
    if (name === "and") return (value as Where[]).every((part) => holds(part, row));
    if (name === "or") return (value as Where[]).some((part) => holds(part, row));
    if (name === "not") return !holds(value as Where, row);
    return fits(row[name], value);
  });
}

function fits(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return (actual ?? null) === wanted;
  const there = actual as string | number | boolean | undefined;
  return Object.entries(wanted).every(([operator, operand]) => {
    if (operator === "ne") return (there ?? null) !== operand;
    if (there === undefined) return false;
    if (operator === "in") return (operand as unknown[]).includes(there);
    if (operator === "contains") return String(there).toLowerCase().includes(String(operand).toLowerCase());
    if (operator === "startsWith") return String(there).toLowerCase().startsWith(String(operand).toLowerCase());
    const order = compared(there, operand as string | number | boolean);
    return { lt: order < 0, lte: order <= 0, gt: order > 0, gte: order >= 0 }[operator] === true;
  });
}

/** Texts by code point, as the databases do; JavaScript goes by UTF-16 unit. */
function compared(a: string | number | boolean, b: string | number | boolean): number {
  return typeof a === "string" ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : Number(a) - Number(b);
}

const text = fc.string({
  unit: fc.constantFrom("a", "B", "金", "税", "Ａ", "%", "_", "!", "'", "\\", '"', "$1", "?", ":x", "　", "😀"),
  minLength: 1,
  maxLength: 4,
});
const count = fc.integer({ min: -2, max: 2 });
const leafOf = (column: string, value: fc.Arbitrary<string | number | boolean>): fc.Arbitrary<Where> =>
  fc
    .oneof(
      value,
      fc.constant(null),
      fc.record({ in: fc.array(value, { maxLength: 3 }) }),
      fc.record({ ne: fc.option(value) }),
      fc.record({ lt: value }),
      fc.record({ gte: value, lte: value }),
      fc.record({ gt: value }),
    )
    .map((condition) => ({ [column]: condition }));
const textLeaf = fc
  .oneof(fc.record({ contains: text }), fc.record({ startsWith: text }))
  .map((condition): Where => ({ text: condition }));
const { where } = fc.letrec<{ where: Where }>((tie) => ({
  where: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leafOf("text", text),
    leafOf("count", count),
    leafOf("ready", fc.boolean()),
    textLeaf,
    fc.record({ and: fc.array(tie("where"), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie("where"), { maxLength: 3 }) }),
    fc.record({ not: tie("where") }),
    fc.constant({}),
  ),
}));

eachDatabase("any condition chooses exactly the rows for which it is true", async (t, { database }) => {
  await database.ensureTables([things]);
  const rows = fc
    .sample(
      fc.record({
        text: fc.option(text, { nil: undefined }),
        count: fc.option(count, { nil: undefined }),
        ready: fc.option(fc.boolean(), { nil: undefined }),
      }),
      { numRuns: 60, seed: 2005 },
    )
    .map((row, index): Row => ({ id: String(index), ...row }));
  await database.transaction((tx) => tx.insert("thing", rows));
  const stored = await database.find("thing", { orderBy: ["id"] });
  await fc.assert(
    fc.asyncProperty(where, async (condition) => {
      const found = await database.find("thing", { where: condition, orderBy: ["id"], columns: ["id"] });
      const wanted = stored.filter((row) => holds(condition, row)).map((row) => row["id"]);
      if (JSON.stringify(found.map((row) => row["id"])) !== JSON.stringify(wanted))
        throw new Error(`${JSON.stringify(condition)} found ${found.length} of ${wanted.length}`);
    }),
    { numRuns: 400 },
  );
  t.is(stored.length, 60);
});
