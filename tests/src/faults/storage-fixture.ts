import type { CollectionDefinition } from "@jinshui/contracts";
import { type Database, StorageService, type TableDefinition } from "@jinshui/storage";
import { testFiles } from "@jinshui/storage/testing";
import { tmpdir } from "node:os";

/** The collection that clients write to. */
const REGISTER: CollectionDefinition = {
  name: "register",
  title: { "zh-CN": "登记" },
  fields: { mark: { type: "string", title: { "zh-CN": "标记" }, required: true } },
  display: { title: "mark", list: ["mark"] },
  permissions: { read: ["x"], write: ["x"] },
};
export const COLLECTION = "asset.register";

/** What consumers do: a row for each time a handler committed, with no key that could hide a second one. */
const EFFECTS: TableDefinition = {
  name: "effect",
  primaryKey: ["n"],
  columns: {
    n: { type: "serial" },
    consumer: { type: "string" },
    event: { type: "id" },
    aggregate: { type: "string", length: 250 },
    sequence: { type: "integer" },
  },
};

/** One hears everything, one a part of it. */
export const CONSUMERS = [
  { name: "all", filterSubject: "jinshui.event.>" },
  { name: "wuhu-only", filterSubject: "jinshui.event.wuhu.asset.register-changed" },
] as const;

/** The storage API over a database that has the tables of the test; whoever asks through the gateway owns the collection. */
export async function openService(database: Database): Promise<StorageService> {
  const access = {
    below: () => [],
    acting: () => Promise.resolve({}),
    resolve: ({ caller }: { caller: string }) => Promise.resolve({ plugin: caller === "gateway" ? "asset" : caller }),
  };
  const files = testFiles(database, tmpdir());
  const service = new StorageService(database, access, files);
  await service.deploy("asset", [{ collections: [REGISTER] }]);
  await database.ensureTables([EFFECTS]);
  return service;
}
