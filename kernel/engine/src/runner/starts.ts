import type { ElementModel, EventModel, ProcessModel } from "../model/model.js";

/** A way to start a process from outside: a start event, a receive task or an event behind an instantiating gateway. */
export interface StartPoint {
  element: string;
  event: EventModel;
}

/** Every start of a process that waits for an event, in the order of the model; hosts subscribe to them at deployment. */
export function startPoints(model: ProcessModel): StartPoint[] {
  return Object.values(model.elements)
    .filter((element) => element.scope === "" && startsProcess(model, element))
    .flatMap((element) => (element.events ?? []).map((event) => ({ element: element.id, event })));
}

function startsProcess(model: ProcessModel, element: ElementModel): boolean {
  if (element.type === "startEvent" || element.instantiate) return true;
  return element.incoming.some((id) => model.elements[model.flows[id]?.source ?? ""]?.instantiate === true);
}
