import { list, type ModdleElement } from "./moddle.js";
import type { ElementType } from "./model.js";
import type { ProblemCode } from "./problem.js";

const PLAIN: Record<string, ElementType> = {
  "bpmn:UserTask": "userTask",
  "bpmn:ServiceTask": "serviceTask",
  "bpmn:ScriptTask": "scriptTask",
  "bpmn:ManualTask": "manualTask",
  "bpmn:Task": "task",
  "bpmn:ExclusiveGateway": "exclusiveGateway",
  "bpmn:ParallelGateway": "parallelGateway",
  "bpmn:InclusiveGateway": "inclusiveGateway",
};

type Refused = { code: ProblemCode; params?: Record<string, string> };

/** The behaviour behind a parsed element, or why it has none. */
export function elementType(element: ModdleElement): { type: ElementType } | Refused {
  if (element["loopCharacteristics"] !== undefined) return { code: "unsupported-marker", params: { marker: "loop" } };
  if (element["isForCompensation"] === true) return { code: "unsupported-marker", params: { marker: "compensation" } };
  const plain = PLAIN[element.$type];
  if (plain) return { type: plain };
  const events = list(element, "eventDefinitions").map((definition) =>
    definition.$type.replace(/^bpmn:|EventDefinition$/g, ""),
  );
  switch (element.$type) {
    case "bpmn:StartEvent":
      return events.length === 0 ? { type: "startEvent" } : unsupportedEvent(events);
    case "bpmn:EndEvent":
      if (events.length === 0) return { type: "endEvent" };
      return events.length === 1 && events[0] === "Terminate"
        ? { type: "terminateEndEvent" }
        : unsupportedEvent(events);
    case "bpmn:IntermediateCatchEvent":
      return events.length === 1 && events[0] === "Timer" ? { type: "timerCatchEvent" } : unsupportedEvent(events);
    case "bpmn:BoundaryEvent":
      return { code: "boundary-event", params: { event: events.join(" ") } };
    case "bpmn:SubProcess":
      return element["triggeredByEvent"] === true
        ? { code: "unsupported-marker", params: { marker: "event" } }
        : { type: "subProcess" };
    default:
      return events.length > 0 ? unsupportedEvent(events) : { code: "unsupported-element" };
  }
}

function unsupportedEvent(events: string[]): Refused {
  return { code: "unsupported-event", params: { event: events.join(" ") || "None" } };
}
