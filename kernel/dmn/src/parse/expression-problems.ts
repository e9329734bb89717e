import { Program } from "../compile/program.js";
import type { DmnModel } from "../model/model.js";
import type { ModelProblem } from "../model/problem.js";

/**
 * Expressions that are no FEEL, and types that do not exist. A model with imports can't be judged alone: names of the
 * imported models may be part of its expressions.
 */
export function expressionProblems(model: DmnModel): ModelProblem[] {
  if (model.imports.length > 0) return [];
  const problems: ModelProblem[] = [];
  const program = new Program(model, [], (problem) => problems.push(problem));
  for (const node of program.nodes) {
    program.typeOf(node);
    if (node.element.kind === "decision" || node.element.kind === "knowledge") program.logic(node);
  }
  return problems;
}
