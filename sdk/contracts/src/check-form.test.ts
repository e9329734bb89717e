import test from "ava";
import { checkFormDefinition } from "./check-form.js";
import type { FormComponent } from "./form.js";

const codes = (...components: FormComponent[]): string[] =>
  checkFormDefinition({ type: "default", id: "x", components }, (text) => text !== "1 +").map(
    ({ key, code }) => `${key} ${code}`,
  );
const number = (key: string, calculate?: string): FormComponent => ({
  type: "number",
  key,
  ...(calculate === undefined ? {} : { jinshui: { calculate } }),
});

test("a form that works has no problem", (t) => {
  t.deepEqual(
    codes({ type: "group", label: "出差" }, number("days"), number("sum", "if days > 3 then 1 else 2"), {
      type: "dynamiclist",
      key: "rows",
      components: [number("price"), number("amount", "price * days")],
    }),
    [],
  );
});

test("what can't work is named with its field", (t) => {
  t.deepEqual(
    codes(
      { type: "textfield" },
      number("a"),
      number("a"),
      { type: "select", key: "kind" },
      { type: "dynamiclist", key: "rows" },
      { type: "dynamiclist", key: "more", components: [number("kind")] },
      number("b", "1 +"),
      { type: "textfield", key: "code", validate: { pattern: "(a+)+" } },
    ),
    [
      " no-key",
      "a duplicate-key",
      "kind no-options",
      "rows no-columns",
      "more.kind duplicate-key",
      "b feel",
      "code pattern-refused",
    ],
  );
});

test("fields that need each other in a circle are named, a text that looks like one is none", (t) => {
  t.deepEqual(codes(number("a", "b"), number("b", "c + 1"), number("c", "a")), ["a circle", "b circle", "c circle"]);
  t.deepEqual(codes(number("days", "(date(b) - date(c)).days")), []);
  t.deepEqual(codes(number("a", 'if k = "a" then 1 else 2'), { type: "textfield", key: "k" }), []);
});
