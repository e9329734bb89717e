import { FeelContext, parseExpression, type FeelValue } from "@jinshui/feel";
import type { ContextExpression, Expression, IteratorExpression, RelationExpression } from "../model/expression.js";
import { compileText, typed, type Compilation } from "./compilation.js";
import { compileDecisionTable } from "./compile-decision-table.js";
import { compileFunction, compileInvocation, ofOneArgument } from "./compile-function.js";
import type { Evaluation, Scope, Step } from "./evaluation.js";

/** Compiles a boxed expression that sees those names. A missing one is null. */
export function compileExpression(
  expression: Expression | undefined,
  names: readonly string[],
  compilation: Compilation,
): Step {
  if (expression === undefined) return () => null;
  return typed(compileUntyped(expression, names, compilation), expression.type, expression.line, compilation);
}

function compileUntyped(expression: Expression, names: readonly string[], compilation: Compilation): Step {
  const compile = (part: Expression | undefined) => compileExpression(part, names, compilation);
  switch (expression.kind) {
    case "literal": {
      const { foreignLanguage, line } = expression;
      if (foreignLanguage === undefined) return compileText(expression.text, line, names, compilation);
      return (_scope, evaluation) => evaluation.warn(`expressions in ${foreignLanguage} are not evaluated`, line);
    }
    case "table":
      return compileDecisionTable(expression, names, compilation);
    case "context":
      return compileContext(expression, names, compilation);
    case "list": {
      const items = expression.items.map(compile);
      return (scope, evaluation) => items.map((item) => item(scope, evaluation));
    }
    case "relation":
      return compileRelation(expression, names, compilation);
    case "invocation":
      return compileInvocation(expression, names, compilation);
    case "function":
      return compileFunction(expression, names, compilation);
    case "conditional": {
      const [condition, whenTrue, otherwise] = [expression.condition, expression.whenTrue, expression.otherwise].map(
        compile,
      ) as [Step, Step, Step];
      return (scope, evaluation) => (condition(scope, evaluation) === true ? whenTrue : otherwise)(scope, evaluation);
    }
    case "filter":
      return compileFilter(compile(expression.source), expression.match, names, compilation);
    default:
      return compileIterator(expression, names, compilation);
  }
}

function compileContext(expression: ContextExpression, names: readonly string[], compilation: Compilation): Step {
  const known = [...names];
  const entries = expression.entries.map(({ variable, value }) => {
    const step = compileExpression(value, known, compilation);
    if (variable) known.push(variable.name);
    return { name: variable?.name, step: typed(step, variable?.type, value?.line ?? expression.line, compilation) };
  });
  return (outer, evaluation) => {
    const members: [string, FeelValue][] = [];
    let scope = outer;
    for (const { name, step } of entries) {
      const value = step(scope, evaluation);
      if (name === undefined) return value;
      members.push([name, value]);
      scope = { ...scope, [name]: value };
    }
    return new FeelContext(members);
  };
}

function compileRelation(expression: RelationExpression, names: readonly string[], compilation: Compilation): Step {
  const { columns } = expression;
  const rows = expression.rows.map((row) =>
    columns.map(({ name, type }, index): [string, Step] => [
      name,
      typed(compileExpression(row[index], names, compilation), type, expression.line, compilation),
    ]),
  );
  return (scope, evaluation) =>
    rows.map((row) => new FeelContext(row.map(([name, step]) => [name, step(scope, evaluation)] as const)));
}

/** The boxed forms mean what their FEEL forms mean: FEEL evaluates them, with the parts as values. */
const ITERATIONS = {
  for: parseExpression("for element in source return body(element, partial)"),
  every: parseExpression("every element in source satisfies body(element)"),
  some: parseExpression("some element in source satisfies body(element)"),
};
const FILTER = parseExpression("source[boxedMatch(item)]");

function compileIterator(expression: IteratorExpression, names: readonly string[], compilation: Compilation): Step {
  const { kind, variable } = expression;
  const source = compileIterated(expression.source, names, compilation);
  const body = compileExpression(expression.body, [...names, variable, "partial"], compilation);
  const parameters = kind === "for" ? [variable, "partial"] : [variable];
  return (scope, evaluation) => {
    let isTold = true;
    const checked: Step = (inner, during) => {
      const value = body(inner, during);
      if (kind !== "for" && value !== null && typeof value !== "boolean") isTold = false;
      return value;
    };
    const parts = { source: source(scope, evaluation), body: ofOneArgument(parameters, checked, scope, evaluation) };
    const value = run(ITERATIONS[kind], parts, expression.line, evaluation);
    return isTold ? value : evaluation.warn(`what <${kind}> tests is neither true nor false`, expression.line);
  };
}

/** Two ends with dots between them, and no brackets. */
function isBareRange(text: string): boolean {
  const dots = text.indexOf("..", 1);
  return dots > 0 && dots + 2 < text.length && !/["[\](){}]/.test(text);
}

/** `1..n` without brackets is FEEL only where something iterates over it. */
function compileIterated(source: Expression | undefined, names: readonly string[], compilation: Compilation): Step {
  if (source?.kind !== "literal" || !isBareRange(source.text)) {
    return compileExpression(source, names, compilation);
  }
  return compileText(`for element in ${source.text} return element`, source.line, names, compilation);
}

function compileFilter(
  source: Step,
  match: Expression | undefined,
  names: readonly string[],
  compilation: Compilation,
): Step {
  const body = compileExpression(match, [...names, "item"], compilation);
  const line = match?.line ?? 0;
  return (scope, evaluation) => {
    const value = source(scope, evaluation);

    return run(
      FILTER,
      { source: value, boxedMatch: ofOneArgument(["item"], body, scope, evaluation) },
      line,
      evaluation,
    );
  };
}

function run(
  expression: ReturnType<typeof parseExpression>,
  parts: Scope,
  line: number,
  evaluation: Evaluation,
): FeelValue {
  const { value, warnings } = expression.evaluate(parts, evaluation.options);
  for (const { message } of warnings) evaluation.warn(message, line);
  return value;
}
