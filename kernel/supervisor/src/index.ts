export { PLUGIN_RATE } from "./sandbox/plugin-rate.js";
export { supervisorHandlers } from "./service.js";
export { Supervisor, type SupervisorOptions } from "./supervisor.js";
