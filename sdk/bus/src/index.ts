export { type Bus, type BusOptions, connectBus } from "./bus.js";
export { type Consumer, type ConsumeOptions, type Delivery, MAX_TRIES, Postponed, PutAside } from "./consume.js";
export { failpoint } from "./failpoint.js";
export { type Log, silent } from "./log.js";
export type { Misuse, RequestContext, Responder, RespondOptions } from "./respond.js";
export type { Service } from "./service.js";
export type { ConsumerOptions, StreamInspection } from "./streams.js";
export { activeTraceparent, childTraceparent, newTraceparent, readTraceparent, withTraceparent } from "./trace.js";
export { type ConnectionNotice, connectSystem, type SystemBus } from "./system.js";
