import type { Syntax } from "../syntax/tree.js";
import { compare, equals } from "../values/equality.js";
import { either, isIn } from "../values/membership.js";
import { FeelRange } from "../values/range.js";
import type { FeelValue } from "../values/value.js";
import type { Compiler } from "./compile.js";
import type { Env, Node } from "./env.js";

/** Whether a value passes a test; the environment has the value as `?`. */
export type Test = (value: FeelValue, env: Env) => boolean | null;

const mentionsInput = (syntax: Syntax): boolean => syntax.kind === "?" || syntax.children.some(mentionsInput);

function comparisonTest(operator: string, node: Node): Test {
  switch (operator) {
    case "=":
      return (value, env) => equals(value, node(env), env.run);
    case "!=":
      return (value, env) => {
        const same = equals(value, node(env), env.run);
        return same === null ? null : !same;
      };
    default:
      return (value, env) => {
        const order = compare(value, node(env));
        if (order === null) return null;
        if (order === 0) return operator.endsWith("=");
        return operator.startsWith("<") ? order < 0 : order > 0;
      };
  }
}

/** One test: a comparison, a range, a value or list of values, or an expression about `?`. */
function compileTest(syntax: Syntax, compiler: Compiler): Test {
  const inner = syntax.kind === "PositiveUnaryTest" ? (syntax.children[0] ?? syntax) : syntax;
  const operator = inner.children.find((child) => child.kind === "CompareOp");
  if (inner.kind === "SimplePositiveUnaryTest" && operator) {
    return comparisonTest(operator.text, compiler.compile(inner.children.at(-1) ?? inner));
  }
  const node = compiler.compile(inner);
  if (mentionsInput(inner)) {
    return (value, env) => {
      const result = node(env);
      if (typeof result === "boolean") return result;
      return result === null ? null : isIn(value, result, env.run);
    };
  }
  return (value, env) => {
    const result = node(env);
    // A rule about something else than the input, such as `Age > 18` under an input of another type.
    if (typeof result === "boolean" && typeof value !== "boolean" && inner.kind !== "BooleanLiteral") return result;
    if (result instanceof FeelRange && !(value instanceof FeelRange)) return isInRange(value, result);
    return isIn(value, result, env.run);
  };
}

const isInRange = (value: FeelValue, range: FeelRange): boolean | null => (value === null ? null : isIn(value, range));

/** The right-hand side of `in`, or the tests of a cell: passed when one of them is. */
function compileTests(syntaxes: readonly Syntax[], compiler: Compiler): Test {
  const list = syntaxes.flatMap((syntax) => (syntax.kind === "PositiveUnaryTests" ? syntax.children : [syntax]));
  const tests = list.filter((syntax) => syntax.kind === "PositiveUnaryTest").map((test) => compileTest(test, compiler));
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (value, env) => {
    let result: boolean | null = false;
    for (const test of tests) {
      result = either(result, test(value, env));
      if (result === true) return true;
    }
    return result;
  };
}

/** `value in …`. */
export function compileIn(node: Node, syntaxes: readonly Syntax[], compiler: Compiler): Node {
  const test = compileTests(syntaxes, compiler);
  const needsInput = syntaxes.some(mentionsInput);
  return (env) => {
    const value = node(env);
    return test(value, needsInput ? env.with("?", value) : env);
  };
}

/** A cell of a decision table. */
export function compileUnaryTests(syntax: Syntax, compiler: Compiler): Test {
  const kinds = syntax.children.map((child) => child.kind);
  if (kinds.includes("Wildcard")) return () => true;
  const test = compileTests(syntax.children, compiler);
  if (!kinds.includes("not")) return test;
  return (value, env) => {
    const result = test(value, env);
    return result === null ? null : !result;
  };
}
