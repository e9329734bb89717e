import test from "ava";
import { decision, valueOf } from "../testing/models.js";

interface Table {
  readonly policy: string;
  readonly values?: string;
  readonly fallback?: string;
}

/** Rules: 1 for x over 1, 2 for x over 2, and so on; texts as given. */
function table({ policy, values, fallback }: Table, outputs: readonly string[]): string {
  const rules = outputs.map(
    (output, index) =>
      `<rule><inputEntry><text>&gt; ${index + 1}</text></inputEntry><outputEntry><text>${output}</text></outputEntry></rule>`,
  );
  const allowed = values === undefined ? "" : `<outputValues><text>${values}</text></outputValues>`;
  const other = fallback === undefined ? "" : `<defaultOutputEntry><text>${fallback}</text></defaultOutputEntry>`;
  return decision(
    `<decisionTable ${policy}><input><inputExpression><text>x</text></inputExpression></input>
     <output>${allowed}${other}</output>${rules.join("")}</decisionTable>`,
    ["x"],
  );
}

const ORDER = '"high", "middle", "low"';
const LEVELS = ['"low"', '"high"', '"middle"'];

const cases: [title: string, table: Table, outputs: string[], x: number, expected: unknown][] = [
  ["UNIQUE gives the only hit", { policy: "" }, ["1", "2"], 2, 1],
  ["UNIQUE is null when two rules hold", { policy: "" }, ["1", "2"], 3, null],
  ["the default output stands in when no rule holds", { policy: "", fallback: "7" }, ["1"], 0, 7],
  ["FIRST gives the first hit", { policy: 'hitPolicy="FIRST"' }, ["1", "2"], 3, 1],
  ["ANY gives the common output", { policy: 'hitPolicy="ANY"' }, ["1", "1"], 3, 1],
  ["ANY is null when outputs differ", { policy: 'hitPolicy="ANY"' }, ["1", "2"], 3, null],
  ["PRIORITY gives the highest output", { policy: 'hitPolicy="PRIORITY"', values: ORDER }, LEVELS, 4, "high"],
  ["PRIORITY knows ranges", { policy: 'hitPolicy="PRIORITY"', values: "[5..9], 1" }, ["1", "7"], 4, 7],
  [
    "OUTPUT ORDER sorts by the allowed values",
    { policy: 'hitPolicy="OUTPUT ORDER"', values: ORDER },
    LEVELS,
    4,
    ["high", "middle", "low"],
  ],
  ["RULE ORDER keeps the order of rules", { policy: 'hitPolicy="RULE ORDER"' }, ["3", "1"], 3, [3, 1]],
  ["COLLECT gives every hit", { policy: 'hitPolicy="COLLECT"' }, ["3", "1"], 3, [3, 1]],
  ["COLLECT without a hit is an empty list", { policy: 'hitPolicy="COLLECT"' }, ["3"], 0, []],
  ["COLLECT SUM adds exactly", { policy: 'hitPolicy="COLLECT" aggregation="SUM"' }, ["0.1", "0.2"], 3, 0.3],
  ["COLLECT MIN gives the least", { policy: 'hitPolicy="COLLECT" aggregation="MIN"' }, ["3", "1"], 3, 1],
  ["COLLECT MAX gives the greatest", { policy: 'hitPolicy="COLLECT" aggregation="MAX"' }, ["3", "1"], 3, 3],
  ["COLLECT COUNT counts the hits", { policy: 'hitPolicy="COLLECT" aggregation="COUNT"' }, ["3", "3"], 3, 2],
  ["COLLECT COUNT without a hit is zero", { policy: 'hitPolicy="COLLECT" aggregation="COUNT"' }, ["3"], 0, 0],
  ["an output that is not allowed is null", { policy: "", values: ORDER }, ['"lowest"'], 2, null],
];

for (const [title, shape, outputs, x, expected] of cases) {
  test(title, (t) => {
    t.deepEqual(valueOf(table(shape, outputs), "d", { x }), expected);
  });
}

test("several outputs become a context; PRIORITY looks at the first column first", (t) => {
  const content = decision(
    `<decisionTable hitPolicy="PRIORITY">
      <input><inputExpression><text>x</text></inputExpression><inputValues><text>[0..9]</text></inputValues></input>
      <output name="a"><outputValues><text>1, 2</text></outputValues></output>
      <output name="b"><outputValues><text>"p", "q"</text></outputValues></output>
      <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>2</text></outputEntry><outputEntry><text>"p"</text></outputEntry></rule>
      <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry><outputEntry><text>"q"</text></outputEntry></rule>
      <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry><outputEntry><text>"p"</text></outputEntry></rule>
    </decisionTable>`,
    ["x"],
  );
  t.deepEqual(valueOf(content, "d", { x: 5 }), { a: 1, b: "p" });
  t.is(valueOf(content, "d", { x: 10 }), null, "the input is none of its allowed values");
});

test("PRIORITY takes the order of the output's type when the column says none", (t) => {
  const content = `<itemDefinition name="tLevel"><typeRef>string</typeRef><allowedValues><text>${ORDER}</text></allowedValues></itemDefinition>
    ${decision(`<decisionTable hitPolicy="PRIORITY"><output typeRef="tLevel"/>
      <rule><outputEntry><text>"low"</text></outputEntry></rule>
      <rule><outputEntry><text>"high"</text></outputEntry></rule></decisionTable>`)}`;
  t.is(valueOf(content, "d"), "high");
});
