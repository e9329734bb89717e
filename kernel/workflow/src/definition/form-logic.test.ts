import type { FormComponent, FormProblem } from "@jinshui/contracts";
import test from "ava";
import { checkForm, type FormCheck } from "./form-check.js";

const text = (key: string, jinshui: FormComponent["jinshui"] = {}): FormComponent => ({
  type: "textfield",
  key,
  label: key,
  jinshui,
});
const money = (key: string, jinshui: FormComponent["jinshui"] = {}): FormComponent => ({
  type: "number",
  key,
  label: key,
  jinshui: { type: "money", ...jinshui },
});

/** What the step keeps, or the problems as `key code`. */
function outcome(
  components: FormComponent[],
  values: Record<string, unknown>,
  more: Partial<FormCheck> = {},
): Record<string, unknown> | string[] {
  try {
    return checkForm({
      form: { type: "default", id: "x", components },
      values,
      present: {},
      step: "start",
      isStart: true,
      complete: true,
      ...more,
    });
  } catch (error) {
    return (error as { details: { problems: FormProblem[] } }).details.problems.map(
      ({ key, code }) => `${key} ${code}`,
    );
  }
}

const TRAVEL: FormComponent[] = [
  {
    type: "dynamiclist",
    key: "trips",
    label: "行程",
    components: [
      { ...text("place"), validate: { required: true } },
      money("price"),
      { type: "number", key: "nights", label: "晚数" },
      money("amount", { calculate: "price * nights", subtotal: true }),
    ],
    validate: { min: 1, max: 3 },
    jinshui: {},
  },
  money("total", { calculate: "sum(trips[amount != null].amount)" }),
  text("reason", { visibleIf: "total > 100000", requiredIf: "total > 100000" }),
];
const trips = [
  { place: "合肥", price: 30_000, nights: 2, amount: 60_000 },
  { place: "安庆", price: 20_000, nights: 1 },
];

test("the kernel works out what is calculated, in rows and over them, sent or not", (t) => {
  const kept = outcome(TRAVEL, { trips }) as Record<string, unknown>;
  t.is(kept["total"], 80_000);
  t.deepEqual(
    (kept["trips"] as { amount: number }[]).map(({ amount }) => amount),
    [60_000, 20_000],
  );
  t.is((outcome(TRAVEL, { trips, total: 80_000 }) as Record<string, unknown>)["total"], 80_000);
});

test("a calculated value that was tampered with is refused, in the form as in a row", (t) => {
  t.deepEqual(outcome(TRAVEL, { trips, total: 8 }), ["total calculated"]);
  const [first, second] = trips;
  t.deepEqual(outcome(TRAVEL, { trips: [{ ...first, amount: 1 }, second] }), ["trips.0.amount calculated"]);
});

test("cells and the number of rows are checked, each named by its place", (t) => {
  t.deepEqual(outcome(TRAVEL, { trips: [{ price: 1.5, nights: 1, other: 1 }] }), [
    "trips.0.other unknown-field",
    "trips.0.place required",
    "trips.0.price type",
  ]);
  t.deepEqual(outcome(TRAVEL, { trips: Array.from({ length: 4 }, () => ({ place: "合肥" })) }), [
    "trips too-many-rows",
  ]);
  t.deepEqual(outcome(TRAVEL, { trips: "none" }), ["trips type"]);
});

test("a required field is asked for only while its condition shows it", (t) => {
  t.false(Array.isArray(outcome(TRAVEL, { trips })));
  const dear = [{ place: "北京", price: 60_000, nights: 2 }];
  t.deepEqual(outcome(TRAVEL, { trips: dear }), ["reason required"]);
  t.is((outcome(TRAVEL, { trips: dear, reason: "会议" }) as Record<string, unknown>)["reason"], "会议");
});

test("a value for a field that a condition hides is refused, and one from before goes", (t) => {
  t.deepEqual(outcome(TRAVEL, { trips, reason: "不该在" }), ["reason not-editable"]);
  t.is((outcome(TRAVEL, { trips }, { present: { reason: "旧" } }) as Record<string, unknown>)["reason"], null);
});

test("a field that a condition locks keeps what it has", (t) => {
  const form = [text("kind"), text("note", { readonlyIf: 'kind = "定稿"' })];
  t.deepEqual(outcome(form, { kind: "定稿", note: "改" }, { present: { note: "原" } }), ["note not-editable"]);
  t.deepEqual(outcome(form, { kind: "草稿", note: "改" }, { present: { note: "原" } }), { kind: "草稿", note: "改" });
});

test("conditions in a chain settle whatever order the fields stand in", (t) => {
  const form = [text("c", { visibleIf: "b = 1" }), text("b", { calculate: "a + 1" }), text("a", { calculate: "0" })];
  t.deepEqual(outcome(form, { c: "在" }), { c: "在", b: 1, a: 0 });
});

test("fields that need each other in a circle end nothing but themselves", (t) => {
  const form = [text("a", { calculate: "if b = null then 1 else b + 1" }), text("b", { calculate: "a" }), text("c")];
  t.is((outcome(form, { c: "在" }) as Record<string, unknown>)["c"], "在");
});

test("a default that nobody changed is kept, so that what is calculated from it holds later", (t) => {
  const form: FormComponent[] = [
    { type: "number", key: "days", defaultValue: 2 },
    { type: "number", key: "twice", jinshui: { calculate: "days * 2" } },
  ];
  t.deepEqual(outcome(form, {}), { days: 2, twice: 4 });
});

test("an opinion is required anew at each step that has to give one", (t) => {
  const form = [text("opinions", { type: "opinion", steps: { "*": "required" } })];
  const present = { opinions: [{ text: "同意", by: "钱立", step: "first", at: "2026-11-28T10:00:00+08:00" }] };
  t.deepEqual(outcome(form, {}, { present, isStart: false, step: "second" }), ["opinions required"]);
});

test("a form of 200 fields that depend on one another is checked as it stands", (t) => {
  const form = Array.from({ length: 200 }, (_, index): FormComponent =>
    index === 0
      ? { type: "number", key: "f0" }
      : { type: "number", key: `f${index}`, jinshui: { calculate: `f${index - 1} + 1` } },
  );
  t.is((outcome(form, { f0: 1 }) as Record<string, unknown>)["f199"], 200);
});
