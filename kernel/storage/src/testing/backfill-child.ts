import { StorageService } from "../collections/service.js";
import { type Database, openDatabase } from "../database/database.js";
import { testFiles } from "./files.js";
import { device } from "./storage-service.js";

// brings up the records of the database at the given URL, and kills itself before it commits its nth transaction
const [, , url = "", last = ""] = process.argv;
const database = await openDatabase(url);
let count = 0;
const transaction: Database["transaction"] = (work) =>
  database.transaction(async (tx) => {
    const result = await work(tx);
    count += 1;
    if (count === Number(last)) process.kill(process.pid, "SIGKILL");
    return result;
  });
const doomed = new Proxy(database, {
  get: (target, name) => {
    const value: unknown = name === "transaction" ? transaction : Reflect.get(target, name);
    return typeof value === "function" ? (value.bind(target) as unknown) : value;
  },
});
const files = testFiles(doomed, "/nowhere");
const nobody = { below: () => [], resolve: () => Promise.resolve({}), acting: () => Promise.resolve({}) };
const service = new StorageService(doomed, nobody, files);
await service.deploy("asset", [{ collections: [device] }]);
await service.backfilled();
