import { FeelProblem } from "../errors.js";
import type { Syntax } from "../syntax/tree.js";
import { FeelDate } from "../temporal/date.js";
import { FeelDateTime } from "../temporal/date-time.js";
import { FeelFunction } from "../values/function.js";
import { isList, typeOf, type FeelValue } from "../values/value.js";
import type { Compiler } from "./compile.js";
import { nameOf, type Env, type Node } from "./env.js";
import { invoke, invokeNamed } from "./invoke.js";
import { typeFrom, type TypeTest } from "./types.js";

type Call = (fn: FeelFunction, env: Env) => FeelValue;

function compileArguments(syntax: Syntax | undefined, compiler: Compiler): Call {
  if (syntax?.kind === "NamedParameters") {
    const named = syntax.children
      .filter((child) => child.kind === "NamedParameter")
      .map((child) => ({
        name: nameOf(child.children[0]?.text ?? "").text,
        node: compiler.compile(child.children.at(-1) ?? child),
      }));
    return (fn, env) => invokeNamed(fn, new Map(named.map(({ name, node }) => [name, node(env)])), env.run);
  }
  const nodes = (syntax?.children ?? []).filter((child) => child.kind !== ",").map((child) => compiler.compile(child));
  return (fn, env) => {
    const args = nodes.map((node) => node(env));
    return invoke(fn, args, env.run);
  };
}

/** A call, also of `date`, `time` and `duration`, which the grammar takes for something of their own. */
export function compileInvocation(syntax: Syntax, compiler: Compiler): Node {
  const [callee] = syntax.children;
  const { from, to } = syntax;
  const called = callee?.text.replace(/\s+/g, " ") ?? "";
  const name = callee?.kind === "VariableName" || callee?.kind === "DateTimeConstructor" ? nameOf(called) : null;
  const target = name || !callee ? null : compiler.compile(callee);
  const call = compileArguments(
    syntax.children.find((child) => child.kind === "PositionalParameters" || child.kind === "NamedParameters"),
    compiler,
  );
  return (env) => {
    const fn = target ? target(env) : name ? (env.find(name) ?? env.run.functionOf(name.text) ?? null) : null;
    if (!(fn instanceof FeelFunction)) return env.run.warn(`${called} is no function`, from, to);
    try {
      return call(fn, env);
    } catch (error) {
      if (error instanceof FeelProblem) return env.run.warn(`${called}: ${error.message}`, from, to);
      throw error;
    }
  };
}

interface Parameter {
  readonly name: string;
  readonly type: string | undefined;
  readonly test: TypeTest | null;
}

function parametersOf(syntax: Syntax): Parameter[] {
  const list = syntax.children.find((child) => child.kind === "FormalParameters")?.children ?? [];
  return list
    .filter((child) => child.kind === "FormalParameter")
    .map((child) => {
      const type = child.children.find((part) => part.kind === "Type");
      const declared = type && typeFrom(type);
      return {
        name: nameOf(child.children[0]?.text ?? "").text,
        type: declared?.text,
        test: declared?.text === "Any" ? null : (declared?.test ?? null),
      };
    });
}

/** An argument as its parameter wants it: a list of one for its item, an item for its list, midnight UTC for a date. */
function conform(value: FeelValue, { name, test, type }: Parameter): FeelValue {
  if (!test || value === null || test(value)) return value;
  const only = isList(value) && value.length === 1 ? (value[0] ?? null) : [value];
  if (test(only)) return only;
  if (type === "date and time" && value instanceof FeelDate) return FeelDateTime.ofDate(value);
  throw new FeelProblem(`${name} is ${typeOf(value)}, not ${type ?? "that"}`);
}

/** `function(…) …`; it sees the names around it whenever it is called. */
export function compileDefinition(syntax: Syntax, compiler: Compiler): Node {
  const parameters = parametersOf(syntax);
  const names = parameters.map(({ name }) => name);
  const types = parameters.map(({ type }) => type);
  const { from, to } = syntax;
  if (syntax.children.some((child) => child.kind === "external")) {
    return () =>
      new FeelFunction(
        names,
        (_args, run) => run.warn("functions outside FEEL are not called", from, to),
        names.length,
        types,
      );
  }
  const body = compiler.compile(syntax.children.at(-1)?.children[0] ?? syntax);
  return (env) =>
    new FeelFunction(
      names,
      (args) => {
        let inside = env;
        parameters.forEach((parameter, index) => {
          inside = inside.with(parameter.name, conform(args[index] ?? null, parameter));
        });
        return body(inside);
      },
      names.length,
      types,
    );
}
