import type { Run } from "../compile/run.js";
import type { FeelValue } from "./value.js";

/**
 * What a function does with its arguments, in the order of the parameters.
 *
 * @param names what the arguments were called, when they were given by name
 */
export type FeelFunctionBody = (args: readonly FeelValue[], run: Run, names?: readonly string[]) => FeelValue;

/** One way to call a function. */
export interface Signature {
  readonly parameters: readonly string[];
  /** How many parameters must be given. */
  readonly required: number;
  /** The only parameter is a list, whose items may be given one by one. */
  readonly variadic: boolean;
  /** Any number of arguments may follow. */
  readonly rest?: boolean;
}

/** A function of FEEL: a built-in, one defined in an expression, or one that the caller offers. */
export class FeelFunction {
  readonly type = "function";
  readonly signatures: readonly Signature[];

  /**
   * @param parameters names in order
   * @param body computes the result
   * @param required how many parameters must be given; all unless said
   * @param parameterTypes names of the parameters' types where they are declared, for `instance of`
   * @param signatures every way to call it, when there are several
   */
  constructor(
    readonly parameters: readonly string[],
    readonly body: FeelFunctionBody,
    required: number = parameters.length,
    readonly parameterTypes: readonly (string | undefined)[] = [],
    signatures?: readonly Signature[],
  ) {
    this.signatures = signatures ?? [{ parameters, required, variadic: false }];
  }
}
