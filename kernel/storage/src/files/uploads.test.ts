import { isJinshuiError } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, stat, truncate, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { sqliteDatabase } from "../testing/databases.js";
import { testFiles } from "../testing/files.js";
import type { FileStore } from "./file-store.js";
import { fileLimits } from "./limits.js";

const me = { bureau: "wuhu", actor: "u" };
const content = Buffer.from(randomBytes(300_000).toString("base64"));
const about = { name: "说明.txt", mediaType: "text/plain", length: content.length };

async function store(t: ExecutionContext, limits = fileLimits()): Promise<{ files: FileStore; folder: string }> {
  const { database, close } = await sqliteDatabase();
  const folder = await mkdtemp(join(tmpdir(), "jinshui-files-"));
  t.teardown(async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  });
  const files = testFiles(database, folder, { limits });
  await files.prepare();
  return { files, folder };
}

async function code(t: ExecutionContext, call: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(call);
  return isJinshuiError(error) ? error.code : String(error);
}

const part = (start: number, end = content.length): Readable => Readable.from([content.subarray(start, end)]);

/** A part whose connection dies after some bytes. */
function broken(start: number, end: number): Readable {
  return Readable.from(
    (function* () {
      yield content.subarray(start, end);
      throw new Error("connection lost");
    })(),
  );
}

test("parts become one file, whatever broke off between them", async (t) => {
  const { files, folder } = await store(t);
  const { id, offset } = await files.uploads.create(me, about);
  t.is(offset, 0);
  t.is((await files.uploads.append(id, me, 0, part(0, 1_000))).offset, 1_000);
  await t.throwsAsync(files.uploads.append(id, me, 1_000, broken(1_000, 5_000)), { message: "connection lost" });
  t.is((await files.uploads.find(id, me)).offset, 5_000);
  t.is(await code(t, files.uploads.append(id, me, 1_000, part(1_000))), "conflict");
  const { file } = await files.uploads.append(id, me, 5_000, part(5_000));
  t.like(file, { name: "说明.txt", size: content.length, sha256: createHash("sha256").update(content).digest("hex") });
  t.like(await files.uploads.find(id, me), { offset: content.length, file }, "whoever lost the answer asks again");
  t.deepEqual(await readdir(join(folder, "incoming")), []);
});

test("only what was made durable counts: a longer or shorter half after a crash is put right", async (t) => {
  const { files, folder } = await store(t);
  const { id } = await files.uploads.create(me, about);
  await files.uploads.append(id, me, 0, part(0, 1_000));
  // bytes behind the noted ones, as a power cut may leave them: zeros
  await truncate(join(folder, "incoming", id), 200_000);
  const again = testFiles(files.database, folder);
  t.is((await again.uploads.find(id, me)).offset, 1_000);
  const { file } = await again.uploads.append(id, me, 1_000, part(1_000));
  t.is(file?.sha256, createHash("sha256").update(content).digest("hex"));
});

test("a part with a checksum counts whole or not at all", async (t) => {
  const { files } = await store(t);
  const { id } = await files.uploads.create(me, about);
  const digest = createHash("sha256").update(content.subarray(0, 1_000)).digest();
  const sum = { algorithm: "sha256" as const, digest };
  t.is(await code(t, files.uploads.append(id, me, 0, part(0, 999), sum)), "checksum-mismatch");
  await t.throwsAsync(files.uploads.append(id, me, 0, broken(0, 500), sum), { message: "connection lost" });
  t.is((await files.uploads.find(id, me)).offset, 0);
  t.is((await files.uploads.append(id, me, 0, part(0, 1_000), sum)).offset, 1_000);
});

test("a second connection ends the first, which may be dead without anybody knowing", async (t) => {
  const { files, folder } = await store(t);
  const { id } = await files.uploads.create(me, about);
  const hanging = new Readable({ read: () => undefined });
  hanging.push(content.subarray(0, 2_000));
  const first = files.uploads.append(id, me, 0, hanging);
  first.catch(() => undefined);
  while ((await stat(join(folder, "incoming", id))).size < 2_000) await sleep(5);
  const [refused, found] = await Promise.all([code(t, first), files.uploads.find(id, me)]);
  t.is(refused, "conflict");
  t.is(found.offset, 2_000);
  const both = await Promise.allSettled([
    files.uploads.append(id, me, 2_000, part(2_000)),
    files.uploads.append(id, me, 2_000, part(2_000)),
  ]);
  const { file } = await files.uploads.find(id, me);
  t.is(file?.sha256, createHash("sha256").update(content).digest("hex"), JSON.stringify(both));
});

test("more bytes than announced, too large, empty, or somebody else's upload is refused", async (t) => {
  const { files, folder } = await store(t, { ...fileLimits(), fileBytes: 500_000 });
  t.is(await code(t, files.uploads.create(me, { ...about, length: 500_001 })), "too-large");
  t.is(await code(t, files.uploads.create(me, { ...about, length: 0 })), "invalid-file");
  const { id } = await files.uploads.create(me, { ...about, length: 10 });
  t.is(await code(t, files.uploads.append(id, me, 0, part(0, 11))), "invalid-request");
  for (const other of [
    { ...me, actor: "v" },
    { ...me, bureau: "fanchang" },
    { ...me, ticket: "x" },
  ]) {
    t.is(await code(t, files.uploads.find(id, other)), "not-found");
    t.is(await code(t, files.uploads.append(id, other, 0, part(0, 5))), "not-found");
    t.is(await code(t, files.uploads.remove(id, other)), "not-found");
  }
  await files.uploads.remove(id, me);
  t.is(await code(t, files.uploads.find(id, me)), "not-found");
  t.deepEqual(await readdir(join(folder, "incoming")), []);
});

test("a content that is refused stays refused for whoever asks again, and nothing of it is left", async (t) => {
  const { files, folder } = await store(t);
  const { id } = await files.uploads.create(me, { name: "a.pdf", mediaType: "", length: 100 });
  t.is(await code(t, files.uploads.append(id, me, 0, part(0, 100))), "invalid-file");
  t.is(await code(t, files.uploads.find(id, me)), "invalid-file");
  t.deepEqual(await readdir(join(folder, "incoming")), []);
});

test("a few uploads at a time; those left off don't stand in the way and go after a day", async (t) => {
  const { files, folder } = await store(t, { ...fileLimits(), uploadsPerPerson: 2 });
  const one = await files.uploads.create(me, about);
  await files.uploads.create(me, about);
  t.is(await code(t, files.uploads.create(me, about)), "too-many-requests");
  const left = (ms: number): Promise<unknown> => {
    const then = new Date(Date.now() - ms).toISOString();
    return files.database.transaction((tx) => tx.update("file_upload", {}, { touched_at: then }));
  };
  await left(2 * 60_000);
  await files.uploads.create(me, about);
  const old = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(folder, "incoming", one.id), old, old);
  await files.sweep();
  t.is((await files.uploads.find(one.id, me)).offset, 0, "a slow one is no leftover");
  await left(25 * 3_600_000);
  await files.sweep();
  t.is(await code(t, files.uploads.find(one.id, me)), "not-found");
  t.deepEqual(await readdir(join(folder, "incoming")), []);
});
