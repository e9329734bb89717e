export type { Enablement } from "./api/service.js";
export { type Definition, type Definitions } from "./definition/definitions.js";
export { openWorkflow, type Workflow } from "./open-workflow.js";
