import type { Run } from "../compile/run.js";
import type { FeelValue } from "./value.js";

/** What a function does; a thrown FeelProblem, like an undefined value, becomes null. */
export type FeelFunctionBody = (args: readonly FeelValue[], run: Run) => FeelValue;

/** A function of FEEL: a built-in, one defined in an expression, or one that the caller offers. */
export class FeelFunction {
  readonly type = "function";

  /**
   * @param parameters names in order; what is not given is null
   * @param body computes the result
   * @param required how many parameters must be given; all unless said
   * @param parameterTypes type names of the parameters where they are declared, for `instance of`
   */
  constructor(
    readonly parameters: readonly string[],
    readonly body: FeelFunctionBody,
    readonly required: number = parameters.length,
    readonly parameterTypes: readonly (string | undefined)[] = [],
  ) {}
}
