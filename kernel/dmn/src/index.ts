export { parseDecisions, type ParsedDecisions } from "./parse/parse-decisions.js";
export type { DmnModel } from "./model/model.js";
export type { ModelProblem } from "./model/problem.js";
