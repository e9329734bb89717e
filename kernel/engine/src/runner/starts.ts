import { isUel } from "../feel/feel.js";
import type { ElementModel, EventModel, ProcessModel } from "../model/model.js";
import { evaluateUel } from "../uel/imported.js";

/** A way to start a process from outside: a start event, a receive task or an event behind an instantiating gateway. */
export interface StartPoint {
  element: string;
  event: EventModel;
}

/**
 * Every start of a process that waits for an event, in the order of the model; hosts subscribe to them at deployment. Names
 * and timers that are expressions have come to what they are without any variable.
 */
export function startPoints(model: ProcessModel): StartPoint[] {
  return Object.values(model.elements)
    .filter((element) => element.scope === "" && startsProcess(model, element))
    .flatMap((element) => (element.events ?? []).map((event) => ({ element: element.id, event: resolved(event) })));
}

function resolved(event: EventModel): EventModel {
  const { name, timer } = event;
  return {
    ...event,
    ...(name === undefined ? {} : { name: textOf(name) }),
    ...(timer ? { timer: { ...timer, expression: textOf(timer.expression) } } : {}),
  };
}

function textOf(text: string): string {
  if (!isUel(text)) return text;
  const answer = evaluateUel(text, { get: () => undefined, has: () => false });
  return "value" in answer ? String(answer.value) : text;
}

function startsProcess(model: ProcessModel, element: ElementModel): boolean {
  if (element.type === "startEvent" || element.instantiate) return true;
  return element.incoming.some((id) => model.elements[model.flows[id]?.source ?? ""]?.instantiate === true);
}
