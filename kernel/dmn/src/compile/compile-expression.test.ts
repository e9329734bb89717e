import test from "ava";
import { decision, literal, valueOf } from "../testing/models.js";

const cases: [title: string, logic: string, expected: unknown][] = [
  ["a boxed list", `<list>${literal("1")}${literal("1 + 1")}</list>`, [1, 2]],
  [
    "a boxed context whose entries see the ones above",
    `<context><contextEntry><variable name="net amount"/>${literal("100")}</contextEntry>
     <contextEntry><variable name="tax"/>${literal("net amount * 0.13")}</contextEntry></context>`,
    { "net amount": 100, tax: 13 },
  ],
  [
    "a boxed context with a result",
    `<context><contextEntry><variable name="a"/>${literal("2")}</contextEntry><contextEntry>${literal("a * a")}</contextEntry></context>`,
    4,
  ],
  [
    "a relation",
    `<relation><column name="a"/><column name="b"/><row>${literal("1")}${literal('"x"')}</row></relation>`,
    [{ a: 1, b: "x" }],
  ],
  [
    "a conditional",
    `<conditional><if>${literal("1 > 2")}</if><then>${literal('"yes"')}</then><else>${literal('"no"')}</else></conditional>`,
    "no",
  ],
  [
    "a filter, which sees the members of its items",
    `<filter><in>${literal("[{a: 1}, {a: 2}, {a: 3}]")}</in><match>${literal("a > 1 and item.a < 3")}</match></filter>`,
    [{ a: 2 }],
  ],
  [
    "a filter of plain values",
    `<filter><in>${literal("[1, 2, 3]")}</in><match>${literal("item > 2")}</match></filter>`,
    [3],
  ],
  [
    "for, which sees what came before",
    `<for iteratorVariable="i"><in>${literal("1..4")}</in><return>${literal("if i = 1 then 1 else i * partial[-1]")}</return></for>`,
    [1, 2, 6, 24],
  ],
  [
    "every",
    `<every iteratorVariable="i"><in>${literal("[1, 2]")}</in><satisfies>${literal("i > 1")}</satisfies></every>`,
    false,
  ],
  [
    "some",
    `<some iteratorVariable="i"><in>${literal("[1, 2]")}</in><satisfies>${literal("i > 1")}</satisfies></some>`,
    true,
  ],
  [
    "some is null when what it tests is neither true nor false",
    `<some iteratorVariable="i"><in>${literal("[1, 2]")}</in><satisfies>${literal("i")}</satisfies></some>`,
    null,
  ],
  [
    "a function that is called in FEEL",
    `<context><contextEntry><variable name="twice"/><functionDefinition><formalParameter name="n" typeRef="number"/>${literal("n * 2")}</functionDefinition></contextEntry>
     <contextEntry>${literal('[twice(4), twice("4")]')}</contextEntry></context>`,
    [8, null],
  ],
  [
    "an invocation",
    `<context><contextEntry><variable name="less"/>${literal("function(a, b) a - b")}</contextEntry><contextEntry>
     <invocation>${literal("less")}<binding><parameter name="b"/>${literal("1")}</binding><binding><parameter name="a"/>${literal("9")}</binding></invocation>
     </contextEntry></context>`,
    8,
  ],
  ["a Java function", `<invocation><functionDefinition kind="Java"/></invocation>`, null],
  ["an expression in another language", `<literalExpression expressionLanguage="http://x/js"/>`, null],
];

for (const [title, logic, expected] of cases) {
  test(`evaluates ${title}`, (t) => {
    const warned = title.startsWith("an expression in another");
    if (warned) t.throws(() => valueOf(decision(logic), "d"), { message: /not evaluated/ });
    else t.deepEqual(valueOf(decision(logic), "d"), expected);
  });
}
