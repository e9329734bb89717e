import { JinshuiError } from "@jinshui/contracts";
import { injectable } from "tsyringe";

type Kind = "op" | "job" | "event" | "schedule" | "settings";
export interface Handler {
  kind: Kind;
  /** Operation, job type, or `<source>.<event>`. */
  name: string;
  method: string;
}

const handlers = new WeakMap<object, Handler[]>();

/** Marks the one service class of a plugin; its constructor is injected, a new instance per call. */
export function plugin(): ClassDecorator {
  return (target) => injectable()(target as never);
}

/** Serves an operation that the manifest `provides`. */
export const op = (name: string): MethodDecorator => mark("op", name);

/** Does a job of the plugin's processes (`jinshui:job`). Delivery is at least once: effects go by the job's id. */
export const job = (type: string): MethodDecorator => mark("job", type);

/** Hears an event, e.g. `workflow.instance-completed`, of bureaus that have the plugin enabled. At least once. */
export const on = (event: string): MethodDecorator => mark("event", event);

/** Does what a schedule of the manifest is for, in every bureau that has the plugin enabled; its argument is a `ScheduledRun`. At least once. */
export const schedule = (id: string): MethodDecorator => mark("schedule", id);
/** Is called when the settings of a bureau have changed while the plugin runs; not at its start. */
export const onSettings = (): MethodDecorator => mark("settings", "changed");
/** Handlers of a service class. */
export function handlersOf(service: new (...args: never[]) => object): Handler[] {
  return handlers.get(service.prototype as object) ?? [];
}

function mark(kind: Kind, name: string): MethodDecorator {
  return (prototype, method) => {
    const known = handlers.get(prototype) ?? [];
    if (known.some((handler) => handler.kind === kind && handler.name === name)) {
      throw new JinshuiError("conflict", `two methods handle the ${kind} "${name}"`);
    }
    handlers.set(prototype, [...known, { kind, name, method: String(method) }]);
  };
}
