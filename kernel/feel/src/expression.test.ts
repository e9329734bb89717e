import test from "ava";
import fc from "fast-check";
import {
  FeelContext,
  FeelFunction,
  FeelLimitError,
  FeelProblem,
  FeelSyntaxError,
  parseExpression,
  parseUnaryTests,
  type FeelLimits,
} from "./index.js";
import { gives, textOf } from "./testing.js";

test("tenths are exact", (t) => {
  gives(t, {
    "0.1 + 0.2 = 0.3": "true",
    "12345678901234567890 + 1": "12345678901234567891",
    "1 / 3": "0.3333333333333333333333333333333333",
    "2 / 3 * 3": "2",
    "1.10 * 1.10": "1.21",
    "2 ** 0.5 ** 2 > 1.41": "true",
    "10 ** 40": "10000000000000000000000000000000000000000",
    "2 ** -2": "0.25",
    "(-2) ** 3": "-8",
    "(-1) ** (10 ** 20 + 1)": "-1",
    "1 / 0": "null",
    "10 ** 7000": "null",
    "-(-3)": "3",
    ".5 + 1.5e1": "15.5",
  });
});

test("null and what is no boolean leave and, or and not undecided, unless the other side decides", (t) => {
  gives(t, {
    "true and null": "null",
    "false and null": "false",
    "null or true": "true",
    "null or false": "null",
    '"x" or false': "null",
    "not(null)": "null",
    "not(1 = 1)": "false",
  });
});

test("values of different types are neither equal nor ordered", (t) => {
  gives(t, {
    '1 = "1"': "null",
    '1 < "2"': "null",
    "null = null": "true",
    "1 = null": "false",
    "1 != null": "true",
    "[1, 2] = [1, 2.0]": "true",
    "[1] = [1, 2]": "false",
    "{a: 1, b: [2]} = {b: [2], a: 1}": "true",
    '"a" < "b"': "true",
    "[1..3] = [1..3]": "true",
    "[1..3] = [1..3)": "false",
  });
});

test("names may have spaces and special characters, with or without spaces around these", (t) => {
  const scope = { "monthly income": 10, "a+b": 5, "Applicant's share": 2, 收入: 7, a: 1, b: 3 };
  gives(t, { "monthly income * 2": "20", "a+b": "5", "a + b": "5", "Applicant's share": "2", "收入 - 1": "6" }, scope);
  t.is(textOf("{foo bar: 1, sum: foo bar + 1}.sum"), "2");
  t.is(textOf("loan.monthly-rate + 1", { loan: { "monthly-rate": 4 } }, {}, ["loan", "monthly-rate"]), "5");
});

test("a path reaches into contexts, every item of a list, and the parts of dates, durations and ranges", (t) => {
  gives(
    t,
    {
      "order.lines.price": "[1.5, 2]",
      "order.missing": "null",
      "null.anything": "null",
      'date("2024-02-29").weekday': "4",
      '@"P1DT2H".hours': "2",
      '@"P1Y2M".months': "2",
      "[1..5).end": "5",
      "[1..5).end included": "false",
      '@"10:30:00+08:00".time offset': "PT8H",
      '@"2024-01-01T10:00:00@Asia/Shanghai".timezone': "Asia/Shanghai",
      '@"2024-01-01T10:00:01.5".second': "1.5",
    },
    { order: { lines: [{ price: 1.5 }, { price: 2 }] } },
  );
});

test("a filter picks by position or by condition, and sees the members of each item", (t) => {
  const scope = {
    list: [10, 20, 30],
    people: [
      { name: "A", age: 20 },
      { name: "B", age: 40 },
    ],
    i: 2,
  };
  gives(
    t,
    {
      "list[1]": "10",
      "list[-1]": "30",
      "list[4]": "null",
      "list[i]": "20",
      "list[item > 10]": "[20, 30]",
      "people[age > 30].name": '["B"]',
      "people[item.age > 30][1].name": "B",
      "5[1]": "5",
      "5[item > 9]": "[]",
      "[][1]": "null",
    },
    scope,
  );
});

test("for, some and every run over lists, ranges and several variables", (t) => {
  gives(t, {
    "for i in 1..3 return i * i": "[1, 4, 9]",
    "for i in 3..1 return i": "[3, 2, 1]",
    "for i in [1, 2], j in [i, 10] return i * j": "[1, 10, 4, 20]",
    "for i in 0..4 return if i = 0 then 1 else i * partial[-1]": "[1, 1, 2, 6, 24]",
    'for d in @"2024-02-28"..@"2024-03-01" return d.day': "[28, 29, 1]",
    "for i in (1..4) return i": "[2, 3]",
    "some x in [1, 2], y in [2, 3] satisfies x = y": "true",
    "every x in [1, 2] satisfies x < 2": "false",
    "every x in [] satisfies x < 2": "true",
    "some x in [1, null] satisfies x > 5": "null",
  });
});

test("in and between compare with values, lists, ranges and comparisons", (t) => {
  gives(t, {
    "5 in [1..5]": "true",
    "5 in [1..5)": "false",
    "5 in (< 3, > 4)": "true",
    "5 in (1, 5)": "true",
    "5 in [1, [4..6]]": "true",
    "5 in > 4": "true",
    "5 in (? > 4)": "true",
    "5 between 1 and 5": "true",
    "null between 1 and 5": "null",
    "5 between 10 and null": "false",
    "5 between 1 and null": "null",
    "(> 4).start": "4",
    "[5..null) = (>= 5)": "true",
    "5 in (1..missing)": "null",
  });
});

test("instance of knows the types of FEEL", (t) => {
  gives(t, {
    "1 instance of number": "true",
    '"a" instance of number': "false",
    "[1, 2] instance of list<number>": "true",
    '[1, "a"] instance of list<number>': "false",
    '{a: 1, b: "x"} instance of context<a: number>': "true",
    '@"P1D" instance of days and time duration': "true",
    '@"2024-01-01T00:00:00" instance of date and time': "true",
    "(function(a: number) a) instance of function<number> -> number": "true",
    "null instance of string": "false",
    "1 instance of nonsense": "null",
    "[1..5] instance of range<number>": "true",
    '["a".."b"] instance of range<number>': "false",
    "[1..5] instance of list<number>": "false",
  });
});

test("functions take arguments by place and by name, and remember where they were made", (t) => {
  gives(t, {
    "(function(a, b) a - b)(5, 3)": "2",
    "(function(a, b) a - b)(b: 5, a: 3)": "-2",
    "(function(a) a)(1, 2)": "null",
    '(function(a: number) a)("x")': "null",
    "(function(a: number) a)([7])": "7",
    "{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(20)}.r": "2432902008176640000",
    '(function(a) external {java: {class: "x"}})(1)': "null",
    'substring(string: "abc", start position: 2)': "bc",
    "unknown(1)": "null",
  });
});

test("the caller may offer functions, values and contexts of its own", (t) => {
  const double = new FeelFunction(["n"], ([n]) => (typeof n === "number" ? n * 2 : null));
  t.is(textOf("double(n: 4) + 1", {}, { functions: { double } }), "9");
  t.is(textOf("twice(4)", FeelContext.of({ twice: double })), "8");
  const rate = new FeelFunction([], () => 0.1);
  t.is(textOf("rate() + 0.2 = 0.3", {}, { functions: { rate } }), "true");
  const refuse = new FeelFunction([], () => {
    throw new FeelProblem("not today");
  });
  t.is(parseExpression("refuse()").evaluate({ refuse }).warnings[0]?.message, "refuse: not today");
  t.is(textOf("constructor", {}), "null");
});

test("strings have escapes", (t) => {
  t.is(textOf(String.raw`"a\n\"b\"\u4e2d\U01F40E\\n"`), 'a\n"b"中🐎\\n');
  t.is(textOf(String.raw`string length("\U01F40E")`), "1");
});

test("a warning says why a value is null, and where", (t) => {
  const { value, warnings } = parseExpression('1 + abs("x")').evaluate();
  t.is(value, null);
  t.is(warnings[0]?.message, "abs: string where a number is needed");
  t.is(warnings[0]?.from, 4);
  t.is(parseExpression("missing").evaluate().warnings[0]?.message, "nothing is named missing");
});

test("text that is no FEEL is refused with its place", (t) => {
  const error = t.throws(() => parseExpression("1 +\n  * 2"), { instanceOf: FeelSyntaxError });
  t.deepEqual([error.line, error.column, error.position], [2, 3, 6]);
  t.is(error.message, 'unexpected "*" at line 2, column 3');
  t.throws(() => parseExpression(""), { instanceOf: FeelSyntaxError, message: /empty expression/ });
  t.throws(() => parseExpression("1".repeat(20_000)), { instanceOf: FeelSyntaxError });
  t.throws(() => parseExpression(`${"(".repeat(500)}1${")".repeat(500)}`), { instanceOf: FeelSyntaxError });
});

test("an expression that asks for too much is stopped", (t) => {
  const stopped = (text: string, limit: keyof FeelLimits, limits: Partial<FeelLimits> = {}): void => {
    const error = t.throws(() => parseExpression(text).evaluate({}, { limits }), { instanceOf: FeelLimitError }, text);
    t.is(error.limit, limit, text);
  };
  stopped("for i in 1..1000000000000 return i", "listSize");
  stopped("for i in 1..2000, j in 1..2000 return null", "listSize");
  stopped("some i in 1..5000, j in 1..5000 satisfies false", "steps");
  stopped("{f: function(n) f(n + 1), r: f(0)}.r", "depth");
  stopped('(for i in 1..20 return if i = 1 then "abc" else partial[-1] + partial[-1])[-1]', "stringLength", {
    stringLength: 10_000,
  });
  const doubled = "(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])[-1]";
  stopped(`string(${doubled})`, "stringLength");
  stopped(`${doubled} = ${doubled}`, "steps");
  stopped(`flatten(${doubled})`, "listSize");
  stopped(`matches("${"a".repeat(40)}b", "^(a+)+$")`, "steps");
  stopped(`matches("${"a".repeat(40)}b", "^(a|aa)+$")`, "steps");
});

test("parsers end on any text, with a syntax error if with any", (t) => {
  const words = `( ) [ ] { } . , : + - * / < > = " ? @ 0 1 9 a b ' for in if not null .. function some`.split(" ");
  const pieces = fc.constantFrom(...words, " ", "\n", "for ", " in ");
  const anything = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(anything, (text) => {
      for (const parse of [parseExpression, parseUnaryTests]) {
        try {
          parse(text, ["a b", "a+b"]).evaluate({ a: 1, b: [1] }, { a: 1 });
        } catch (error) {
          if (!(error instanceof FeelSyntaxError || error instanceof FeelLimitError)) throw error;
        }
      }
    }),
    { numRuns: 1000 },
  );
  t.pass();
});
