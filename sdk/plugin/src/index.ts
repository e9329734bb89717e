import "reflect-metadata";

export { JinshuiError, isJinshuiError, type CloudEvent, type Job } from "@jinshui/contracts";
export { inject } from "tsyringe";
export type { PluginCall } from "./call.js";
export { job, on, op, plugin } from "./decorators.js";
export type { ServiceClass } from "./plugin-host.js";
export { runPlugin } from "./run-plugin.js";
export { Auth, Logger, Storage, Workflow } from "./tokens.js";
