export { checkFile, type CheckedProcess } from "./check-file.js";
export { actionIds, signedActions, type SiteOffers } from "./check-process.js";
