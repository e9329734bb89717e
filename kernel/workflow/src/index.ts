export { archivePackage } from "./archiving/archive-package.js";
export { type PackageFault, type PackageReport, verifyPackage } from "./archiving/verify-package.js";
export type { Enablement } from "./enablement.js";
export { type Definition, type Definitions } from "./definition/definitions.js";
export { openWorkflow, type Workflow } from "./open-workflow.js";
export { type VerifiedMatter, verifyMatters } from "./signing/verify-matters.js";
export { WORKFLOW_TABLES } from "./tables.js";
