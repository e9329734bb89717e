import { child, list, type ModdleElement } from "./moddle.js";
import { located } from "./located.js";
import type { Problem } from "./problem.js";

/** What stands beside the processes of a file, describes work, and is not carried out: global tasks, choreographies, conversations. */
export function notExecutedBeside(root: ModdleElement, lines: Map<string, number>): Problem[] {
  return list(root, "rootElements")
    .flatMap((element) => [element, ...list(element, "conversations")])
    .flatMap((element): Problem[] => {
      const what = kindOf(element.$type);
      return what === undefined ? [] : [notExecuted(element, what, lines)];
    });
}

function kindOf(type: string): string | undefined {
  if (/Choreography/.test(type)) return "choreography";
  if (/Conversation/.test(type)) return "conversation";
  return /^bpmn:Global\w*Task$/.test(type) ? "global-task" : undefined;
}

/** What is written at an element that runs, and does nothing. */
export function notExecutedAt(element: ModdleElement, lines: Map<string, number>): Problem[] {
  const loop = child(element, "loopCharacteristics");
  const found = [
    element["instantiate"] === true && element["eventGatewayType"] === "Parallel" && "parallel-start",
    child(element, "ioSpecification") !== undefined && "io-specification",
    (loop?.["behavior"] === "None" || loop?.["behavior"] === "One" || loop?.["behavior"] === "Complex") &&
      "loop-events",
  ];
  return found.flatMap((what) => (what === false ? [] : [notExecuted(element, what, lines)]));
}

function notExecuted(element: ModdleElement, what: string, lines: Map<string, number>): Problem {
  return { severity: "warning", code: "not-executed", ...located(element, lines), params: { what } };
}
