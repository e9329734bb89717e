import type { ModdleElement } from "./moddle.js";
import type { Problem } from "./problem.js";

/** Where an element is, for a problem. */
export function located(
  element: ModdleElement,
  lines: Map<string, number>,
): Pick<Problem, "element" | "elementType" | "elementName" | "line"> {
  const line = element.id === undefined ? undefined : lines.get(element.id);
  return {
    ...(element.id === undefined ? {} : { element: element.id }),
    elementType: element.$type,
    ...(element.name === undefined ? {} : { elementName: element.name }),
    ...(line === undefined ? {} : { line }),
  };
}

/** The element itself, or the nearest around it that has an id: a part without one is found by that. */
export function identified(element: ModdleElement): ModdleElement {
  for (let at: ModdleElement | undefined = element; at; at = at["$parent"] as ModdleElement | undefined)
    if (at.id !== undefined && at.$type !== "bpmn:Definitions") return at;
  return element;
}
