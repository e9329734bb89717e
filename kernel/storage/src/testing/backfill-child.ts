import { openDatabase } from "../database/database.js";
import { FileStore } from "../files/file-store.js";
import { StorageService } from "../collections/service.js";
import { device } from "./storage-service.js";

// brings up the records of the database at the given URL, slowly enough to be killed in the middle
const database = await openDatabase(process.argv[2] ?? "");
const files = new FileStore(database, "/nowhere", Buffer.from(""), () => "");
const nobody = { below: () => [], resolve: () => Promise.resolve({}) };
const service = new StorageService(database, nobody, files);
await service.ensureCollections("asset", [device]);
await service.backfilled();
await service.stop();
await database.close();
