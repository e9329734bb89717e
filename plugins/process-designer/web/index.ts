export { DesignPage } from "./design-page.js";
export { DraftsPage } from "./drafts-page.js";
