import { parseTemporal } from "../temporal/parse.js";
import { unquote } from "../syntax/strings.js";
import type { Syntax } from "../syntax/tree.js";
import { FeelContext } from "../values/context.js";
import { compare, equals } from "../values/equality.js";
import { both } from "../values/membership.js";
import { parseNumber } from "../values/number.js";
import { FeelRange } from "../values/range.js";
import { typeOf, type FeelValue } from "../values/value.js";
import { minus, opposite, over, plus, raise, times } from "./arithmetic.js";
import { compileFilter, compileFor, compileQuantified } from "./collections.js";
import { nameOf, type Env, type Node } from "./env.js";
import { compileDefinition, compileInvocation } from "./functions.js";
import { member } from "./properties.js";
import { compileIn } from "./tests.js";
import { typeFrom } from "./types.js";

/** What the parts of the compiler need from each other. */
export interface Compiler {
  compile(syntax: Syntax): Node;
}

type Rule = (syntax: Syntax, compiler: Compiler) => Node;

const isPunctuation = (child: Syntax): boolean => /^[^\p{L}⚠]+$/u.test(child.kind) && child.kind !== "?";

/** Children that mean something by themselves. */
const parts = (syntax: Syntax): Syntax[] => syntax.children.filter((child) => !isPunctuation(child));

const part = (syntax: Syntax, index: number): Syntax => parts(syntax)[index] ?? syntax;

const constant =
  (value: FeelValue): Node =>
  () =>
    value;

/** A constant that could not be read: null, with a warning each time. */
const unreadable =
  (message: string, { from, to }: Syntax): Node =>
  (env) =>
    env.run.warn(message, from, to);

const OPERATIONS: Readonly<Record<string, (a: FeelValue, b: FeelValue) => FeelValue>> = {
  "+": plus,
  "-": minus,
  "*": times,
  "/": over,
  "**": raise,
  "^": raise,
};

const arithmetic: Rule = (syntax, compiler) => {
  const operator = syntax.children.find((child) => child.kind === "ArithOp");
  const sign = operator?.text ?? "";
  const operands = syntax.children.filter((child) => child.kind !== "ArithOp").map((child) => compiler.compile(child));
  const [first, second] = operands;
  const { from, to } = syntax;
  if (!first) return constant(null);
  if (!second) {
    return (env) => {
      const value = first(env);
      const result = opposite(value);
      return result ?? env.run.warn(`-${typeOf(value)} is not defined`, from, to);
    };
  }
  const operation = OPERATIONS[sign] ?? plus;
  return (env) => {
    const a = first(env);
    const b = second(env);
    const result = operation(a, b);
    if (result === null) return env.run.warn(`${typeOf(a)} ${sign} ${typeOf(b)} has no value`, from, to);
    return typeof result === "string" ? env.run.text(result) : result;
  };
};

const comparison: Rule = (syntax, compiler) => {
  const [first, middle] = syntax.children;
  const a = compiler.compile(first ?? syntax);
  if (middle?.kind === "in") return compileIn(a, syntax.children.slice(2), compiler);
  const b = compiler.compile(part(syntax, middle?.kind === "between" ? 2 : 1));
  if (middle?.kind === "between") {
    const c = compiler.compile(part(syntax, 4));
    return (env) => {
      const value = a(env);
      const low = compare(value, b(env));
      const high = compare(value, c(env));
      const inside = both(low === null ? null : low >= 0, high === null ? null : high <= 0);
      return inside ?? env.run.warn(`${typeOf(value)} can't be compared`, syntax.from, syntax.to);
    };
  }
  return compileComparison(middle?.text ?? "", a, compiler.compile(syntax.children[2] ?? syntax), syntax);
};

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

function compileComparison(operator: string, a: Node, b: Node, { from, to }: Syntax): Node {
  const order = ORDERS[operator];
  if (order) {
    return (env) => {
      const x = a(env);
      const y = b(env);
      const result = compare(x, y);
      return result === null
        ? env.run.warn(`${typeOf(x)} ${operator} ${typeOf(y)} has no value`, from, to)
        : order(result);
    };
  }
  const wanted = operator === "=";
  return (env) => {
    const x = a(env);
    const y = b(env);
    const same = equals(x, y, env.run);
    if (same === null) return env.run.warn(`${typeOf(x)} ${operator} ${typeOf(y)} has no value`, from, to);
    return same === wanted;
  };
}

const truth = (value: FeelValue): boolean | null => (typeof value === "boolean" ? value : null);

/** Three-valued `and` and `or`: the deciding value wins over null. */
const logical =
  (deciding: boolean): Rule =>
  (syntax, compiler) => {
    const a = compiler.compile(syntax.children[0] ?? syntax);
    const b = compiler.compile(syntax.children[2] ?? syntax);
    return (env) => {
      const first = truth(a(env));
      if (first === deciding) return deciding;
      const second = truth(b(env));
      if (second === deciding) return deciding;
      return first === null || second === null ? null : !deciding;
    };
  };

const condition: Rule = (syntax, compiler) => {
  const [test, yes, no] = [1, 3, 5].map((index) => compiler.compile(part(syntax, index)));
  return (env) => (test?.(env) === true ? (yes?.(env) ?? null) : (no?.(env) ?? null));
};

const variable: Rule = (syntax) => {
  const name = nameOf(syntax.text);
  return (env) => {
    const value = env.find(name);
    if (value !== undefined) return value;
    const builtIn = env.run.functionOf(name.text);
    return builtIn ?? env.run.warn(`nothing is named ${name.text}`, syntax.from, syntax.to);
  };
};

const path: Rule = (syntax, compiler) => {
  const base = compiler.compile(syntax.children[0] ?? syntax);
  const name = nameOf(syntax.children[2]?.text ?? "");
  return (env) => {
    const value = base(env);
    if (value === null) return null;
    const found = member(value, name, env.run);
    return found === undefined ? env.run.warn(`${typeOf(value)} has no ${name.text}`, syntax.from, syntax.to) : found;
  };
};

const list: Rule = (syntax, compiler) => {
  const items = parts(syntax).map((child) => compiler.compile(child));
  return (env) => env.run.list(items.map((item) => item(env)));
};

const keyOf = (key: Syntax): string => {
  const only = key.children[0] ?? key;
  return only.kind === "StringLiteral" ? unquote(only.text) : nameOf(only.text).text;
};

const context: Rule = (syntax, compiler) => {
  const entries = parts(syntax).map((entry) => {
    const [key, value] = parts(entry);
    return { key: keyOf(key ?? entry), node: compiler.compile(value ?? entry) };
  });
  const twice = entries.find(({ key }, index) => entries.findIndex((other) => other.key === key) !== index);
  if (twice) return unreadable(`two entries are named ${twice.key}`, syntax);
  return (env) => {
    const result = new FeelContext();
    const inside = env.within(result);
    for (const { key, node } of entries) result.put(key, node(inside));
    return result;
  };
};

const interval: Rule = (syntax, compiler) => {
  const [start, end] = syntax.children.slice(1, -1).filter((child) => child.kind !== "..");
  const startIncluded = syntax.children[0]?.kind === "[";
  const endIncluded = syntax.children.at(-1)?.kind === "]";
  // `[1..null)` is open at that end; a variable that happens to be null leaves the range undecided instead.
  const bound = (child: Syntax | undefined, included: boolean): ((env: Env) => FeelValue | undefined) =>
    !child || (child.kind === "null" && !included) ? () => undefined : compiler.compile(child);
  const low = bound(start, startIncluded);
  const high = bound(end, endIncluded);
  return (env) => {
    const [a, b] = [low(env), high(env)];
    if (a !== undefined && b !== undefined && a !== null && b !== null && compare(a, b) === null) {
      return env.run.warn(`no range from ${typeOf(a)} to ${typeOf(b)}`, syntax.from, syntax.to);
    }
    return new FeelRange(a, startIncluded, b, endIncluded);
  };
};

/** `>= 5` as a value: a range open at one side. */
const unaryTest: Rule = (syntax, compiler) => {
  const operator = syntax.children.find((child) => child.kind === "CompareOp")?.text;
  const node = compiler.compile(part(syntax, operator === undefined ? 0 : syntax.children.length - 1));
  switch (operator) {
    case undefined:
      return node;
    case "<":
    case "<=":
      return (env) => new FeelRange(undefined, false, node(env), operator === "<=");
    case ">":
    case ">=":
      return (env) => new FeelRange(node(env), operator === ">=", undefined, false);
    case "=":
      return (env) => {
        const value = node(env);
        return new FeelRange(value, true, value, true);
      };
    default:
      return unreadable("everything but one value is no range", syntax);
  }
};

const instanceOf: Rule = (syntax, compiler) => {
  const node = compiler.compile(syntax.children[0] ?? syntax);
  const type = typeFrom(syntax.children.at(-1) ?? syntax);
  const { test } = type;
  if (!test) return unreadable(`no type is named ${type.text}`, syntax);
  return (env) => test(node(env));
};

const number: Rule = (syntax) => {
  const value = parseNumber(syntax.text.replace(/\s/g, ""));
  return value === null ? unreadable("number beyond 34 digits and an exponent of 6144", syntax) : constant(value);
};

const temporal: Rule = (syntax, compiler) => {
  if (syntax.children[0]?.kind !== "AtLiteral") return compileInvocation(syntax, compiler);
  const text = unquote(part(syntax.children[0], 0).text.replace(/^@\s*/, ""));
  const value = parseTemporal(text);
  return value ? constant(value) : unreadable(`${text} is no date, time or duration`, syntax);
};

const only: Rule = (syntax, compiler) => compiler.compile(part(syntax, 0));

const RULES: Readonly<Record<string, Rule>> = {
  Expression: only,
  ParenthesizedExpression: only,
  PositiveUnaryTest: only,
  ArithmeticExpression: arithmetic,
  Comparison: comparison,
  Conjunction: logical(false),
  Disjunction: logical(true),
  IfExpression: condition,
  ForExpression: compileFor,
  QuantifiedExpression: compileQuantified,
  FilterExpression: compileFilter,
  PathExpression: path,
  FunctionInvocation: compileInvocation,
  FunctionDefinition: compileDefinition,
  InstanceOfExpression: instanceOf,
  VariableName: variable,
  "?": variable,
  List: list,
  Context: context,
  Interval: interval,
  SimplePositiveUnaryTest: unaryTest,
  DateTimeLiteral: temporal,
  NumericLiteral: number,
  StringLiteral: (syntax) => constant(unquote(syntax.text)),
  BooleanLiteral: (syntax) => constant(syntax.text === "true"),
  null: () => constant(null),
};

/** Compiles a syntax tree to closures. */
export function compile(syntax: Syntax): Node {
  const rule = RULES[syntax.kind];
  return rule ? rule(syntax, { compile }) : unreadable(`${syntax.kind} is not supported`, syntax);
}
