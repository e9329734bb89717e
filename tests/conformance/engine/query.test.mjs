import test from "ava";
import { Query } from "./query.mjs";
import { Unsupported } from "./values.mjs";

const rows = [
  { id: "1", name: "Pay", priority: 50, values: { amount: 3 } },
  { id: "2", name: "Check", priority: 70, values: { amount: 5 } },
];
const query = () =>
  new Query({ rows: () => [...rows], properties: ["id", "name", "priority"], names: { taskName: "name" } });
const ids = (found) => found.invoke("list", []).map(({ id }) => id);

test("a filter keeps the rows whose property is the value", (t) => {
  t.deepEqual(ids(query().invoke("taskName", ["Pay"])), ["1"]);
  t.deepEqual(ids(query().invoke("taskNameLike", ["C%"])), ["2"]);
});

test("the same filter given again replaces the first", (t) => {
  t.deepEqual(ids(query().invoke("taskName", ["Pay"]).invoke("taskName", ["Check"])), ["2"]);
});

test("rows are in the order that is asked for", (t) => {
  t.deepEqual(ids(query().invoke("orderByTaskName", []).invoke("asc", [])), ["2", "1"]);
});

test("either side of an or is enough", (t) => {
  const found = query().invoke("or", []).invoke("taskName", ["Pay"]).invoke("priority", [70]).invoke("endOr", []);
  t.is(found.invoke("count", []), 2);
});

test("variables are compared by name and value", (t) => {
  t.deepEqual(ids(query().invoke("variableValueGreaterThan", ["amount", 3])), ["2"]);
});

test("a single result is nothing for no row and an error for several", (t) => {
  t.is(query().invoke("taskName", ["Other"]).invoke("singleResult", []), null);
  t.throws(() => query().invoke("singleResult", []), { message: /2 results/ });
});

test("an unknown filter is unsupported", (t) => {
  t.throws(() => query().invoke("colour", ["red"]), { instanceOf: Unsupported });
});
