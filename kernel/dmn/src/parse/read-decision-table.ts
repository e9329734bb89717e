import type {
  Aggregation,
  DecisionTable,
  HitPolicy,
  InputClause,
  OutputClause,
  Rule,
} from "../model/decision-table.js";
import { child, children, childText, type XmlElement } from "../xml/xml-element.js";
import { readLiteral } from "./read-literal.js";
import { optional, readType, type Reader } from "./reader.js";

const HIT_POLICIES: readonly HitPolicy[] = [
  "UNIQUE",
  "FIRST",
  "PRIORITY",
  "ANY",
  "COLLECT",
  "RULE ORDER",
  "OUTPUT ORDER",
];
const AGGREGATIONS: readonly Aggregation[] = ["SUM", "COUNT", "MIN", "MAX"];

/** Reads `<decisionTable>`, and reports rules that do not fit its columns. */
export function readDecisionTable(element: XmlElement, reader: Reader): DecisionTable {
  const inputs = children(element, "input").map((input) => readInput(input, reader));
  const outputs = children(element, "output").map((output) => readOutput(output, reader));
  if (outputs.length === 0) reader.problem("error", "the decision table has no output", element);
  for (const output of outputs.length > 1 ? children(element, "output") : []) {
    if (!output.attributes["name"]) reader.problem("error", "an output among several needs a name", output);
  }
  const rules = children(element, "rule").map((rule) => readRule(rule, reader));
  for (const [index, rule] of children(element, "rule").entries()) {
    const read = rules[index];
    if (read && (read.tests.length !== inputs.length || read.outputs.length !== outputs.length)) {
      reader.problem("error", `rule ${index + 1} does not have one entry for each column`, rule);
    }
  }
  return {
    kind: "table",
    hitPolicy: readHitPolicy(element, reader),
    ...optional("aggregation", readAggregation(element, reader)),
    inputs,
    outputs,
    rules,
    ...optional("type", readType(element, reader)),
    line: element.line,
  };
}

function readHitPolicy(element: XmlElement, reader: Reader): HitPolicy {
  const written = element.attributes["hitPolicy"] ?? "UNIQUE";
  const policy = HIT_POLICIES.find((candidate) => candidate === written);
  if (!policy) reader.problem("error", `there is no hit policy "${written}"`, element);
  return policy ?? "UNIQUE";
}

function readAggregation(element: XmlElement, reader: Reader): Aggregation | undefined {
  const written = element.attributes["aggregation"];
  const aggregation = AGGREGATIONS.find((candidate) => candidate === written);
  if (written && !aggregation) reader.problem("error", `there is no aggregation "${written}"`, element);
  return aggregation;
}

function readInput(element: XmlElement, reader: Reader): InputClause {
  const expression = child(element, "inputExpression");
  return {
    expression: expression && readLiteral(expression, reader),
    ...optional("allowedValues", unaryTests(element, "inputValues")),
    line: element.line,
  };
}

function readOutput(element: XmlElement, reader: Reader): OutputClause {
  const defaultEntry = child(element, "defaultOutputEntry");
  const name = element.attributes["name"]?.trim();
  return {
    ...optional("name", name === "" ? undefined : name),
    ...optional("type", readType(element, reader)),
    ...optional("allowedValues", unaryTests(element, "outputValues")),
    ...optional("defaultValue", defaultEntry && readLiteral(defaultEntry, reader)),
    line: element.line,
  };
}

function readRule(element: XmlElement, reader: Reader): Rule {
  return {
    tests: children(element, "inputEntry").map((entry) => childText(entry, "text") ?? ""),
    outputs: children(element, "outputEntry").map((entry) => readLiteral(entry, reader)),
    line: element.line,
  };
}

function unaryTests(element: XmlElement, name: string): string | undefined {
  const holder = child(element, name);
  const text = holder && childText(holder, "text");
  return text === "" ? undefined : text;
}
