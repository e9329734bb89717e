import { createReadStream } from "node:fs";
import { openDatabase, StorageService, FileStore } from "@jinshui/storage";
import { COLLECTION, invoice } from "../storage/collection.mjs";

/**
 * One import or export of a site, in a process of its own whose memory is its own: `node worker.mjs <database> <folder>
 * import <file>` or `… export <format>`. Prints seconds, peak of memory in MB and rows.
 */
const [, , url, folder, kind, what] = process.argv;
const person = {
  id: "bench",
  name: "bench",
  bureau: "wuhu",
  department: "office",
  departmentTitle: "office",
  departments: ["office"],
  positions: [],
  permissions: new Set(["bench.view", "bench.manage"]),
};
const access = {
  below: () => [],
  resolve: async () => ({ actor: person }),
  acting: async () => ({ actor: person }),
};
const context = {
  bureau: "wuhu",
  caller: "gateway",
  op: kind,
  traceparent: "",
  traceId: "bench",
  deadline: Infinity,
  signal: AbortSignal.timeout(600_000),
  actor: "bench",
};
const silent = { debug() {}, info() {}, warn: console.error, error: console.error };
const database = await openDatabase(url);
const files = new FileStore(database, folder, { origin: () => "", log: silent });
const service = new StorageService(database, access, files, silent);
await service.deploy("bench", [{ collections: [invoice] }]);
const { startImport, startExport, transfer } = service.handlers;
const about = { name: "发票.xlsx", mediaType: "application/octet-stream", bureau: "wuhu", actor: "bench" };
const file = kind === "import" ? await files.put(createReadStream(what), about) : undefined;
const before = process.cpuUsage();
const startedMs = performance.now();
const { id } = file
  ? await startImport({ collection: COLLECTION, file: file.file }, context)
  : await startExport({ collection: COLLECTION, format: what }, context);
await service.transferred();
const seconds = (performance.now() - startedMs) / 1000;
const { user, system } = process.cpuUsage(before);
const job = await transfer({ id }, context);
if (job.state !== "done" || job.problemRows > 0)
  throw new Error(JSON.stringify({ ...job, problems: job.problems.slice(0, 3) }));
console.log(
  JSON.stringify({
    seconds,
    cpu: (user + system) / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1e3,
    rows: job.done,
  }),
);
await service.stop();
await database.close();
