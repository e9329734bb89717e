/**
 * Decision models of DMN 1.1 to 1.5.
 *
 * @packageDocumentation
 */
export type { DmnWarning, EvaluationOptions } from "./compile/evaluation.js";
export { decisionLookup, type DecisionAnswer, type DecisionLookup } from "./decision-lookup.js";
export { evaluateDecision, type DecisionOptions, type DecisionResult } from "./evaluate-decision.js";
export type { DmnModel } from "./model/model.js";
export type { ModelProblem } from "./model/problem.js";
export { parseDecisions, type ParsedDecisions } from "./parse/parse-decisions.js";
