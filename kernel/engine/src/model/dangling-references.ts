import { located } from "./located.js";
import type { Problem } from "./problem.js";
import type { Warning } from "./read-definitions.js";

/** Elements that can't be without what they refer to: for these it is an error, told where they are compiled. */
const NEEDED: Record<string, string> = {
  "bpmn:SequenceFlow": "bpmn:sourceRef bpmn:targetRef",
  "bpmn:BoundaryEvent": "bpmn:attachedToRef",
};

/** References to what is not there and is not needed. */
export function danglingReferences(warnings: readonly Warning[], lines: Map<string, number>): Problem[] {
  return warnings
    .filter(({ message }) => message.startsWith("unresolved reference"))
    .filter(({ element, property }) => !NEEDED[element?.$type ?? ""]?.includes(property ?? ""))
    .map(({ message, element }) => ({
      severity: "warning",
      code: "dangling-reference",
      ...(element ? located(element, lines) : {}),
      params: { reference: message.replace(/^unresolved reference\s*/, "") },
    }));
}
