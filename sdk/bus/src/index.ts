export { type Bus, type BusOptions, connectBus } from "./bus.js";
export type { Consumer, ConsumeOptions, Delivery } from "./consume.js";
export { type Log, silent } from "./log.js";
export type { RequestContext, Responder, RespondOptions } from "./respond.js";
export type { Service } from "./service.js";
export type { ConsumerOptions } from "./streams.js";
export { childTraceparent, newTraceparent, readTraceparent } from "./trace.js";
