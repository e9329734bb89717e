import { silent } from "@jinshui/bus";
import type { TransferJob } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { StorageService } from "../collections/service.js";
import { type Database, openDatabase } from "../database/database.js";
import { DiskMark } from "../database/disk-mark.js";
import { as, codeOf, devices, keeper, storageService } from "../testing/storage-service.js";
import { exported } from "../testing/transfers.js";

const MB = 1024 ** 2;
const me = { bureau: "wuhu", actor: "u" };
const about = { name: "说明.txt", mediaType: "text/plain", ...me };
const text = (content: string): Readable => Readable.from([Buffer.from(content)]);

/** A database on a volume of which the test says how full it is. */
async function onVolume(t: ExecutionContext): Promise<{ database: Database; fill(freeMb: number): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-db-"));
  let free = 10_000;
  const readSpace = (): Promise<{ bavail: number; blocks: number; bsize: number }> =>
    Promise.resolve({ bavail: free, blocks: 20_000, bsize: MB });
  const disk = new DiskMark({ limits: { minFreePercent: 1, minFreeMb: 256 }, log: silent, readSpace });
  const database = await openDatabase(`sqlite:${join(folder, "site.sqlite")}`, { disk });
  t.teardown(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    database,
    fill: (freeMb) => {
      free = freeMb;
      return disk.look();
    },
  };
}

/** All ways by which a file comes into being, each with the code it ends in. */
async function ways(t: ExecutionContext, { files, handlers }: StorageService, begun: string): Promise<string[]> {
  const codes: string[] = [];
  for (const way of [
    () => files.put(text("x"), about),
    () => files.put(text("x"), about, 1),
    () => files.uploads.create(me, { ...about, length: 3 }),
    () => files.uploads.append(begun, me, 1, text("b")),
    () => handlers.importTemplate({ collection: devices }, as(keeper, { op: "importTemplate" })),
  ])
    codes.push(await codeOf(t, way()));
  return codes;
}

const endOf = ({ state, error }: TransferJob): unknown[] => [state, error?.code];

test("every way in is closed on a nearly full disk; what had come of an upload is kept, and all goes on when there is room", async (t) => {
  const { database, fill } = await onVolume(t);
  const service = await storageService(t, database);
  const { limits, uploads } = service.files;
  const refused = Array.from({ length: 5 }, () => "insufficient-storage");
  await service.files.prepare();
  const { id } = await uploads.create(me, { ...about, length: 3 });
  await uploads.append(id, me, 0, text("a"));

  await fill(200);
  t.deepEqual(await ways(t, service, id), refused, "below the mark of the database's volume");
  await fill(10_000);
  const free = limits.freeBytes;
  limits.freeBytes = Number.MAX_SAFE_INTEGER;
  t.deepEqual(await ways(t, service, id), refused, "no room on the files' own volume");
  t.deepEqual(endOf(await exported(service, { collection: devices, format: "csv" }, keeper)), [
    "failed",
    "insufficient-storage",
  ]);

  limits.freeBytes = free;
  t.is((await uploads.find(id, me)).offset, 1, "what had come of an upload is kept");
  await uploads.append(id, me, 1, text("bc"));
  t.like(await service.files.put(text("x"), about), { size: 1 });
  t.deepEqual(endOf(await exported(service, { collection: devices, format: "csv" }, keeper)), ["done", undefined]);
});

test("a file whose length nobody said counts towards the site's share as well", async (t) => {
  const { database } = await onVolume(t);
  const service = await storageService(t, database);
  service.files.limits.totalBytes = 10;
  const put = (content: string): Promise<unknown> => service.files.put(text(content), about);
  await put("12345678");
  t.is(await codeOf(t, put("abc")), "insufficient-storage");
  await put("ab");
});
