export { type Format, Formats } from "../collections/formats.js";
export { masked } from "../collections/rights.js";
export { auditProblems } from "./audit.js";
export { sqliteDatabase, type TestDatabase } from "./databases.js";
export { EICAR, startClamd, type TestClamd } from "./clamd.js";
export { testFiles } from "./files.js";
export { zip, type ZipPart } from "./zip.js";
export { startMariaDb, type TestMariaDb } from "./maria-db.js";
export { as, codeOf, storageService } from "./storage-service.js";
