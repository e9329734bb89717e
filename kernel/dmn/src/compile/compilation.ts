import { FeelSyntaxError, parseExpression, parseUnaryTests, type FeelValue } from "@jinshui/feel";
import type { Expression } from "../model/expression.js";
import type { TypeReference } from "../model/item-definition.js";
import type { ModelProblem } from "../model/problem.js";
import { coerce, type Constraint } from "../values/value-type.js";
import type { TypesOfModel } from "../values/types-of-model.js";
import type { Evaluation, Scope, Step } from "./evaluation.js";

/** What compiling the expressions of one model needs. */
export interface Compilation {
  readonly types: TypesOfModel;
  /** Names of members that values of the model may have. */
  readonly memberNames: readonly string[];
  /** Compiles a boxed expression that sees those names. A missing one is null. */
  compile(expression: Expression | undefined, names: readonly string[]): Step;
  report(problem: ModelProblem): void;
}

/** An input value's test, as in a cell of a decision table. */
export type Test = (input: FeelValue, scope: Scope, evaluation: Evaluation) => boolean;

/** Compiles FEEL text; what can't be parsed is reported, and null. */
export function compileText(text: string, line: number, names: readonly string[], compilation: Compilation): Step {
  if (text.trim() === "") return () => null;
  const parsed = attempt(() => parseExpression(text, [...names, ...compilation.memberNames]), text, line, compilation);
  if (typeof parsed === "string") return (_scope, evaluation) => evaluation.warn(parsed, line);
  return (scope, evaluation) => {
    const { value, warnings } = parsed.evaluate(scope, evaluation.options);
    for (const { message } of warnings) evaluation.warn(message, line);
    return value;
  };
}

/** Compiles unary tests; what can't be parsed is reported, and never passes. */
export function compileTests(text: string, line: number, names: readonly string[], compilation: Compilation): Test {
  if (text.trim() === "" || text.trim() === "-") return () => true;
  const parsed = attempt(() => parseUnaryTests(text, [...names, ...compilation.memberNames]), text, line, compilation);
  if (typeof parsed === "string") {
    return (_input, _scope, evaluation) => {
      evaluation.warn(parsed, line);
      return false;
    };
  }
  return (input, scope, evaluation) => {
    const { value, warnings } = parsed.evaluate(input, scope, evaluation.options);
    for (const { message } of warnings) evaluation.warn(message, line);
    return value === true;
  };
}

/** Compiles the constraint of a type; undefined when it can't be parsed. */
export function compileConstraint(text: string, line: number, report: Compilation["report"]): Constraint | undefined {
  try {
    const tests = parseUnaryTests(text);
    return (value, options) => tests.evaluate(value, {}, options).value === true;
  } catch (error) {
    if (!(error instanceof FeelSyntaxError)) throw error;
    report({ severity: "error", message: syntaxMessage(text, error), line });
    return undefined;
  }
}

function attempt<Parsed>(parse: () => Parsed, text: string, line: number, compilation: Compilation): Parsed | string {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FeelSyntaxError)) throw error;
    const message = syntaxMessage(text, error);
    compilation.report({ severity: "error", message, line });
    return message;
  }
}

function syntaxMessage(text: string, error: FeelSyntaxError): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `"${shown}" is no FEEL: ${error.message}`;
}

/** A step whose value must conform to a type; any other value becomes null. */
export function typed(step: Step, type: TypeReference | undefined, line: number, compilation: Compilation): Step {
  if (type === undefined) return step;
  const expected = compilation.types.resolve(type);
  if (expected.kind === "any") return step;
  return (scope, evaluation) => {
    const value = step(scope, evaluation);
    const coerced = coerce(value, expected, evaluation.options);
    return coerced === undefined ? evaluation.warn(`the value is not of type ${type.name}`, line) : coerced;
  };
}
