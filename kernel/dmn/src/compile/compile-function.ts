import { FeelContext, FeelFunction, parseExpression, type FeelExpression, type FeelValue } from "@jinshui/feel";
import type { FunctionExpression, InvocationExpression, Variable } from "../model/expression.js";
import { coerce, type ValueType } from "../values/value-type.js";
import { typed, type Compilation } from "./compilation.js";
import type { Evaluation, Scope, Step } from "./evaluation.js";

/** A parameter with the type its arguments must have. */
export interface Parameter {
  readonly name: string;
  readonly type: ValueType;
  readonly typeName?: string;
}

/** The parameters with their types looked up. */
export function resolveParameters(variables: readonly Variable[], compilation: Compilation): Parameter[] {
  return variables.map(({ name, type }) => ({
    name,
    type: compilation.types.resolve(type),
    ...(type ? { typeName: type.name } : {}),
  }));
}

/** A function whose arguments are checked first: with one of a wrong type it is never called, and null. */
export function checkedFunction(
  parameters: readonly Parameter[],
  evaluation: Evaluation,
  body: (args: readonly FeelValue[]) => FeelValue,
): FeelFunction {
  return new FeelFunction(
    parameters.map(({ name }) => name),
    (args) => {
      const coerced: FeelValue[] = [];
      for (const [index, { name, type, typeName }] of parameters.entries()) {
        const value = coerce(args[index] ?? null, type, evaluation.options);
        if (value === undefined) return evaluation.warn(`argument "${name}" is not of type ${typeName ?? "Any"}`);
        coerced.push(value);
      }
      return body(coerced);
    },
    parameters.length,
    parameters.map(({ typeName }) => typeName),
  );
}

/** Compiles a boxed function definition. A Java or PMML function gives null. */
export function compileFunction(
  expression: FunctionExpression,
  names: readonly string[],
  compilation: Compilation,
): Step {
  const { language, line } = expression;
  const parameters = resolveParameters(expression.parameters, compilation);
  const inner = [...names, ...parameters.map(({ name }) => name)];
  const body: Step =
    language === "FEEL"
      ? compilation.compile(expression.body, inner)
      : (_scope, evaluation) => evaluation.warn(`functions written in ${language} are not called`, line);
  return (scope, evaluation) =>
    checkedFunction(parameters, evaluation, (args) =>
      evaluation.inside("function", () => body(withArguments(scope, parameters, args), evaluation)),
    );
}

/** The scope with the arguments under their parameters' names. */
export function withArguments(
  scope: Scope,
  parameters: readonly { readonly name: string }[],
  args: readonly FeelValue[],
): Scope {
  return { ...scope, ...Object.fromEntries(parameters.map(({ name }, index) => [name, args[index] ?? null])) };
}

/** A step as a function of the named values, for FEEL to call. Members of a context come into scope with it. */
export function ofOneArgument(
  parameters: readonly string[],
  body: Step,
  scope: Scope,
  evaluation: Evaluation,
): FeelFunction {
  return new FeelFunction(parameters, (args) => {
    const [first] = args;
    const members = parameters[0] === "item" && first instanceof FeelContext ? Object.fromEntries(first.entries()) : {};
    return body(
      withArguments(
        { ...scope, ...members },
        parameters.map((name) => ({ name })),
        args,
      ),
      evaluation,
    );
  });
}

/** Compiles a boxed invocation: arguments by name, null where none is bound. */
export function compileInvocation(
  expression: InvocationExpression,
  names: readonly string[],
  compilation: Compilation,
): Step {
  const { line } = expression;
  const callee = compilation.compile(expression.callee, names);
  const bindings = expression.bindings.map(({ parameter, value }) => ({
    name: parameter.name,
    step: typed(compilation.compile(value, names), parameter.type, line, compilation),
  }));
  return (scope, evaluation) => {
    const called = callee(scope, evaluation);
    if (!(called instanceof FeelFunction)) return evaluation.warn("what is invoked is no function", line);
    const unknown = bindings.find(({ name }) => !called.parameters.includes(name));
    if (unknown) return evaluation.warn(`the function has no parameter "${unknown.name}"`, line);
    const given = new Map(bindings.map(({ name, step }) => [name, step(scope, evaluation)]));
    return call(
      called,
      called.parameters.map((name) => given.get(name) ?? null),
      evaluation,
    );
  };
}

const calls = new Map<number, FeelExpression>();

/** Calls a function the way FEEL does. */
export function call(called: FeelFunction, args: readonly FeelValue[], evaluation: Evaluation): FeelValue {
  const names = args.map((_, index) => `argument${index}`);
  const expression = calls.get(args.length) ?? parseExpression(`called(${names.join(", ")})`);
  calls.set(args.length, expression);
  const scope = Object.fromEntries(names.map((name, index) => [name, args[index]]));
  const { value, warnings } = expression.evaluate({ called, ...scope }, evaluation.options);
  for (const { message } of warnings) evaluation.warn(message);
  return value;
}
