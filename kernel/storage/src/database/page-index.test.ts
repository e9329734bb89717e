import test from "ava";
import { pageIndex } from "./page-index.js";
import type { TableDefinition, Where } from "./table.js";

const table: TableDefinition = {
  name: "t",
  primaryKey: ["id"],
  columns: {},
  indexes: { bureau: ["bureau", "id"], day: ["bureau", "day"], state: ["bureau", "state", "day"] },
};
const at = (where: Where, ...orderBy: string[]): string | undefined => pageIndex(table, where, orderBy);
const here = { bureau: "wuhu", live: true };

test("a list has an index when that holds just its rows, in its order", (t) => {
  t.is(at(here, "id"), "bureau");
  t.is(at(here, "day", "id"), "day");
  t.is(at(here, "-day", "-id"), "day");
  t.is(at({ and: [here, { state: "open" }] }, "day", "id"), "state");
  t.is(at({ and: [here, { and: [{ state: "open" }, { day: "1" }] }] }, "id"), "state");
});

test("no index is forced on a list that another one may serve better", (t) => {
  t.is(at({ and: [here, { state: "open" }] }, "id"), undefined, "another order");
  t.is(at(here, "day", "-id"), undefined, "two directions");
  t.is(at({ and: [here, { code: "x" }] }, "day", "id"), undefined, "a condition that may be much narrower");
  t.is(at({ and: [here, { state: { in: ["a", "b"] } }] }, "day", "id"), undefined);
  t.is(at({ and: [here, { or: [{ state: "a" }, { state: "b" }] }] }, "day", "id"), undefined);
  t.is(at({ live: true }, "day", "id"), undefined);
});
