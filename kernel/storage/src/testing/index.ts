export { sqliteDatabase, startMariaDb, type TestDatabase } from "./databases.js";
export { eachDatabase } from "./each.js";
