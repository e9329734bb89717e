export { evaluate, type FeelResult, syntaxError } from "./feel/feel.js";
export { addDuration } from "./feel/iso-time.js";
export { type Command, decide, type DecideOptions, type Decision } from "./machine/decide.js";
export { EngineError, isEngineError } from "./machine/engine-error.js";
export type { Effect } from "./machine/run.js";
export {
  activeElements,
  apply,
  type EngineEvent,
  type InstanceState,
  type Scope,
  type Token,
  type Variables,
  type Wait,
} from "./machine/state.js";
export { ExportError, exportModel } from "./model/export.js";
export type { ElementModel, ElementType, FlowModel, ProcessModel, TimerDefinition } from "./model/model.js";
export { MAX_XML_LENGTH, type ParsedFile, parseModel } from "./model/parse.js";
export { type Problem, PROBLEM_CODES, type ProblemCode } from "./model/problem.js";
export {
  checkSoundness,
  type Soundness,
  SOUNDNESS_CODES,
  type SoundnessCode,
  type SoundnessProblem,
} from "./model/soundness.js";
export type { GraphFlow, GraphNode, ProcessGraph } from "./model/soundness-graph.js";
export { soundnessTexts } from "./model/soundness-texts.js";
export { parseUel, type UelExpression, type UelOptions } from "./uel/uel.js";
export type { UelScope } from "./uel/scope.js";
export { UelEvaluationError, UelSyntaxError } from "./uel/uel-error.js";
