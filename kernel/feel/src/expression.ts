import { BUILT_INS } from "./builtins/builtins.js";
import { compile } from "./compile/compile.js";
import { Env } from "./compile/env.js";
import { Run, type FeelOptions, type FeelWarning } from "./compile/run.js";
import { compileUnaryTests } from "./compile/tests.js";
import { FeelLimitError } from "./errors.js";
import { parseText } from "./syntax/parse.js";
import { convert, type FeelContext } from "./values/context.js";
import type { FeelValue } from "./values/value.js";

/** Names and values an expression sees: a FEEL context, or a record of FEEL values and plain JSON. */
export type FeelScope = FeelContext | Readonly<Record<string, unknown>>;

/** A value, and why parts of it became null. */
export interface FeelResult<T extends FeelValue = FeelValue> {
  readonly value: T;
  readonly warnings: readonly FeelWarning[];
}

/** An expression, ready to be evaluated any number of times. */
export interface FeelExpression {
  readonly text: string;
  /** @throws {FeelLimitError} when it needs more than it may use */
  evaluate(scope?: FeelScope, options?: FeelOptions): FeelResult;
}

/** Unary tests, as in a cell of a decision table. */
export interface FeelUnaryTests {
  readonly text: string;
  /**
   * Whether the input passes one of the tests; null when that can't be told.
   *
   * @throws {FeelLimitError} when it needs more than it may use
   */
  evaluate(input: unknown, scope?: FeelScope, options?: FeelOptions): FeelResult<boolean | null>;
}

/** Runs an evaluation; an expression too deep for the machine's own stack is one that is too deep. */
function guarded<T extends FeelValue>(options: FeelOptions | undefined, work: (run: Run) => T): FeelResult<T> {
  const run = new Run(options, BUILT_INS);
  try {
    return { value: work(run), warnings: run.warnings };
  } catch (error) {
    if (error instanceof RangeError) throw new FeelLimitError("depth", run.limits.depth);
    throw error;
  }
}

/**
 * Parses a FEEL expression.
 *
 * @param names names in scope that have spaces or special characters, of members as well; others do no harm
 * @throws {FeelSyntaxError} when the text is no FEEL
 */
export function parseExpression(text: string, names: Iterable<string> = []): FeelExpression {
  const node = compile(parseText(text, "Expression", [...BUILT_INS.keys(), ...names]));
  return {
    text,
    evaluate: (scope = {}, options) => guarded(options, (run) => node(Env.of(run, scope))),
  };
}

/**
 * Parses the unary tests of FEEL.
 *
 * @param names as of {@link parseExpression}
 * @throws {FeelSyntaxError} when the text is no FEEL
 */
export function parseUnaryTests(text: string, names: Iterable<string> = []): FeelUnaryTests {
  const test = compileUnaryTests(parseText(text, "UnaryTests", [...BUILT_INS.keys(), ...names]), { compile });
  return {
    text,
    evaluate: (input, scope = {}, options) =>
      guarded(options, (run) => {
        const value = convert(input);
        return test(value, Env.of(run, scope).with("?", value));
      }),
  };
}
