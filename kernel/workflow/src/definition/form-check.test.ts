import type { FormComponent, FormProblem } from "@jinshui/contracts";
import test from "ava";
import fc from "fast-check";
import { checkForm, type FormCheck } from "./form-check.js";

type Fields = Omit<Partial<FormComponent>, "key" | "type">;
const field = (type: FormComponent["type"], fields: Fields = {}): FormComponent => ({
  type,
  key: "f",
  label: "栏",
  ...fields,
});

/** Problems of what a start form sends, as `code` or `code limit`. */
function problems(component: FormComponent, value: unknown, more: Partial<FormCheck> = {}): string[] {
  try {
    checkForm({
      form: { type: "default", id: "x", components: [component] },
      values: value === undefined ? {} : { f: value },
      present: {},
      step: "start",
      isStart: true,
      complete: true,
      ...more,
    });
    return [];
  } catch (error) {
    return (error as { details: { problems: FormProblem[] } }).details.problems.map(({ code, params }) =>
      [code, params?.["limit"]].filter((part) => part !== undefined).join(" "),
    );
  }
}

const CASES: [FormComponent, unknown[], [unknown, string][]][] = [
  [
    field("textfield"),
    ["", "字", null],
    [
      [1, "type"],
      [["a"], "type"],
      [{}, "type"],
      ["长".repeat(10_001), "too-long 10000"],
    ],
  ],
  [
    field("textarea", { validate: { minLength: 2, maxLength: 3 } }),
    ["两字", "😀😀😀"],
    [
      ["一", "too-short 2"],
      ["😀😀😀😀", "too-long 3"],
    ],
  ],
  [
    field("textfield", { validate: { pattern: "WX-\\d{4}" } }),
    ["WX-2005"],
    [
      ["WX-2005x", "pattern"],
      ["aWX-2005", "pattern"],
    ],
  ],
  [
    field("number", { validate: { min: 1, max: 5 } }),
    [1, 5, 2.5],
    [
      [0, "too-small 1"],
      [6, "too-large 5"],
      ["3", "type"],
      [Number.NaN, "type"],
      [true, "type"],
    ],
  ],
  [
    field("number", { jinshui: { type: "money" } }),
    [0, 450_000],
    [
      [0.5, "type"],
      [1e300, "type"],
    ],
  ],
  [
    field("checkbox"),
    [true, false],
    [
      ["true", "type"],
      [1, "type"],
    ],
  ],
  [
    field("select", { values: [{ value: "a", label: "甲" }] }),
    ["a"],
    [
      ["b", "option"],
      [["a"], "option"],
    ],
  ],
  [
    field("date"),
    ["2026-02-28", "2024-02-29"],
    [
      ["2026-02-30", "type"],
      ["2026-2-8", "type"],
      ["2026-13-01", "type"],
    ],
  ],
  [
    field("datetime"),
    ["2026-11-23T10:00", "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00+08:00"],
    [
      ["2026-02-30T10:00", "type"],
      ["Dec 25, 1995", "type"],
      ["2026-11-23T25:00", "type"],
      ["2026-11-23", "type"],
    ],
  ],
  [
    field("select", { jinshui: { type: "record", collection: "asset.item" } }),
    [{ id: "1", title: "机" }],
    [
      ["1", "record"],
      [{ id: "1" }, "record"],
      [{ id: 1, title: "机" }, "record"],
    ],
  ],
];

test("every kind of field takes what fits and says what does not", (t) => {
  for (const [component, good, bad] of CASES) {
    for (const value of good) t.deepEqual(problems(component, value), [], `${component.type} ${JSON.stringify(value)}`);
    for (const [value, code] of bad)
      t.deepEqual(problems(component, value), [code], `${component.type} ${JSON.stringify(value)?.slice(0, 60)}`);
  }
});

test("required means there at the end of the step, sent now or there before", (t) => {
  const required = field("textfield", { validate: { required: true } });
  t.deepEqual(problems(required, undefined), ["required"]);
  t.deepEqual(problems(required, ""), ["required"]);
  t.deepEqual(problems(required, undefined, { present: { f: "有" } }), []);
  t.deepEqual(problems(required, "", { present: { f: "有" } }), ["required"], "emptied now");
  t.deepEqual(problems(required, "", { complete: false }), [], "who sends back need not fill in");
  t.deepEqual(problems(required, undefined, { isStart: false, step: "chief" }), [], "not this step's business");
});

test("a field is written only where the step may", (t) => {
  const steps = { revise: "edit", "*": "hidden" } as const;
  const component = field("textfield", { jinshui: { steps } });
  t.deepEqual(problems(component, "x"), ["not-editable"]);
  t.deepEqual(problems(component, "x", { step: "revise", isStart: false }), []);
  t.deepEqual(problems(field("textfield"), "x", { step: "chief", isStart: false }), ["not-editable"]);
  t.deepEqual(problems(component, undefined, { values: { other: 1 } }), ["unknown-field"]);
  t.deepEqual(problems(component, undefined, { values: JSON.parse('{"__proto__": 1}') as Record<string, unknown> }), [
    "unknown-field",
  ]);
  t.deepEqual(problems({ ...component, key: "steps" }, undefined, { values: { steps: {} } }), ["unknown-field"]);
});

test("no value breaks the check: it takes it or names a problem", (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...CASES.map(([component]) => component)), fc.jsonValue(), (component, value) => {
      problems(component, value);
    }),
  );
  t.pass();
});
