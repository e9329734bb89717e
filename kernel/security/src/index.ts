export { ALARM_TABLE, Alarms } from "./alarms.js";
export { backupState } from "./backup.js";
export { type SecurityParts, securityHandlers } from "./service.js";
export type { SiteWatch } from "./site-watch.js";
export { Watcher, type WatcherOptions } from "./watcher.js";
