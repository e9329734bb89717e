import test from "ava";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
// a module of pages: it is imported as it was built
const { weeksOf, turned, daysBetween } = (await import(join(root, "sdk/web/dist/views/calendar-days.js"))) as {
  weeksOf(day: string, span: string): string[][];
  turned(day: string, span: string, by: number): string;
  daysBetween(first: string, last: string): string[];
};

test("a month is whole weeks from Monday to Sunday, over the ends of years and in leap years", (t) => {
  const november = weeksOf("2026-11-28", "month");
  t.is(november.length, 6);
  t.is(november[0]?.[0], "2026-10-26");
  t.is(november.at(-1)?.at(-1), "2026-12-06");
  t.is(weeksOf("2027-02-14", "month").length, 4);
  t.true(weeksOf("2028-02-01", "month").flat().includes("2028-02-29"));
});

test("a week holds its day, and an agenda just the days of its month", (t) => {
  t.deepEqual(weeksOf("2027-01-01", "week"), [daysBetween("2026-12-28", "2027-01-03")]);
  t.deepEqual(weeksOf("2026-11-28", "agenda"), [daysBetween("2026-11-01", "2026-11-30")]);
});

test("turning leads to the first of the next month, also from the 31st, and a week on", (t) => {
  t.is(turned("2026-12-31", "month", 1), "2027-01-01");
  t.is(turned("2026-03-31", "agenda", -1), "2026-02-01");
  t.is(turned("2026-12-31", "week", 1), "2027-01-07");
});

test("a range that ends before it begins has no days", (t) => {
  t.deepEqual(daysBetween("2026-11-02", "2026-11-01"), []);
});
