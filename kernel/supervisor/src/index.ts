export { supervisorHandlers } from "./service.js";
export { Supervisor, type SupervisorOptions } from "./supervisor.js";
