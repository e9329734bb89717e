import { FeelContext, FeelLimitError, type FeelValue } from "@jinshui/feel";
import { Evaluation, type DmnWarning, type EvaluationOptions } from "./compile/evaluation.js";
import { GraphRun } from "./compile/graph-run.js";
import { Program } from "./compile/program.js";
import type { DmnModel } from "./model/model.js";

/** Conditions of an evaluation: those of FEEL, and the models that this one imports. */
export interface DecisionOptions extends EvaluationOptions {
  readonly imports?: readonly DmnModel[];
}

/** A value, and why it or a part of it became null. */
export interface DecisionResult {
  readonly value: FeelValue;
  readonly warnings: readonly DmnWarning[];
  /** Set when there is no result at all: no such decision, or more work than is allowed. The value is null then. */
  readonly error?: string;
}

/**
 * Evaluates a decision, a decision service or a knowledge model, found by its name or id. Inputs are FEEL values or plain
 * JSON by the names of input data, of a service's input decisions, or of a knowledge model's parameters. Never throws.
 */
export function evaluateDecision(
  model: DmnModel,
  reference: string,
  input: Readonly<Record<string, unknown>> = {},
  options: DecisionOptions = {},
): DecisionResult {
  const program = programOf(model, options.imports ?? []);
  const node = program.find(reference);
  if (!node) return { value: null, warnings: [], error: `the model has no decision "${reference}"` };
  const evaluation = new Evaluation(options);
  const graph = new GraphRun(program, evaluation, FeelContext.of(input));
  try {
    const value = node.element.kind === "decision" ? graph.value(node) : graph.invoke(node);
    return { value, warnings: evaluation.warnings };
  } catch (error) {
    if (!(error instanceof FeelLimitError) && !(error instanceof RangeError)) throw error;
    return { value: null, warnings: evaluation.warnings, error: `the evaluation was stopped: ${error.message}` };
  }
}

interface Compiled {
  readonly imports: readonly DmnModel[];
  readonly program: Program;
}

/** Models are plain data that does not change: each is compiled once, and forgotten with it. */
const compiled = new WeakMap<DmnModel, Compiled>();

function programOf(model: DmnModel, imports: readonly DmnModel[]): Program {
  const known = compiled.get(model);
  const same = known?.imports.length === imports.length && imports.every((other, at) => known.imports[at] === other);
  if (known && same) return known.program;
  const program = new Program(model, imports);
  compiled.set(model, { imports: [...imports], program });
  return program;
}
