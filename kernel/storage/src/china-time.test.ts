import test from "ava";
import { dayInChina } from "./china-time.js";

test("a day in China begins at 16:00 of the day before in UTC", (t) => {
  t.is(dayInChina("2026-11-26T15:59:59.999Z"), "2026-11-26");
  t.is(dayInChina("2026-11-26T16:00:00.000Z"), "2026-11-27");
  t.is(dayInChina("2026-12-31T21:00:00.000Z"), "2027-01-01");
});
