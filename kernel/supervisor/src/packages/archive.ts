import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import { createHash, type Hash } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { brokenRule, KnownPaths, type PathRule } from "./archive-paths.js";

/** What an archive may hold. */
export interface ArchiveLimits {
  /** Of the archive as it is sent. */
  archiveBytes: number;
  /** Of all its files together. */
  unpackedBytes: number;
  files: number;
  /** Unpacked bytes for each byte of the archive, from the first megabyte on. */
  ratio: number;
}

/** The usual limits, with the size a site sets. */
export function archiveLimits(maxMegabytes = 50): ArchiveLimits {
  return { archiveBytes: maxMegabytes * MEGABYTE, unpackedBytes: maxMegabytes * MEGABYTE, files: 2_000, ratio: 100 };
}

/** A file of an archive that was unpacked. */
export interface UnpackedFile {
  sha256: string;
  size: number;
}

/** An archive whose files are in a folder; their paths are below it. */
export interface Unpacked {
  /** Of the archive. */
  sha256: string;
  files: Map<string, UnpackedFile>;
}

/** Why an archive is refused; the key of what people read. */
export type ArchiveRule =
  | PathRule
  | "no-gzip"
  | "damaged"
  | "no-end"
  | "empty"
  | "link"
  | "special-file"
  | "too-many-files"
  | "too-large"
  | "archive-too-large"
  | "bomb";

const MEGABYTE = 1_048_576;
/** Every file has a header of its own, and is filled up to whole blocks. */
const BLOCK_BYTES = 512;
const MAX_META_BYTES = 4_096;
const LINKS = ["Link", "SymbolicLink"];
const FILES = ["File", "OldFile"];

/**
 * Unpacks a package, as it comes, into a new folder; all its files are below `package/` in the archive, and below the folder
 * here. Nothing is written but plain files and folders, and nothing is left of what is refused.
 * @throws JinshuiError `invalid-package`, with the broken `rule` and the `entry` in its details.
 */
export async function unpack(source: AsyncIterable<Buffer>, folder: string, limits: ArchiveLimits): Promise<Unpacked> {
  await mkdir(folder, { mode: 0o700 });
  const reading = new ArchiveReading(folder, limits);
  try {
    return await reading.read(source);
  } catch (error) {
    reading.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

class ArchiveReading {
  readonly #files = new Map<string, UnpackedFile>();
  readonly #paths = new KnownPaths();
  readonly #digest = createHash("sha256");
  readonly #parser = new Parser({ strict: true, maxMetaEntrySize: MAX_META_BYTES, brotli: false, zstd: false });
  #archiveBytes = 0;
  #tarBytes = 0;
  #fileBytes = 0;
  #entries = 0;
  #sawEnd = false;
  #finished = false;
  #failure: unknown;
  #open: { handle: number; hash: Hash } | undefined;

  constructor(
    readonly folder: string,
    readonly limits: ArchiveLimits,
  ) {
    const parser = this.#parser;
    parser.on("entry", (entry: ReadEntry) => {
      this.#guard(() => this.#take(entry));
      entry.resume();
    });
    parser.on("ignoredEntry", ({ path, type }: ReadEntry) =>
      this.#guard(() => refuse("special-file", path, `is a ${type}`)),
    );
    parser.on("meta", () => this.#guard(() => this.#count("a header")));
    parser.on("error", ({ message }: Error) => this.#guard(() => refuse("damaged", undefined, message)));
    parser.on("eof", () => (this.#sawEnd = true));
    parser.on("end", () => (this.#finished = true));
  }

  /** What throws in a listener would fall through the parser, sooner or later. */
  #guard(work: () => void): void {
    try {
      if (this.#failure === undefined) work();
    } catch (error) {
      this.#failure = error;
    }
  }

  async read(source: AsyncIterable<Buffer>): Promise<Unpacked> {
    const raw = Readable.from(this.#measured(source));
    const gunzip = createGunzip();
    raw.once("error", (error) => gunzip.destroy(error));
    raw.pipe(gunzip);
    let first = true;
    try {
      for await (const chunk of gunzip as AsyncIterable<Buffer>) {
        // the parser would unpack once more, uncounted
        if (first && chunk[0] !== undefined && [0x1f, 0x28].includes(chunk[0]))
          refuse("no-gzip", undefined, "holds no tar");
        first = false;
        this.#measure(chunk.length);
        this.#write(chunk);
      }
    } catch (error) {
      if (error instanceof Error && "code" in error && /^(Z_|ERR_ZLIB)/.test(String(error.code)))
        refuse(this.#tarBytes === 0 ? "no-gzip" : "damaged", undefined, error.message);
      throw error;
    } finally {
      raw.destroy();
      gunzip.destroy();
    }
    this.#write();
    if (!this.#finished || !this.#sawEnd || this.#open) refuse("no-end", undefined, "ends before its end");
    if (this.#files.size === 0) refuse("empty", undefined, "holds no file");
    return { sha256: this.#digest.digest("hex"), files: this.#files };
  }

  close(): void {
    if (this.#open) closeSync(this.#open.handle);
    this.#open = undefined;
  }

  async *#measured(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.#archiveBytes += chunk.length;
      if (this.#archiveBytes > this.limits.archiveBytes)
        refuse("archive-too-large", undefined, `has more than ${this.limits.archiveBytes} bytes`, {
          megabytes: this.limits.archiveBytes / MEGABYTE,
        });
      this.#digest.update(chunk);
      yield chunk;
    }
  }

  #measure(bytes: number): void {
    this.#tarBytes += bytes;
    const { unpackedBytes, files, ratio } = this.limits;
    if (this.#tarBytes > unpackedBytes + files * 4 * BLOCK_BYTES) this.#tooLarge();
    if (this.#tarBytes > MEGABYTE && this.#tarBytes > ratio * this.#archiveBytes)
      refuse("bomb", undefined, `becomes more than ${ratio} times as large`, { ratio });
  }

  /** Hands bytes to the parser, or tells it that there are no more. */
  #write(chunk?: Buffer): void {
    try {
      if (chunk) this.#parser.write(chunk);
      else this.#parser.end();
    } catch (error) {
      this.#failure ??= error;
    }
    const failure = this.#failure as Error | undefined;
    if (failure === undefined) return;
    if (!isJinshuiError(failure) && !isOfSystem(failure)) refuse("damaged", undefined, failure.message);
    throw failure;
  }

  #take(entry: ReadEntry): void {
    const { path, type, size } = entry;
    const isFile = FILES.includes(type) && !path.endsWith("/");
    this.#count(path);
    if (LINKS.includes(type)) refuse("link", path, `is a link to ${quoted(entry.linkpath ?? "")}`);
    if (!isFile && type !== "Directory") refuse("special-file", path, `is a ${type}`);
    const rule = brokenRule(path) ?? this.#paths.take(path.replace(/\/$/, ""), isFile);
    if (rule !== undefined) refuse(rule, path, "has a path that is not allowed");
    this.#fileBytes += size;
    if (this.#fileBytes > this.limits.unpackedBytes) this.#tooLarge(path);
    if (!isFile) return;
    const below = path.split("/").slice(1).join("/");
    if (below === "") refuse("outside", path, "is a file where the folder is to be");
    const file = join(this.folder, below);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const open = { handle: openSync(file, "wx", 0o600), hash: createHash("sha256") };
    this.#open = open;
    let written = 0;
    entry.on("end", () =>
      this.#guard(() => {
        if (written !== size) refuse("damaged", path, `has ${written} of ${size} bytes`);
        this.#files.set(below, { sha256: open.hash.digest("hex"), size });
        this.close();
      }),
    );
    entry.on("data", (chunk: Buffer) =>
      this.#guard(() => {
        open.hash.update(chunk);
        for (let at = 0; at < chunk.length;) at += writeSync(open.handle, chunk, at);
        written += chunk.length;
      }),
    );
  }

  #count(what: string): void {
    this.#entries += 1;
    if (this.#entries > this.limits.files)
      refuse("too-many-files", what, `is one more than ${this.limits.files}`, { files: this.limits.files });
  }

  #tooLarge(path?: string): never {
    return refuse("too-large", path, `unpacks to more than ${this.limits.unpackedBytes} bytes`, {
      megabytes: this.limits.unpackedBytes / MEGABYTE,
    });
  }
}

/** Whether the machine failed, not the archive. */
function isOfSystem(error: Error): boolean {
  return "syscall" in error;
}

function quoted(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}

function refuse(rule: ArchiveRule, entry: string | undefined, what: string, details: object = {}): never {
  const where = entry === undefined ? "The package" : `${quoted(entry)} of the package`;
  throw new JinshuiError("invalid-package", `${where} ${what} (${rule})`, {
    details: { rule, ...(entry === undefined ? {} : { entry: entry.slice(0, 200) }), ...details },
  });
}
