import { isJinshuiError } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { sqliteDatabase } from "../testing/databases.js";
import { FileStore, MAX_FILE_BYTES } from "./file-store.js";

const about = { name: "报告.pdf", mediaType: "application/pdf", bureau: "wuhu", actor: "u" };

async function store(t: ExecutionContext): Promise<{ files: FileStore; folder: string }> {
  const { database, close } = await sqliteDatabase();
  const folder = await mkdtemp(join(tmpdir(), "jinshui-files-"));
  t.teardown(async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  });
  return { files: new FileStore(database, folder, Buffer.from("secret"), () => "http://127.0.0.1:1"), folder };
}

async function code(t: ExecutionContext, call: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(call);
  return isJinshuiError(error) ? error.code : String(error);
}

async function namesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test("a file comes back byte for byte; the same content is kept once", async (t) => {
  const { files, folder } = await store(t);
  const content = Buffer.from("金税".repeat(100_000));
  const first = await files.put(Readable.from([content.subarray(0, 7), content.subarray(7)]), about);
  const second = await files.put(Readable.from([content]), { ...about, name: "又.pdf", bureau: "fanchang" });
  t.is(first.sha256, createHash("sha256").update(content).digest("hex"));
  t.not(first.file, second.file);
  t.deepEqual(await namesBelow(folder), [first.sha256]);
  const { stream, file } = await files.open(second.file, "fanchang");
  t.true(content.equals(await buffer(stream)));
  t.like(file, { name: "又.pdf", size: content.length, mediaType: "application/pdf" });
});

test("another bureau's file does not exist", async (t) => {
  const { files } = await store(t);
  const { file } = await files.put(Readable.from(["x"]), about);
  for (const call of [files.open(file, "fanchang"), files.read(file, "fanchang"), files.claim(file, "fanchang")])
    t.is(await code(t, call), "not-found");
});

test("nothing is left of an upload that breaks off, is empty or is too large", async (t) => {
  const { files, folder } = await store(t);
  const broken = Readable.from(
    (function* () {
      yield "half";
      throw new Error("connection lost");
    })(),
  );
  await t.throwsAsync(files.put(broken, about), { message: "connection lost" });
  t.is(await code(t, files.put(Readable.from([]), about)), "invalid-file");
  const chunk = Buffer.alloc(1024 * 1024);
  const huge = Readable.from(
    (function* () {
      for (let size = 0; size <= MAX_FILE_BYTES; size += chunk.length) yield chunk;
    })(),
  );
  t.is(await code(t, files.put(huge, about)), "too-large");
  t.deepEqual(await namesBelow(folder), []);
});

test("a claim opens its own file, for a while, and nothing else", async (t) => {
  const { files } = await store(t);
  const { file } = await files.put(Readable.from(["mine"]), about);
  const { file: other } = await files.put(Readable.from(["other"]), { ...about, bureau: "fanchang" });
  const claim = new URL((await files.claim(file, "wuhu")).url).searchParams.get("claim") ?? "";
  t.is((await buffer((await files.openClaimed(file, claim)).stream)).toString(), "mine");
  const [bureau, expires, signature] = claim.split(".");
  for (const forged of [
    "",
    "..",
    `fanchang.${expires}.${signature}`,
    `${bureau}.${Number(expires) + 1}.${signature}`,
    `${bureau}.${expires}.`,
    `${bureau}.${expires}.${signature}x`,
    `${bureau}.NaN.${signature}`,
    `${bureau}.${expires}.${"é".repeat(43)}`,
  ]) {
    t.is(await code(t, files.openClaimed(file, forged)), "forbidden", forged);
  }
  t.is(await code(t, files.openClaimed(other, claim)), "forbidden");
  const now = Date.now();
  const late = new FileStore(files.database, files.folder, files.secret, files.origin);
  const clock = Date.now;
  Date.now = () => now + 5 * 60_000 + 1;
  t.teardown(() => void (Date.now = clock));
  t.is(await code(t, late.openClaimed(file, claim)), "forbidden");
});

test("content that was damaged on the disk is never served", async (t) => {
  const { files, folder } = await store(t);
  const { file, sha256 } = await files.put(Readable.from(["content"]), about);
  const path = join(folder, sha256.slice(0, 2), sha256);
  const bytes = await readFile(path);
  bytes[3] = (bytes[3] ?? 0) ^ 1;
  await writeFile(path, bytes);
  t.is(await code(t, files.open(file, "wuhu")), "internal");
});

test("what a crash left half uploaded is removed, what is just being uploaded is not", async (t) => {
  const { files, folder } = await store(t);
  const incoming = join(folder, "incoming");
  await mkdir(incoming);
  await writeFile(join(incoming, "old"), "x");
  await writeFile(join(incoming, "new"), "x");
  const yesterday = new Date(Date.now() - 86_400_000);
  await utimes(join(incoming, "old"), yesterday, yesterday);
  await files.put(Readable.from(["x"]), about);
  t.deepEqual(await readdir(incoming), ["new"]);
  t.true((await stat(join(incoming, "new"))).isFile());
});
