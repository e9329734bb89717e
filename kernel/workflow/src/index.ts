export type { Enablement } from "./enablement.js";
export { type Definition, type Definitions } from "./definition/definitions.js";
export { openWorkflow, type Workflow } from "./open-workflow.js";
export { type VerifiedMatter, verifyMatters } from "./signing/verify-matters.js";
export { WORKFLOW_TABLES } from "./tables.js";
