import { list, type ModdleElement } from "./moddle.js";
import type { ElementType } from "./model.js";
import type { ProblemCode } from "./problem.js";

const TYPES: Record<string, ElementType> = {
  "bpmn:StartEvent": "startEvent",
  "bpmn:EndEvent": "endEvent",
  "bpmn:IntermediateCatchEvent": "catchEvent",
  "bpmn:IntermediateThrowEvent": "throwEvent",
  "bpmn:BoundaryEvent": "boundaryEvent",
  "bpmn:Task": "task",
  "bpmn:ManualTask": "manualTask",
  "bpmn:UserTask": "userTask",
  "bpmn:ServiceTask": "serviceTask",
  "bpmn:SendTask": "sendTask",
  "bpmn:ReceiveTask": "receiveTask",
  "bpmn:ScriptTask": "scriptTask",
  "bpmn:BusinessRuleTask": "businessRuleTask",
  "bpmn:CallActivity": "callActivity",
  "bpmn:SubProcess": "subProcess",
  "bpmn:Transaction": "transaction",
  "bpmn:AdHocSubProcess": "adHocSubProcess",
  "bpmn:ExclusiveGateway": "exclusiveGateway",
  "bpmn:InclusiveGateway": "inclusiveGateway",
  "bpmn:ParallelGateway": "parallelGateway",
  "bpmn:EventBasedGateway": "eventGateway",
  "bpmn:ComplexGateway": "complexGateway",
};

const SCOPES = new Set<ElementType>(["subProcess", "transaction", "adHocSubProcess", "eventSubProcess"]);

const CATCHABLE = ["Message", "Timer", "Signal", "Conditional"];
const ALLOWED: Partial<Record<ElementType, string[]>> = {
  catchEvent: [...CATCHABLE, "Link"],
  throwEvent: ["Message", "Signal", "Escalation", "Compensate", "Link"],
  endEvent: ["Message", "Signal", "Escalation", "Compensate", "Error", "Cancel", "Terminate"],
  boundaryEvent: [...CATCHABLE, "Error", "Escalation", "Compensate", "Cancel"],
  startEvent: [...CATCHABLE, "Error", "Escalation", "Compensate"],
};

type Refused = { code: ProblemCode; params?: Record<string, string> };

/** The behaviour behind a parsed element, or why it has none. */
export function elementType(element: ModdleElement): { type: ElementType } | Refused {
  const type = TYPES[element.$type];
  if (!type) return { code: "unsupported-element" };
  const allowed = ALLOWED[type];
  if (allowed) {
    const wrong = list(element, "eventDefinitions")
      .map((definition) => definition.$type.replace(/^bpmn:|EventDefinition$/g, ""))
      .filter((kind) => !allowed.includes(kind));
    if (wrong.length > 0) return { code: "unsupported-event", params: { event: wrong.join(" ") } };
  }
  return { type: type === "subProcess" && element["triggeredByEvent"] === true ? "eventSubProcess" : type };
}

/** Whether the element has elements of its own. */
export function isScope(type: ElementType): boolean {
  return SCOPES.has(type);
}
