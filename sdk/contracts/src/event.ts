import { Type, type Static } from "typebox";

/** CloudEvents 1.0 in JSON: the body of every event. `id` is the key of every inbox, never the stream's sequence. */
export const CloudEvent = Type.Object({
  specversion: Type.Literal("1.0"),
  id: Type.String(),
  /** `<bureau>/<source>`, e.g. `wuhu/workflow`. */
  source: Type.String(),
  /** e.g. `cn.jinshui.task-created`. */
  type: Type.String(),
  time: Type.String(),
  /** What the event is about, e.g. an instance id. */
  subject: Type.Optional(Type.String()),
  datacontenttype: Type.Optional(Type.Literal("application/json")),
  traceparent: Type.Optional(Type.String()),
  /** Gap-free per `subject` of one source. */
  sequence: Type.Optional(Type.Integer()),
  data: Type.Unknown(),
});
export type CloudEvent = Static<typeof CloudEvent>;

/** Work of a process for a plugin: the body of a message on `jinshui.job.<bureau>.<plugin>.<type>`. */
export const Job = Type.Object({
  /** Also the idempotency key of whatever the job does. */
  id: Type.String(),
  bureau: Type.String(),
  type: Type.String(),
  instance: Type.String(),
  /** Receipt number of the matter, as people know it. */
  number: Type.String(),
  element: Type.String(),
  attempt: Type.Integer(),
  variables: Type.Record(Type.String(), Type.Unknown()),
});
export type Job = Static<typeof Job>;

/** Builds the body of an event; `id` and `time` come from the caller so that this stays pure. */
export function cloudEvent(event: {
  id: string;
  time: string;
  bureau: string;
  source: string;
  name: string;
  data: unknown;
  subject?: string;
  traceparent?: string;
}): CloudEvent {
  return {
    specversion: "1.0",
    id: event.id,
    source: `${event.bureau}/${event.source}`,
    type: `cn.jinshui.${event.name}`,
    time: event.time,
    ...(event.subject === undefined ? {} : { subject: event.subject }),
    datacontenttype: "application/json",
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    data: event.data,
  };
}

/** Name of the durable consumer through which a plugin hears one event, `<source>.<name>`; its filter is that event's subject in all bureaus. */
export function eventConsumer(plugin: string, event: string): string {
  return `${plugin}_${event.replace(".", "_")}`;
}
