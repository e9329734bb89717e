import test from "ava";
import fc from "fast-check";
import { parseExpression } from "../expression.js";
import { FeelContext } from "./context.js";
import { equals } from "./equality.js";
import { fromJson, toJson } from "./json.js";

const json = (text: string): unknown => toJson(parseExpression(text).evaluate().value);

test("a number that a JavaScript number holds is one, any other is its digits", (t) => {
  t.is(json("0.1 + 0.2"), 0.3);
  t.is(json("9007199254740993"), "9007199254740993");
  t.is(json("1 / 3"), "0.3333333333333333333333333333333333");
});

test("dates, times and durations are ISO 8601, functions are null", (t) => {
  t.deepEqual(json('[@"2024-01-01", @"10:00:00Z", @"P1Y", [1..2], abs]'), [
    "2024-01-01",
    "10:00:00Z",
    "P1Y",
    "[1..2]",
    null,
  ]);
});

test("plain JSON comes back as it went in", (t) => {
  const value = fc
    .jsonValue({ noUnicodeString: false })
    .filter((sample) => !JSON.stringify(sample).includes("__proto__"));
  fc.assert(
    fc.property(value, (sample) => {
      t.deepEqual(JSON.stringify(toJson(fromJson(sample))), JSON.stringify(JSON.parse(JSON.stringify(sample))));
      return equals(fromJson(sample), fromJson(sample)) === true;
    }),
    { numRuns: 300 },
  );
});

test("a context gives FEEL values for the JSON it was made of", (t) => {
  const context = FeelContext.of({ rate: 0.1, list: [0.2] });
  t.is(typeof context.get("rate"), "object");
  t.is(context.get("list"), context.get("list"));
  t.is(context.get("toString"), undefined);
});
