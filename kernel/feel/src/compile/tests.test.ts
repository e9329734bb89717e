import test from "ava";
import { parseUnaryTests } from "../expression.js";

const passes = (text: string, input: unknown, scope: Record<string, unknown> = {}): boolean | null =>
  parseUnaryTests(text, Object.keys(scope)).evaluate(input, scope).value;

test("a dash passes everything", (t) => {
  t.true(passes("-", 1));
  t.true(passes("-", null));
});

test("values, comparisons and ranges are joined by or", (t) => {
  t.true(passes("< 18, >= 60", 17));
  t.false(passes("< 18, >= 60", 30));
  t.true(passes('"A", "B"', "B"));
  t.true(passes("[1..5], 9", 9));
  t.true(passes("null", null));
  t.false(passes('"A"', null));
  t.is(passes("> 5", null), null);
});

test("not turns the answer round", (t) => {
  t.false(passes("not(1, 2)", 1));
  t.true(passes("not(1, 2)", 3));
  t.true(passes("not(> 5)", 5));
  t.is(passes("not(> 5)", "x"), null);
});

test("a question mark is the input", (t) => {
  t.true(passes("? * 2 > 5", 3));
  t.true(passes('starts with(?, "A")', "Anna"));
  t.false(passes("not(? > 5)", 6));
  t.true(passes("? = true", true));
});

test("names in scope may be values, lists and limits", (t) => {
  t.true(passes("limit", 5, { limit: 5 }));
  t.true(passes("known codes", "B", { "known codes": ["A", "B"] }));
  t.true(passes("[low..high]", 0.15, { low: 0.1, high: 0.2 }));
  t.true(passes("flag", true, { flag: true }));
  t.false(passes("flag", false, { flag: true }));
  t.false(passes("true", false));
});

test("a list passes where it is meant as a whole or by an item", (t) => {
  t.true(passes('count(?) > 1 and list contains(?, "x")', ["x", "y"]));
  t.true(passes("[1, 2]", 2));
});
