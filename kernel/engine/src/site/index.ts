export { checkFile, type CheckedProcess } from "./check-file.js";
export { actionIds, type SiteOffers } from "./check-process.js";
