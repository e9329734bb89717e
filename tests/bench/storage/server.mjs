import { Buffer } from "node:buffer";
import { connectBus, silent } from "@jinshui/bus";
import { storageApi } from "@jinshui/contracts";
import { FileStore, openDatabase, startAuditLinker, StorageService } from "@jinshui/storage";
import { invoice } from "./collection.mjs";

/** A kernel's storage in a process of its own, as plugins meet it: `node server.mjs <database> <bus> <folder>`. */
const [, , url, servers, folder] = process.argv;
const database = await openDatabase(url);
const bus = await connectBus({ servers, caller: "kernel" });
startAuditLinker({ database, log: silent });
const access = { below: () => [], resolve: ({ caller }) => Promise.resolve({ plugin: caller }) };
const files = new FileStore(database, folder, Buffer.from("secret"), () => "");
const service = new StorageService(database, access, files);
await service.deploy("bench", [{ collections: [invoice] }]);
await bus.serve(storageApi, service.handlers);
console.log("ready");
process.stdin.resume();
process.stdin.on("end", () => process.exit());
