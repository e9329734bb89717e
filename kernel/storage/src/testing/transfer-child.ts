import { StorageService } from "../collections/service.js";
import { openDatabase } from "../database/database.js";
import { transferLimits } from "../transfer/limits.js";
import { testFiles } from "./files.js";
import { device } from "./storage-service.js";

// works on the transfers of the database and folder it is given, until a failpoint ends it or nothing is left
const [, , url = "", folder = "", permissions = ""] = process.argv;
const database = await openDatabase(url);
const actor = {
  id: "陈晓",
  name: "陈晓",
  bureau: "wuhu",
  department: "office",
  departments: ["office"],
  departmentTitle: "office",
  positions: [],
  permissions: new Set(permissions.split(":")),
};
const access = {
  below: () => [],
  resolve: () => Promise.resolve({ actor }),
  acting: () => Promise.resolve({ actor }),
};
const limits = { ...transferLimits(), batch: 50, page: 50 };
const service = new StorageService(database, access, testFiles(database, folder), undefined, limits);
await service.deploy("asset", [{ collections: [device] }]);
await service.transferred();
await service.stop();
await database.close();
