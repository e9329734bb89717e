/** What an element does; what is not here is refused when the file is parsed. */
export type ElementType =
  | "startEvent"
  | "endEvent"
  | "catchEvent"
  | "throwEvent"
  | "boundaryEvent"
  | "task"
  | "manualTask"
  | "userTask"
  | "serviceTask"
  | "sendTask"
  | "receiveTask"
  | "scriptTask"
  | "businessRuleTask"
  | "callActivity"
  | "subProcess"
  | "transaction"
  | "adHocSubProcess"
  | "eventSubProcess"
  | "exclusiveGateway"
  | "inclusiveGateway"
  | "parallelGateway"
  | "eventGateway"
  | "complexGateway";

export interface TimerDefinition {
  kind: "date" | "duration" | "cycle";
  /** ISO 8601, cron (cycles) or an expression that gives one. */
  expression: string;
  /** Durations count the working time of whoever runs the model (`DecideOptions.workingTime`). */
  working?: true;
}

/** What can happen to a variable. */
export type VariableChange = "create" | "update" | "delete";

/** One event definition of an event. */
export interface EventModel {
  kind:
    | "message"
    | "timer"
    | "signal"
    | "error"
    | "escalation"
    | "conditional"
    | "compensation"
    | "cancel"
    | "terminate"
    | "link";
  /** Messages, signals, links: the name that sender and receiver share; may be an expression. */
  name?: string;
  /** Errors, escalations: absent catches every code. */
  code?: string;
  /** Errors, escalations: variables that take the code and the message. */
  codeVariable?: string;
  messageVariable?: string;
  timer?: TimerDefinition;
  condition?: string;
  /** Script language of the condition, when it is neither FEEL nor UEL. */
  language?: string;
  /** Conditions: the only variables whose change counts; without a condition every such change counts. */
  variables?: string[];
  /** Conditions: the only changes that count. */
  changes?: VariableChange[];
  /** Compensation: the only activity that is compensated. */
  activity?: string;
  /** Compensation: whoever throws it does not wait until all is undone. */
  goesOn?: boolean;
  /** Messages: expression of the value that must match the sender's. */
  correlation?: string;
  /** Signals that stay in their instance. */
  local?: boolean;
  /** Errors: what is told to whoever catches them; may be an expression. */
  message?: string;
  /** Signals: what they carry. */
  payload?: { inputs: Mapping[]; all?: "visible" | "local"; businessKey?: string };
  /** Terminate: the whole instance, not only its scope. */
  all?: boolean;
}

/** How often an activity runs. */
export interface LoopModel {
  kind: "standard" | "sequential" | "parallel";
  cardinality?: string;
  /** Name of a variable or an expression that gives a list. */
  collection?: string;
  elementVariable?: string;
  indexVariable?: string;
  /** Multi-instance: completion condition; standard loop: goes on while it is true. */
  condition?: string;
  /** Standard loop: the condition is asked before the first time. */
  testBefore?: boolean;
  maximum?: number;
  /** Variable that collects `outputElement` of every instance. */
  outputCollection?: string;
  outputElement?: string;
}

/** A value that goes into or out of an activity. */
export interface Mapping {
  target: string;
  /** Expression, or a literal when `literal` is set. */
  expression: string;
  literal?: boolean;
  /** Calls and signals: reads only the activity's own variables, or sets one of them. */
  local?: boolean;
}

/** What a call activity calls and what it hands over. */
export interface CallModel {
  /** Process id; may be an expression. */
  process: string;
  version?: string;
  businessKey?: string;
  /** The called instance has the business key of its caller. */
  inheritsBusinessKey?: boolean;
  /** Variable that takes the id of the called instance; may be an expression. */
  idVariable?: string;
  inputs: Mapping[];
  outputs: Mapping[];
  allInputs?: "visible" | "local";
  /** Where all values of the called instance go. */
  allOutputs?: "visible" | "local";
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
  events?: EventModel[];
  /** All events have to happen, not one. */
  parallelMultiple?: boolean;
  /** Boundary events and starts of event sub-processes that let the work go on. */
  nonInterrupting?: boolean;
  /** Boundary events: their activity. */
  attachedTo?: string;
  /** Activities: their boundary events. */
  boundary?: string[];
  loop?: LoopModel;
  script?: { expression: string; language: string; resultVariable?: string };
  call?: CallModel;
  decision?: string;
  resultVariable?: string;
  /** The result is forgotten when the instance comes to rest. */
  transientResult?: boolean;
  /** Service, send and rule tasks that are only an expression. */
  expression?: string;
  inputs?: Mapping[];
  outputs?: Mapping[];
  /** Hints for hosts that want to store before or after. */
  asyncBefore?: boolean;
  asyncAfter?: boolean;
  /** Loops: which of the hints are for each instance, not for the activity as a whole. */
  asyncEach?: { before?: boolean; after?: boolean };
  forCompensation?: boolean;
  /** Activities: the handler that undoes them. */
  compensation?: string;
  adHoc?: { sequential?: boolean; condition?: string; keepRemaining?: boolean };
  /** Complex gateways: opens when true; `activationCount` is the number of flows that have arrived. */
  activation?: string;
  /** Event gateways and receive tasks that start the process. */
  instantiate?: boolean;
  /** Skips the activity when true. */
  skip?: string;
  /** Name of the innermost lane. */
  lane?: string;
  /** Attributes of our namespace, as they stand; the engine gives them no meaning. */
  extensions: Record<string, string>;
  /** Attributes of other vendors by local name, where a host may read them. */
  vendor?: Record<string, string>;
}

export interface FlowModel {
  id: string;
  name?: string;
  source: string;
  target: string;
  /** Open without its condition when true. */
  skip?: string;
  /** FEEL or UEL; a flow without one is always open. */
  condition?: string;
  /** Script language of the condition, when it is neither FEEL nor UEL. */
  language?: string;
}

/** A value that a scope begins with. */
export interface DataModel {
  name: string;
  value?: unknown;
}

/** A compiled process: plain JSON, the same for every run. */
export interface ProcessModel {
  id: string;
  name?: string;
  documentation?: string;
  extensions: Record<string, string>;
  vendor?: Record<string, string>;
  elements: Record<string, ElementModel>;
  flows: Record<string, FlowModel>;
  /** Where a scope begins: its start event, or every element without an incoming flow. Keyed by scope id. */
  starts: Record<string, string[]>;
  /** Event sub-processes of a scope, by scope id. */
  eventSubProcesses: Record<string, string[]>;
  /** Data objects of a scope, by scope id. */
  data: Record<string, DataModel[]>;
  /** Whether any event waits for a condition. */
  conditional?: boolean;
  /** Whether any gateway looks at what can still come: inclusive and complex ones. */
  inclusive?: boolean;
}
