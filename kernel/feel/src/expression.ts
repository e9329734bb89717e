import { Run, type FeelOptions, type FeelWarning } from "./compile/run.js";
import type { FeelContext } from "./values/context.js";
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

/**
 * Parses a FEEL expression.
 *
 * @param names names in scope that have spaces or special characters, of members as well; others do no harm
 * @throws {FeelSyntaxError} when the text is no FEEL
 */
export function parseExpression(text: string, names: Iterable<string> = []): FeelExpression {
  void names;
  return { text, evaluate: (_scope, options) => ({ value: null, warnings: new Run(options).warnings }) };
}

/**
 * Parses the unary tests of FEEL.
 *
 * @param names as of {@link parseExpression}
 * @throws {FeelSyntaxError} when the text is no FEEL
 */
export function parseUnaryTests(text: string, names: Iterable<string> = []): FeelUnaryTests {
  void names;
  return { text, evaluate: (_input, _scope, options) => ({ value: null, warnings: new Run(options).warnings }) };
}
