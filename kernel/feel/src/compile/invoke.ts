import { problem } from "../errors.js";
import type { FeelFunction } from "../values/function.js";
import { fromNumber } from "../values/number.js";
import { isList, type FeelValue } from "../values/value.js";
import type { Run } from "./run.js";

/** Calls a function with arguments in order; a call that fits no signature is a problem. */
export function invoke(fn: FeelFunction, args: readonly FeelValue[], run: Run): FeelValue {
  const signature = fn.signatures.find(
    ({ parameters, required, variadic, rest }) =>
      variadic || (args.length >= required && (rest === true || args.length <= parameters.length)),
  );
  if (!signature) return problem(`takes ${expected(fn)}, not ${args.length} arguments`);
  if (signature.variadic) return call(fn, [collect(args)], run);
  return call(fn, args, run);
}

/** Calls a function with arguments by name. */
export function invokeNamed(fn: FeelFunction, args: ReadonlyMap<string, FeelValue>, run: Run): FeelValue {
  const names = [...args.keys()];
  const signature = fn.signatures.find(
    ({ parameters, required }) =>
      names.every((name) => parameters.includes(name)) && parameters.slice(0, required).every((name) => args.has(name)),
  );
  if (!signature) return problem(`takes ${expected(fn)}, not ${names.join(", ")}`);
  const { parameters } = signature;
  const count = 1 + Math.max(-1, ...names.map((name) => parameters.indexOf(name)));
  const ordered = parameters.slice(0, count).map((name) => args.get(name) ?? null);
  return call(fn, signature.variadic ? [collect(ordered)] : ordered, run, parameters);
}

function call(fn: FeelFunction, args: readonly FeelValue[], run: Run, names?: readonly string[]): FeelValue {
  run.enter();
  try {
    const result = fn.body(args, run, names);
    return typeof result === "number" ? fromNumber(result) : result;
  } finally {
    run.leave();
  }
}

/** The list that a function of a list was given: as one argument, or item by item. */
function collect(args: readonly FeelValue[]): FeelValue {
  const only = args[0];
  if (args.length !== 1) return args.length === 0 ? null : args;
  return only === null || only === undefined ? null : isList(only) ? only : args;
}

const expected = (fn: FeelFunction): string =>
  fn.signatures.map(({ parameters }) => `(${parameters.join(", ")})`).join(" or ");
