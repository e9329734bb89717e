/** What an element does; everything else of BPMN is refused when the file is parsed. */
export type ElementType =
  | "startEvent"
  | "endEvent"
  | "terminateEndEvent"
  | "userTask"
  | "serviceTask"
  | "scriptTask"
  | "manualTask"
  | "task"
  | "exclusiveGateway"
  | "parallelGateway"
  | "inclusiveGateway"
  | "timerCatchEvent"
  | "subProcess";

export interface TimerDefinition {
  kind: "date" | "duration";
  /** ISO 8601 or FEEL. */
  expression: string;
}

export interface ElementModel {
  id: string;
  type: ElementType;
  name?: string;
  documentation?: string;
  /** Id of the sub-process around it; `""` for the process itself. */
  scope: string;
  incoming: string[];
  outgoing: string[];
  defaultFlow?: string;
  timer?: TimerDefinition;
  script?: { expression: string; resultVariable?: string };
  /** Attributes of our namespace, as they stand; the engine gives them no meaning. */
  extensions: Record<string, string>;
}

export interface FlowModel {
  id: string;
  name?: string;
  source: string;
  target: string;
  /** FEEL; a flow without one is always open. */
  condition?: string;
}

/** A compiled process: plain JSON, the same for every run. */
export interface ProcessModel {
  id: string;
  name?: string;
  documentation?: string;
  extensions: Record<string, string>;
  elements: Record<string, ElementModel>;
  flows: Record<string, FlowModel>;
  /** Where a scope begins: its start event, or every element without an incoming flow. Keyed by scope id. */
  starts: Record<string, string[]>;
}
