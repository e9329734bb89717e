import { JinshuiError } from "@jinshui/contracts";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { type Entry, openPromise, type ZipFile } from "yauzl";

/** How far an archive may go. */
export interface ArchiveLimits {
  /** All contents together, those of archives inside included. */
  unpackedBytes: number;
  entries: number;
  /** Unpacked over packed size; asked only of what unpacks to more than a megabyte. */
  ratio?: number;
  /** Archives within archives; 0: what lies inside is not looked into. */
  depth: number;
}

/** What an archive holds, as far as it tells its kind. */
export interface ArchiveContents {
  names: Set<string>;
  /** Content of the entry `mimetype` with which OpenDocument begins. */
  mimetype: string;
}

const MAX_SLACK_BYTES = 64 * 1024;
const FIXED_HEADER_BYTES = 30 + 46;
const RATIO_FROM_BYTES = 1024 * 1024;
const ZIP = Buffer.from("PK\u0003\u0004", "latin1");
const UNIX = 3;

interface Spent {
  unpacked: number;
  entries: number;
}

/**
 * Unpacks an archive to nowhere, so that one made to burst is told by its real size before anything of it is kept. Readers
 * that go by the parts as they lie in the file see what its table of contents does not name: such bytes are refused too,
 * and so are parts that overlap, links, paths that lead out, encrypted parts, and names that differ only by case.
 * @throws JinshuiError `too-large`, or `invalid-file` with the reason.
 */
export async function inspectArchive(path: string, name: string, limits: ArchiveLimits): Promise<ArchiveContents> {
  return inspect(path, name, limits, { unpacked: 0, entries: 0 }, 0);
}

async function inspect(
  path: string,
  name: string,
  limits: ArchiveLimits,
  spent: Spent,
  depth: number,
): Promise<ArchiveContents> {
  let zip: ZipFile;
  try {
    zip = await openPromise(path);
  } catch (error) {
    throw refused(name, "archive-unreadable", error);
  }
  const contents: ArchiveContents = { names: new Set(), mimetype: "" };
  const { size } = await stat(path);
  const before = spent.unpacked;
  let accounted = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      spent.entries += 1;
      checkEntry(entry, contents.names, name);
      accounted +=
        FIXED_HEADER_BYTES +
        2 * entry.fileNameLength +
        entry.extraFieldLength +
        entry.fileCommentLength +
        entry.compressedSize;
      const within = (): void => checkLimits(spent, before, size, limits, name);
      within();
      await unpack(zip, entry, name, limits, spent, depth, within, contents);
    }
  } catch (error) {
    if (error instanceof JinshuiError) throw error;
    throw refused(name, reasonOf(error), error);
  } finally {
    zip.close();
  }
  if (size - accounted > MAX_SLACK_BYTES) throw refused(name, "archive-hidden");
  if (accounted - size > MAX_SLACK_BYTES) throw refused(name, "archive-overlap");
  return contents;
}

function checkEntry(entry: Entry, names: Set<string>, name: string): void {
  const mode = entry.externalFileAttributes >>> 16;
  const kind = entry.versionMadeBy >> 8 === UNIX ? mode & 0o170000 : 0;
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) throw refused(name, "archive-link");
  if ((entry.generalPurposeBitFlag & 1) !== 0) throw refused(name, "archive-encrypted");
  const key = entry.fileName.normalize("NFC").toLowerCase().replace(/\/$/, "");
  if (key.split("/").includes("..") || key.startsWith("/")) throw refused(name, "archive-path");
  if (names.has(key)) throw refused(name, "archive-duplicate");
  names.add(key);
}

function checkLimits(
  { unpacked, entries }: Spent,
  before: number,
  size: number,
  limits: ArchiveLimits,
  name: string,
): void {
  if (entries > limits.entries || unpacked > limits.unpackedBytes) {
    throw new JinshuiError(
      "too-large",
      `${name} unpacks to more than ${limits.unpackedBytes} bytes or ${limits.entries} parts`,
      { details: { name, limit: limits.unpackedBytes } },
    );
  }
  const own = unpacked - before;
  if (limits.ratio !== undefined && own > RATIO_FROM_BYTES && own > limits.ratio * size) {
    throw new JinshuiError("too-large", `${name} unpacks to more than ${limits.ratio} times its size`, {
      details: { name, limit: limits.ratio * size },
    });
  }
}

async function unpack(
  zip: ZipFile,
  entry: Entry,
  name: string,
  limits: ArchiveLimits,
  spent: Spent,
  depth: number,
  within: () => void,
  contents: ArchiveContents,
): Promise<void> {
  const stream = await zip.openReadStreamPromise(entry);
  const chunks = counted(stream, spent, within);
  const first = await chunks.next();
  if (first.done === true) return;
  if (entry.fileName === "mimetype") contents.mimetype = first.value.toString("latin1").slice(0, 100);
  if (limits.depth === 0 || !first.value.subarray(0, 4).equals(ZIP)) {
    while ((await chunks.next()).done !== true);
    return;
  }
  if (depth >= limits.depth) throw refused(name, "archive-depth");
  await withTemporary(async (path) => {
    const file = await open(path, "wx");
    try {
      await file.writeFile(first.value);
      for await (const chunk of chunks) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
    await inspect(path, name, limits, spent, depth + 1);
  });
}

async function* counted(stream: Readable, spent: Spent, within: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    spent.unpacked += chunk.length;
    within();
    yield chunk;
  }
}

async function withTemporary(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-archive-"));
  await work(join(folder, "inner")).finally(() => rm(folder, { recursive: true, force: true }));
}

/** yauzl refuses paths by itself, in words. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  return /absolute path|relative path|invalid characters/.test(text) ? "archive-path" : "archive-unreadable";
}

function refused(name: string, reason: string, cause?: unknown): JinshuiError {
  const said = cause instanceof Error ? `: ${cause.message}` : "";
  return new JinshuiError("invalid-file", `${name} is no archive that can be taken (${reason})${said}`, {
    details: { name, reason },
    cause,
  });
}
