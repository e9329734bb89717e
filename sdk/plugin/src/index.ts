import "reflect-metadata";

export {
  JinshuiError,
  isJinshuiError,
  type CloudEvent,
  type Contribution,
  type Job,
  type ScheduledRun,
} from "@jinshui/contracts";
export { inject } from "tsyringe";
export type { PluginCall } from "./call.js";
export { job, on, onSettings, op, plugin, schedule } from "./decorators.js";
export type { ServiceClass } from "./plugin-host.js";
export { runPlugin } from "./run-plugin.js";
export { Plugins } from "./plugins.js";
export { Settings } from "./settings.js";
export { Auth, Logger, Storage, Workflow } from "./tokens.js";
