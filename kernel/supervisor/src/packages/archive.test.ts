import { isJinshuiError } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { archiveOf, pax, rawArchive, type RawEntry, rawTar, sha256Of } from "../testing/tar-archive.js";
import { archiveLimits, type ArchiveRule, unpack, type Unpacked } from "./archive.js";

const LIMITS = archiveLimits();
const good: RawEntry = { path: "package/package.json", content: "{}" };

async function* inPieces(bytes: Buffer, size = 1_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function folderFor(t: ExecutionContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "jinshui-archive-"));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** The rule an archive is refused for, or what it was unpacked to; whatever happens, nothing is left beside or after. */
async function tried(root: string, bytes: Buffer, limits = LIMITS): Promise<Unpacked | string> {
  try {
    return await unpack(inPieces(bytes), join(root, "out"), limits);
  } catch (error) {
    if (!isJinshuiError(error) || error.code !== "invalid-package") throw error;
    return String(error.details?.["rule"]);
  }
}

const one = (path: string | Buffer, more: Partial<RawEntry> = {}): RawEntry[] => [
  good,
  { path, content: "x", ...more },
];
const many = (count: number): RawEntry[] =>
  Array.from({ length: count }, (_, index) => ({ path: `package/f${index}`, content: "x" }));

const HOSTILE: [string, ArchiveRule, RawEntry[] | Buffer][] = [
  ["a path that climbs out", "climbs-out", one("package/../../evil")],
  ["a path that climbs out at once", "climbs-out", one("../evil")],
  ["a path that climbs and comes back", "climbs-out", one("package/a/../b")],
  ["a path that ends in ..", "climbs-out", one("package/..", { type: "5", content: "" })],
  ["a climb hidden in the prefix field", "climbs-out", one("evil", { prefix: "package/../.." })],
  ["a climb hidden in a pax header", "climbs-out", [good, pax({ path: "package/../../evil" }), { path: "package/x" }]],
  [
    "a climb hidden in a GNU long name",
    "climbs-out",
    [good, { path: "././@LongLink", type: "L", content: "package/../../evil\0" }, { path: "package/x" }],
  ],
  ["an absolute path", "absolute", one("/etc/cron.d/evil")],
  ["an absolute path with two slashes", "absolute", one("//etc/passwd")],
  ["an absolute path in a pax header", "absolute", [good, pax({ path: "/etc/passwd" }), { path: "package/x" }]],
  ["a drive of Windows", "absolute", one("C:/evil")],
  ["backslashes", "foreign-character", one("package\\..\\evil")],
  ["a backslash in a name", "foreign-character", one("package/a\\b")],
  ["a stream of NTFS", "foreign-character", one("package/a.js:evil")],
  ["a newline in a name", "control-character", one("package/a\nb")],
  ["an escape sequence in a name", "control-character", one("package/\u001b[31mred")],
  ["text that runs backwards", "control-character", one("package/exe.\u202esj")],
  ["a space without width", "control-character", one("package/a\u200bb")],
  ["a name that is no UTF-8", "control-character", one(Buffer.from("package/\xff\xfe", "latin1"))],
  ["a device name", "reserved-name", one("package/CON")],
  ["a device name with an ending", "reserved-name", one("package/nul.txt")],
  ["a device name as a folder", "reserved-name", one("package/com1/x")],
  ["a name of every object", "reserved-name", one("package/__proto__/x")],
  ["a name that ends in a dot", "odd-end", one("package/a.")],
  ["a name that ends in a space", "odd-end", one("package/a ")],
  ["a path with an empty part", "empty-part", one("package//a")],
  ["a path with a dot", "empty-part", one("package/./a")],
  ["a path that begins with a dot", "empty-part", one("./package/a")],
  ["a file outside of package/", "outside", one("evil.js")],
  ["a folder that only begins like package", "outside", one("packages/evil.js")],
  ["package/ as a file", "duplicate", one("package")],
  ["package as the only file", "outside", [{ path: "package", content: "x" }]],
  ["a path of 300 characters", "too-long", [good, pax({ path: `package/${"a".repeat(300)}` }), { path: "package/x" }]],
  ["a path of 40 folders", "too-long", one(`package/${"a/".repeat(40)}x`)],
  ["a symbolic link", "link", one("package/a", { type: "2", linkpath: "/etc/passwd", content: "" })],
  [
    "a symbolic link within the package",
    "link",
    one("package/a", { type: "2", linkpath: "package.json", content: "" }),
  ],
  [
    "a link and a file through it",
    "link",
    [good, { path: "package/a", type: "2", linkpath: "/tmp" }, { path: "package/a/evil", content: "x" }],
  ],
  ["a hard link", "link", one("package/a", { type: "1", linkpath: "/etc/shadow", content: "" })],
  [
    "a hard link to its own file",
    "link",
    one("package/a", { type: "1", linkpath: "package/package.json", content: "" }),
  ],
  ["a character device", "special-file", one("package/a", { type: "3", content: "" })],
  ["a block device", "special-file", one("package/a", { type: "4", content: "" })],
  ["a named pipe", "special-file", one("package/a", { type: "6", content: "" })],
  ["a type nobody knows", "special-file", one("package/a", { type: "Z" })],
  ["a folder with content", "damaged", one("package/a/", { type: "5" })],
  ["the same file twice", "duplicate", [good, good]],
  ["the same file twice, with another content", "duplicate", [good, { ...good, content: "[]" }]],
  ["the same folder twice", "duplicate", [good, ...["", ""].map(() => ({ path: "package/a/", type: "5" }))]],
  ["a file where a folder is", "duplicate", [good, { path: "package/a/b" }, { path: "package/a", content: "x" }]],
  ["a folder where a file is", "duplicate", [good, { path: "package/a", content: "x" }, { path: "package/a/b" }]],
  ["names that differ in case only", "same-but-case", [good, { path: "package/A.js" }, { path: "package/a.js" }]],
  ["folders that differ in case only", "same-but-case", [good, { path: "package/A/x" }, { path: "package/a/y" }]],
  [
    "names that differ in how an accent is composed",
    "same-but-case",
    [good, { path: "package/caf\u00e9" }, { path: "package/cafe\u0301" }],
  ],
  ["names that differ in width only", "same-but-case", [good, { path: "package/ａ" }, { path: "package/a" }]],
  ["2,001 files", "too-many-files", many(2_001)],
  [
    "more headers than files are allowed",
    "too-many-files",
    Array.from({ length: 2_001 }, (_, index) => pax({ comment: sha256Of(String(index)) })),
  ],
  ["a size beyond every limit", "too-large", one("package/a", { size: 0o77777777777 })],
  ["a bomb of zeros", "bomb", one("package/a", { content: Buffer.alloc(20_000_000) })],
  ["a bomb in padding", "bomb", gzipSync(Buffer.concat([rawTar([good]), Buffer.alloc(40_000_000)]))],
  ["an archive within the archive", "no-gzip", gzipSync(rawArchive([good]))],
  ["a header that is larger than any needs be", "special-file", [good, pax({ comment: "x".repeat(5_000) })]],
  ["a wrong checksum", "damaged", one("package/a", { wrongChecksum: true })],
  ["a path that is empty", "damaged", one("")],
  ["a link without a target", "damaged", one("package/a", { type: "2", content: "" })],
  ["a file with a target", "damaged", one("package/a", { linkpath: "/etc/passwd" })],
  ["half a file", "damaged", gzipSync(rawTar(one("package/a", { content: "x".repeat(5_000) })).subarray(0, 3_000))],
  ["no end", "no-end", rawArchive([good], { end: false })],
  ["nothing at all", "no-gzip", Buffer.alloc(0)],
  ["a tar that is empty", "damaged", rawArchive([])],
  ["folders only", "empty", rawArchive([{ path: "package/", type: "5" }])],
  ["a tar that is not compressed", "no-gzip", rawTar([good])],
  ["a zip", "no-gzip", Buffer.from("PK\u0003\u0004 and so on")],
  ["text", "no-gzip", Buffer.from("<html>Sign in to the catalogue</html>")],
  ["half an archive", "damaged", rawArchive([good]).subarray(0, 60)],
];

test("what a package may not hold is refused by name, and nothing of it is left", async (t) => {
  t.true(HOSTILE.length >= 40);
  const root = await folderFor(t);
  for (const [title, rule, archive] of HOSTILE) {
    t.is(await tried(root, Buffer.isBuffer(archive) ? archive : rawArchive(archive)), rule, title);
    t.deepEqual(await readdir(root), [], title);
  }
});

test("a package is unpacked as it was packed, in whatever pieces it comes", async (t) => {
  const files = { "package.json": "{}", "dist/main.js": "x".repeat(70_000), "forms/空.json": "", "a/b/c/d": "deep" };
  for (const size of [1, 513, 100_000]) {
    const root = await folderFor(t);
    const archive = archiveOf(files);
    const { sha256, files: found } = await unpack(inPieces(archive, size), join(root, "out"), LIMITS);
    t.is(sha256, sha256Of(archive));
    t.deepEqual(
      Object.fromEntries([...found].map(([path, file]) => [path, file.sha256])),
      Object.fromEntries(Object.entries(files).map(([path, content]) => [path, sha256Of(content)])),
    );
    for (const [path, content] of Object.entries(files))
      t.is(await readFile(join(root, "out", path), "utf8"), content, path);
  }
});

test("an archive that is larger than allowed is refused before it is read to its end", async (t) => {
  const root = await folderFor(t);
  let sent = 0;
  const endless = async function* (): AsyncGenerator<Buffer> {
    const noise = archiveOf({
      a: Buffer.from(Array.from({ length: 60_000 }, (_, index) => (index * index * 7) % 251)),
    });
    for (;;) {
      sent += noise.length;
      yield await Promise.resolve(noise);
    }
  };
  const limits = { ...LIMITS, archiveBytes: 100_000 };
  const error = await t.throwsAsync(unpack(endless(), join(root, "out"), limits));
  t.is(isJinshuiError(error) && error.details?.["rule"], "archive-too-large");
  t.true(sent < 1_000_000);
  t.deepEqual(await readdir(root), []);
});

test("files together may not be larger than allowed, whatever each of them is", async (t) => {
  const root = await folderFor(t);
  const noise = Buffer.from(Array.from({ length: 400_000 }, (_, index) => (index * index * 31 + (index >> 3)) % 253));
  const archive = archiveOf({ a: noise, b: noise, c: noise });
  t.is(await tried(root, archive, { ...LIMITS, unpackedBytes: 1_000_000 }), "too-large");
  t.deepEqual(await readdir(root), []);
});

test("a package with a damaged byte is refused, or is what it was", async (t) => {
  const root = await folderFor(t);
  const files = {
    "package.json": '{"name":"x"}',
    "dist/main.js": "export const a = 1;\n".repeat(90),
    "a/b.json": "[]",
  };
  const tar = rawTar(Object.entries(files).map(([path, content]) => ({ path: `package/${path}`, content })));
  const archive = gzipSync(tar);
  const whole = new Map(Object.entries(files).map(([path, content]) => [path, sha256Of(content)]));
  let seed = 20_261_127;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let refused = 0;
  for (let turn = 0; turn < 400; turn += 1) {
    const bytes = Buffer.from(archive);
    for (let strikes = 0; strikes <= random(3); strikes += 1) {
      const at = random(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 + random(255));
    }
    const outcome = await tried(root, turn % 10 === 0 ? bytes.subarray(0, random(bytes.length)) : bytes);
    if (typeof outcome === "string") refused += 1;
    else
      for (const [path, { sha256 }] of outcome.files)
        t.is<string | undefined, string | undefined>(sha256, whole.get(path), `${turn}: ${path}`);
    await rm(join(root, "out"), { recursive: true, force: true });
    t.deepEqual(await readdir(root), []);
  }
  t.true(refused > 350, `${refused} of 400`);
});
