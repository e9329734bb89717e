export { AlarmsPage } from "./alarms-page.js";
export { AuditPage } from "./audit-page.js";
export { ChecklistPage } from "./checklist-page.js";
export { OverviewPage } from "./overview-page.js";
export { SignInsPage } from "./sign-ins-page.js";
