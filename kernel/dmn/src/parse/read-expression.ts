import type { Expression, FunctionExpression, Variable } from "../model/expression.js";
import { child, children, type XmlElement } from "../xml/xml-element.js";
import { readDecisionTable } from "./read-decision-table.js";
import { readLiteral } from "./read-literal.js";
import { common, optional, readType, type Reader } from "./reader.js";

type ExpressionReader = (element: XmlElement, reader: Reader) => Expression;

const READERS: Readonly<Record<string, ExpressionReader>> = {
  literalExpression: readLiteral,
  decisionTable: readDecisionTable,
  context: readContext,
  list: (element, reader) => ({ kind: "list", items: expressionsIn(element, reader), ...common(element, reader) }),
  relation: readRelation,
  invocation: readInvocation,
  functionDefinition: readFunction,
  conditional: (element, reader) => ({
    kind: "conditional",
    condition: partOf(element, "if", reader),
    whenTrue: partOf(element, "then", reader),
    otherwise: partOf(element, "else", reader),
    ...common(element, reader),
  }),
  filter: (element, reader) => ({
    kind: "filter",
    source: partOf(element, "in", reader),
    match: partOf(element, "match", reader),
    ...common(element, reader),
  }),
  for: (element, reader) => readIterator(element, "for", "return", reader),
  every: (element, reader) => readIterator(element, "every", "satisfies", reader),
  some: (element, reader) => readIterator(element, "some", "satisfies", reader),
};

/** The first boxed expression directly inside `element`. */
export function expressionIn(element: XmlElement, reader: Reader): Expression | undefined {
  return expressionsIn(element, reader)[0];
}

function expressionsIn(element: XmlElement, reader: Reader): Expression[] {
  return element.children.flatMap((candidate) => READERS[candidate.name]?.(candidate, reader) ?? []);
}

function partOf(element: XmlElement, name: string, reader: Reader): Expression | undefined {
  const part = child(element, name);
  const expression = part && expressionIn(part, reader);
  if (!expression) reader.problem("error", `<${element.name}> has no expression in <${name}>`, element);
  return expression;
}

/** Reads `<variable>`, `<formalParameter>`, `<parameter>` or `<column>`. */
export function readVariable(element: XmlElement, reader: Reader): Variable {
  return { name: element.attributes["name"]?.trim() ?? "", ...optional("type", readType(element, reader)) };
}

function readContext(element: XmlElement, reader: Reader): Expression {
  const entries = children(element, "contextEntry").map((entry) => {
    const variable = child(entry, "variable");
    return {
      ...optional("variable", variable && readVariable(variable, reader)),
      value: expressionIn(entry, reader),
    };
  });
  return { kind: "context", entries, ...common(element, reader) };
}

function readRelation(element: XmlElement, reader: Reader): Expression {
  const columns = children(element, "column").map((column) => readVariable(column, reader));
  const rows = children(element, "row").map((row) => expressionsIn(row, reader));
  return { kind: "relation", columns, rows, ...common(element, reader) };
}

function readInvocation(element: XmlElement, reader: Reader): Expression {
  const bindings = children(element, "binding").map((binding) => {
    const parameter = child(binding, "parameter");
    return {
      parameter: parameter ? readVariable(parameter, reader) : { name: "" },
      value: expressionIn(binding, reader),
    };
  });
  const callee = expressionIn(element, reader);
  if (!callee) reader.problem("error", "the invocation names no function", element);
  return { kind: "invocation", callee, bindings, ...common(element, reader) };
}

/** Reads `<functionDefinition>` or `<encapsulatedLogic>`. */
export function readFunction(element: XmlElement, reader: Reader): FunctionExpression {
  const language = element.attributes["kind"];
  return {
    kind: "function",
    language: language === "Java" || language === "PMML" ? language : "FEEL",
    parameters: children(element, "formalParameter").map((parameter) => readVariable(parameter, reader)),
    body: expressionIn(element, reader),
    ...common(element, reader),
  };
}

function readIterator(
  element: XmlElement,
  kind: "for" | "every" | "some",
  body: "return" | "satisfies",
  reader: Reader,
): Expression {
  const variable = element.attributes["iteratorVariable"]?.trim() ?? "";
  if (variable === "") reader.problem("error", `<${kind}> has no iteratorVariable`, element);
  return {
    kind,
    variable,
    source: partOf(element, "in", reader),
    body: partOf(element, body, reader),
    ...common(element, reader),
  };
}
