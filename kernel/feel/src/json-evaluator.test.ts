import test from "ava";
import { jsonEvaluator } from "./json-evaluator.js";

test("An evaluator over JSON gives JSON, exact to the last digit", (t) => {
  const evaluate = jsonEvaluator();
  t.is(evaluate("a + b", { a: 0.1, b: 0.2 }), 0.3);
  t.is(evaluate("(date(to) - date(from)).days + 1", { from: "2026-02-27", to: "2026-03-02" }), 4);
  t.is(
    evaluate("sum(rows[amount != null].amount)", { rows: [{ amount: 1200 }, { amount: null }, { amount: 5 }] }),
    1205,
  );
  t.is(evaluate('kind = "病假" and days >= 3', { kind: "病假", days: 3 }), true);
});

test("What is no FEEL, has no value, or takes too much is null, again and again", (t) => {
  const evaluate = jsonEvaluator();
  for (const text of ["1 +", "missing + 1", "sum(for i in 1..100000000 return i)"])
    t.deepEqual([evaluate(text, {}), evaluate(text, {})], [null, null]);
});
