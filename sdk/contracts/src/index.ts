export * from "./account-api.js";
export * from "./administration-ops.js";
export * from "./api.js";
export * from "./archive-ops.js";
export * from "./calendar-ops.js";
export * from "./audit-api.js";
export * from "./auth-api.js";
export * from "./bureau-config.js";
export * from "./bus-api.js";
export { canonicalJson } from "./canonical-json.js";
export * from "./collection-views.js";
export * from "./collection.js";
export * from "./contract-cases.js";
export * from "./format.js";
export * from "./envelope.js";
export * from "./error.js";
export * from "./event.js";
export * from "./federation-api.js";
export * from "./federation-config.js";
export * from "./figure-ops.js";
export * from "./file.js";
export * from "./form.js";
export * from "./sample-values.js";
export * from "./scenario.js";
export * from "./usage-ops.js";
export * from "./definition-summary.js";
export * from "./http.js";
export * from "./linked-instance.js";
export * from "./manifest.js";
export * from "./notice.js";
export * from "./organisation-api.js";
export * from "./package-report.js";
export * from "./plugin-package.js";
export * from "./points.js";
export * from "./position-ops.js";
export * from "./process-ops.js";
export { dataOutside, isHeardOutside, KERNEL_EVENTS, type KnownEvent, recordChanged } from "./known-events.js";
export { jobOps } from "./job-ops.js";
export { HandOverTask, handOverOps, MAX_HANDED_OVER } from "./hand-over-ops.js";
export { Copy, copyOps } from "./copy-ops.js";
export { Colleague, MAX_COMPLETED, officeOps, JumpTarget, SendBackTarget } from "./office-ops.js";
export {
  MAX_ADDED_PEOPLE,
  MAX_IMPORTED_PEOPLE,
  PeopleFileProblem,
  PeopleFileRow,
  peopleImportOps,
} from "./people-import-ops.js";
export { peopleOps } from "./people-ops.js";
export { CollectionId, Filter } from "./query.js";
export * from "./schedules.js";
export * from "./security-api.js";
export { SHARED_MODULES } from "./shared-modules.js";
export { PASSWORD_REASONS, type PasswordReason, PasswordRules } from "./sign-in.js";
export * from "./settings.js";
export * from "./signature-api.js";
export * from "./storage-api.js";
export * from "./subject.js";
export * from "./supervisor-api.js";
export * from "./task-parts.js";
export * from "./text.js";
export * from "./history.js";
export * from "./transfer.js";
export * from "./trial-ops.js";
export * from "./webhooks-api.js";
export { Command, TaskForm, Widget } from "./web-contributions.js";
export * from "./workflow-api.js";
