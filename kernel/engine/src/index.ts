export { evaluate, type FeelResult, syntaxError } from "./feel/feel.js";
export { addDuration } from "./feel/iso-time.js";
export { apply } from "./machine/change.js";
export type { Command } from "./machine/commands.js";
export { advance, decide, type Decision } from "./machine/decide.js";
export { EngineError, type EngineErrorCode, isEngineError } from "./machine/engine-error.js";
export type { Instruction } from "./machine/modify.js";
export type { DecideOptions, ScriptAccess } from "./machine/options.js";
export type { Effect } from "./machine/run.js";
export {
  activeElements,
  type Compensation,
  type EngineEvent,
  type InstanceState,
  type Scope,
  type Token,
  type LoopState,
  ROOT,
  type Variables,
  type IncidentCode,
  type Wait,
  type WaitKind,
  waitsOf,
} from "./machine/state.js";
export type {
  CallModel,
  DataModel,
  ElementModel,
  ElementType,
  EventModel,
  FlowModel,
  LoopModel,
  Mapping,
  ProcessModel,
  TimerDefinition,
} from "./model/model.js";
export { MAX_XML_LENGTH, type ParsedFile, type ParseOptions, parseModel } from "./model/parse.js";
export { type Problem, PROBLEM_CODES, type ProblemCode } from "./model/problem.js";
export { parseUel, type UelExpression, type UelOptions } from "./uel/uel.js";
export type { UelScope } from "./uel/scope.js";
export { UelEvaluationError, UelSyntaxError } from "./uel/uel-error.js";
export { type ActivityRow, History } from "./runner/history.js";
export { BpmnError, type Definition, type Instance, type Job, type Waiting } from "./runner/instance.js";
export { MemoryRunner, type RunnerOptions, type StartOptions } from "./runner/runner.js";
export { type StartPoint, startPoints } from "./runner/starts.js";
export { visible } from "./machine/visible.js";
export { type Due, dueOf, nextOf } from "./machine/timers.js";
export { ExportError, exportModel } from "./model/export.js";
export {
  checkSoundness,
  type Soundness,
  SOUNDNESS_CODES,
  type SoundnessCode,
  type SoundnessProblem,
} from "./model/soundness.js";
export type { GraphFlow, GraphNode, ProcessGraph } from "./model/soundness-graph.js";
