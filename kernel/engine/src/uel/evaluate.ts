import { describe, toBoolean, toNumber, toText } from "./coerce.js";
import { equals, isEmpty, ordered } from "./compare.js";
import { ExecutionView } from "./execution.js";
import type { Budget } from "./limits.js";
import { readOwn } from "./bean.js";
import { callMethod } from "./methods.js";
import type { UelScope } from "./scope.js";
import type { BinaryOperator, UelNode } from "./syntax.js";
import { UelEvaluationError } from "./uel-error.js";
import { variableFunction } from "./variable-functions.js";

/** Where an expression is evaluated, and what it may spend. */
export interface Context {
  scope: UelScope;
  budget: Budget;
  /** Whether a name that nothing is known of is an error, as in JUEL, or nothing. */
  missing: "error" | "null";
}

/** The value of an expression. */
export function evaluate(node: UelNode, context: Context): unknown {
  context.budget.spend();
  switch (node.type) {
    case "literal":
      return node.value;
    case "name":
      return variable(node.name, context);
    case "property":
      return property(node.base, node.key, context);
    case "method":
      return method(node.base, node.key, node.args, context);
    case "function":
      return call(node.name, node.args, context);
    case "unary":
      return unary(node.operator, evaluate(node.operand, context));
    case "binary":
      return binary(node.operator, node.left, node.right, context);
    case "choice":
      return evaluate(toBoolean(evaluate(node.condition, context)) ? node.yes : node.no, context);
  }
}

function variable(name: string, { scope, missing }: Context): unknown {
  if (scope.has(name)) return plain(scope.get(name));
  if (name === "execution" && scope.execution) return new ExecutionView(scope);
  if (missing === "null") return null;
  throw new UelEvaluationError(`Unknown property used in expression: ${name}`);
}

function property(baseNode: UelNode, keyNode: UelNode, context: Context): unknown {
  const base = evaluate(baseNode, context);
  if (base === null) return null;
  const key = evaluate(keyNode, context);
  if (key === null) return null;
  if (base instanceof ExecutionView) return base.property(toText(key, context.budget));
  if (Array.isArray(base)) return plain(base[Math.trunc(toNumber(key))]);
  const name = toText(key, context.budget);
  if (typeof base === "object" && !(base instanceof Date)) return readOwn(base, name);
  if (name === "empty" && typeof base === "string") return base === "";
  if (name === "time" && base instanceof Date) return base.getTime();
  throw new UelEvaluationError(`${describe(base)} has no property ${name}`);
}

function method(baseNode: UelNode, keyNode: UelNode, argNodes: UelNode[], context: Context): unknown {
  const key = toText(evaluate(keyNode, context), context.budget);
  const bean = beanFunction(baseNode, key, context);
  const base = bean ? null : evaluate(baseNode, context);
  const args = argNodes.map((arg) => evaluate(arg, context));
  if (bean) return plain(bean(...args));
  if (base === null) throw new UelEvaluationError(`${key}() was called on nothing`);
  if (base instanceof ExecutionView) return plain(base.call(key, args));
  return plain(callMethod(base, key, args, context.budget));
}

/** A method that the host offers under `bean.method`, unless a variable hides the bean. */
function beanFunction(base: UelNode, key: string, { scope }: Context): ((...args: unknown[]) => unknown) | undefined {
  if (base.type !== "name" || scope.has(base.name)) return undefined;
  return ownFunction(scope, `${base.name}.${key}`);
}

function call(name: string, argNodes: UelNode[], context: Context): unknown {
  const own = ownFunction(context.scope, name);
  if (own) return plain(own(...argNodes.map((arg) => evaluate(arg, context))));
  const ofVariable = variableFunction(name);
  const [first, ...rest] = argNodes;
  if (!ofVariable || !first) throw new UelEvaluationError(`Unknown function ${name}()`);
  // Flowable takes the variable's name with or without quotes
  const asked = first.type === "name" ? first.name : toText(evaluate(first, context), context.budget);
  const args = rest.map((arg) => evaluate(arg, context));
  return plain(ofVariable(context.scope, asked, args, context.budget));
}

function ownFunction({ functions }: UelScope, name: string): ((...args: unknown[]) => unknown) | undefined {
  return functions && Object.hasOwn(functions, name) ? functions[name] : undefined;
}

function unary(operator: "!" | "-" | "empty", value: unknown): unknown {
  if (operator === "!") return !toBoolean(value);
  return operator === "empty" ? isEmpty(value) : 0 - toNumber(value);
}

function binary(operator: BinaryOperator, leftNode: UelNode, rightNode: UelNode, context: Context): unknown {
  const left = evaluate(leftNode, context);
  if (operator === "&&") return toBoolean(left) && toBoolean(evaluate(rightNode, context));
  if (operator === "||") return toBoolean(left) || toBoolean(evaluate(rightNode, context));
  const right = evaluate(rightNode, context);
  switch (operator) {
    case "==":
      return equals(left, right, context.budget);
    case "!=":
      return !equals(left, right, context.budget);
    case "<":
    case ">":
    case "<=":
    case ">=":
      return ordered(operator, left, right, context.budget);
    default:
      return calculate(operator, toNumber(left), toNumber(right));
  }
}

function calculate(operator: "+" | "-" | "*" | "/" | "%", left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
    case "%":
      if (right === 0) throw new UelEvaluationError("Division by zero");
      return operator === "/" ? left / right : left % right;
  }
}

/** Nothing is `null`, and functions of JavaScript are no values. */
function plain(value: unknown): unknown {
  return value === undefined || typeof value === "function" ? null : value;
}
