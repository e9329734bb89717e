import { openDatabase } from "@jinshui/storage";
import { openService } from "./storage-fixture.js";

/** Brings a database to today's tables, and ends. */
const database = await openDatabase(process.argv[2] ?? "");
await openService(database);
await database.close();
