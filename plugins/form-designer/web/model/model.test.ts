import type { FormComponent, FormSchema } from "@jinshui/contracts";
import test from "ava";
import { type Calculation, calculationText, readCalculation } from "./calculation.js";
import { type Condition, conditionText, readCondition } from "./condition.js";
import { formDifferences } from "./difference.js";
import { copyOf, insertAt, moveTo, removeAt, replaceAt, withExtension, withRule } from "./edits.js";
import { FIELD_KINDS, kindOf, newComponent } from "./field-kinds.js";
import { fromFormJs, toFormJs } from "./form-js.js";
import { UndoStack } from "./undo-stack.js";

const text = (key: string, more: Partial<FormComponent> = {}): FormComponent => ({
  type: "textfield",
  key,
  label: key.toUpperCase(),
  ...more,
});
const form = (...components: FormComponent[]): FormSchema => ({ type: "default", id: "x", components });
const order = ({ components }: FormSchema): string => components.map(({ key }) => key).join("");

test("every kind of field is made with what it needs and known again by its component", (t) => {
  for (const kind of FIELD_KINDS) t.is(kindOf(newComponent(kind, "字段", [])), kind);
  t.is(newComponent("text", "字段", [text("text1"), text("text2")]).key, "text3");
});

test("fields move before what stands at a place; a move to where they are is none", (t) => {
  const abc = form(text("a"), text("b"), text("c"));
  t.is(order(moveTo(abc, { index: 0 }, 3)), "bca");
  t.is(order(moveTo(abc, { index: 2 }, 0)), "cab");
  t.is(order(moveTo(abc, { index: 1 }, 0)), "bac");
  for (const to of [1, 2, -1, 4]) t.is(moveTo(abc, { index: 1 }, to), abc);
});

test("columns of a list are edited like fields of the form", (t) => {
  const list = form({ type: "dynamiclist", key: "l", components: [text("a"), text("b")] });
  const columns = ({ components: [first] }: FormSchema): string =>
    (first?.components ?? []).map(({ key }) => key).join("");
  t.is(columns(insertAt(list, { index: 0, column: 1 }, text("n"))), "anb");
  t.is(columns(replaceAt(list, { index: 0, column: 0 }, text("n"))), "nb");
  t.is(columns(removeAt(list, { index: 0, column: 0 })), "b");
  t.is(columns(moveTo(list, { index: 0, column: 0 }, 2)), "ba");
});

test("what is taken out of a field leaves nothing behind, and a copy has a key of its own", (t) => {
  const field = withRule(withExtension(text("a"), { columns: 6 }), { required: true });
  t.deepEqual(field, text("a", { jinshui: { columns: 6 }, validate: { required: true } }));
  t.deepEqual(withRule(withExtension(field, { columns: undefined }), { required: undefined }), text("a"));
  t.is(copyOf(text("a"), [text("a"), text("text1")]).key, "text2");
});

test("a hundred steps can be taken back and done again; typing is one step", (t) => {
  const stack = new UndoStack(0);
  for (let n = 1; n <= 120; n += 1) stack.change(n);
  for (let n = 0; n < 200; n += 1) stack.undo();
  t.is(stack.value, 20);
  stack.redo();
  t.is(stack.value, 21);
  stack.change(7, "label");
  stack.change(8, "label");
  t.false(stack.canRedo);
  stack.undo();
  t.is(stack.value, 21);
});

test("conditions made by menus are FEEL and come back as they were", (t) => {
  const conditions: [Condition, string][] = [
    [{ any: false, terms: [{ field: "a", operator: "=", value: '他说"and "' }] }, 'a = "他说\\"and \\""'],
    [
      {
        any: true,
        terms: [
          { field: "days", operator: ">=", value: 3 },
          { field: "kind", operator: "contains", value: "病" },
          { field: "done", operator: "=", value: true },
          { field: "b", operator: "empty", value: "" },
        ],
      },
      'days >= 3 or contains(kind, "病") or done = true or b = null',
    ],
  ];
  for (const [condition, feel] of conditions) {
    t.is(conditionText(condition), feel);
    t.deepEqual(readCondition(feel), condition);
  }
  t.is(conditionText({ any: false, terms: [] }), undefined);
  for (const foreign of ["a = 1 and b = 2 or c = 3", "not(a)", "a = 1 and ", "a"])
    t.is(readCondition(foreign), undefined);
});

test("calculations made by menus are FEEL and come back as they were", (t) => {
  const calculations: [Calculation, string][] = [
    [{ kind: "arithmetic", sign: "*", parts: ["a", "b", 0.5], digits: 2 }, "round half up(a * b * 0.5, 2)"],
    [{ kind: "arithmetic", sign: "-", parts: ["a", "b"] }, "a - b"],
    [{ kind: "sum", list: "rows", column: "amount" }, "sum(rows[amount != null].amount)"],
    [{ kind: "count", list: "rows" }, "count(rows)"],
    [{ kind: "days", from: "a", to: "b", both: true }, "(date(b) - date(a)).days + 1"],
  ];
  for (const [calculation, feel] of calculations) {
    t.is(calculationText(calculation), feel);
    t.deepEqual(readCalculation(feel), calculation);
  }
  for (const foreign of ["if a then 1 else 2", "a + b * c", "sum(rows[x != null].y)"])
    t.is(readCalculation(foreign), undefined);
});

test("what differs between versions is told by fields, and what may touch running matters is marked", (t) => {
  const before = form(text("a"), text("b"), text("c"), text("d"));
  const after = form(text("a", { label: "新名" }), text("c"), text("b"), text("e"));
  t.deepEqual(
    formDifferences(before, after).map(({ kind, label, breaking }) => [kind, label, breaking]),
    [
      ["removed", "D", true],
      ["changed", "新名", false],
      ["moved", "C", false],
      ["added", "E", false],
    ],
  );
  t.deepEqual(formDifferences(before, before), []);
});

test("one field that moves past many has moved, and the many have not", (t) => {
  const letters = ["a", "b", "c", "d", "e"].map((key) => text(key));
  const [first, ...others] = letters;
  const moved = formDifferences(form(...letters), form(...others, ...(first ? [first] : [])));
  t.deepEqual(
    moved.map(({ kind, label }) => `${kind} ${label}`),
    ["moved A"],
  );
});

test("rights, options and columns of lists are compared as well", (t) => {
  const list = (columns: FormComponent[]): FormComponent => ({
    type: "dynamiclist",
    key: "l",
    label: "行程",
    components: columns,
  });
  const before = form(text("a", { jinshui: { steps: { u: "read" } } }), list([text("x")]));
  const after = form(text("a", { jinshui: { steps: { u: "edit" } } }), list([text("x"), text("y")]));
  t.deepEqual(
    formDifferences(before, after).map(({ kind, label, part }) => [kind, label, part]),
    [
      ["changed", "A", "steps.u"],
      ["added", "行程 · Y", undefined],
    ],
  );
});

test("a form that goes out as form-js comes back as it was, but for headings", (t) => {
  const own = form(
    text("a", {
      validate: { required: true, maxLength: 20 },
      jinshui: { columns: 6, visibleIf: "b > 3", steps: { u: "read" } },
    }),
    { type: "date", key: "d", label: "日期" },
    { type: "select", key: "s", label: "选项", values: [{ value: "x", label: "甲" }] },
    { type: "dynamiclist", key: "l", label: "明细", components: [text("c")] },
  );
  const { form: out, lost } = toFormJs(own);
  t.deepEqual(lost, [{ label: "A", part: "steps" }]);
  t.like((out as { components: object[] }).components[0], {
    layout: { columns: 6 },
    conditional: { hide: "=not(b > 3)" },
  });
  t.deepEqual(fromFormJs(structuredClone(out), "x")?.form, own);
});

test("a schema of another tool comes in with its groups taken apart, and what it loses is named", (t) => {
  const read = fromFormJs(
    {
      type: "default",
      components: [
        { type: "group", label: "申请人", components: [{ type: "textfield", key: "user-name", label: "姓名" }] },
        { type: "number", key: "days", label: "天数", conditional: { hide: "=kind = 1" }, layout: { columns: 8 } },
        { type: "image", label: "图" },
        { type: "textfield", key: "days", label: "又一", validate: { pattern: "x+" } },
      ],
    },
    "x",
  );
  t.deepEqual(read?.form.components, [
    { type: "group", label: "申请人" },
    { type: "textfield", key: "field", label: "姓名" },
    { type: "number", key: "days", label: "天数", jinshui: { columns: 8, visibleIf: "not(kind = 1)" } },
    { type: "textfield", key: "days1", label: "又一" },
  ]);
  t.deepEqual(read?.lost, [
    { label: "图", part: "image" },
    { label: "又一", part: "pattern" },
  ]);
  t.is(fromFormJs({ hello: 1 }, "x"), undefined);
});
