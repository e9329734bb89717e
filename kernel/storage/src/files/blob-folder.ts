import { JinshuiError } from "@jinshui/contracts";
import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Contents are hashed in pieces of this size besides as a whole, so that any part can be proven before it is sent. */
const PIECE_BYTES = 1024 * 1024;
/** Contents up to this size are proven as a whole before the first byte of them is sent. */
const WHOLE_BYTES = 16 * PIECE_BYTES;
const FOLDER = /^[0-9a-f]{2}$/;
const DIGEST = /^[0-9a-f]{64}$/;

/** A content as it was when it came. */
export interface Blob {
  sha256: string;
  size: number;
  /** See the table `file_blob`. */
  sums?: string | undefined;
}

/** First and last byte, both of them included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** The contents on the disk: `ab/abcd…` by SHA-256, `incoming/` while they come, `quarantine/` when they hold a virus. */
export class BlobFolder {
  constructor(readonly folder: string) {}

  async prepare(): Promise<void> {
    await mkdir(this.incoming(""), { recursive: true });
    await mkdir(this.quarantined(""), { recursive: true });
  }

  incoming(name: string): string {
    return join(this.folder, "incoming", name);
  }

  path(sha256: string): string {
    return join(this.folder, sha256.slice(0, 2), sha256);
  }

  quarantined(sha256: string): string {
    return join(this.folder, "quarantine", sha256);
  }

  /** Moves a measured file to its place and makes that durable; a second time finds it done. */
  async settle(incoming: string, sha256: string): Promise<void> {
    const path = this.path(sha256);
    await mkdir(dirname(path), { recursive: true });
    // the age of a content nobody refers to is counted from here
    const now = new Date();
    await utimes(incoming, now, now).catch(ignoreMissing);
    await rename(incoming, path).catch(async (error: unknown) => {
      ignoreMissing(error);
      await stat(path);
    });
    await synced(dirname(path));
    await synced(this.folder);
  }

  /** Takes a content away from where it could be read. */
  async quarantine(sha256: string): Promise<void> {
    await rename(this.path(sha256), this.quarantined(sha256)).catch(ignoreMissing);
    await synced(this.quarantined(""));
    await synced(dirname(this.path(sha256))).catch(ignoreMissing);
  }

  /** Puts it back. */
  async release(sha256: string): Promise<void> {
    const path = this.path(sha256);
    await rename(this.quarantined(sha256), path).catch(async (error: unknown) => {
      ignoreMissing(error);
      await stat(path);
    });
    await synced(dirname(path));
    await synced(this.quarantined(""));
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
    await rm(this.quarantined(sha256), { force: true });
  }

  /** Hashes of all contents that lie here, with the time they were put there; `quarantine/` and `incoming/` left out. */
  async *stored(): AsyncGenerator<{ sha256: string; at: number }> {
    for (const folder of (await readdir(this.folder)).filter((name) => FOLDER.test(name)).sort()) {
      for (const sha256 of (await readdir(join(this.folder, folder))).filter((name) => DIGEST.test(name)).sort()) {
        const at = await stat(this.path(sha256)).then(
          ({ mtimeMs }) => mtimeMs,
          () => undefined,
        );
        if (at !== undefined) yield { sha256, at };
      }
    }
  }

  /**
   * Bytes of a content, each piece proven before it is handed out.
   * @throws JinshuiError `internal` at the first piece that is not what it was.
   */
  async *read(blob: Blob, { start, end }: ByteRange = { start: 0, end: blob.size - 1 }): AsyncGenerator<Buffer> {
    const path = this.path(blob.sha256);
    const sums = Buffer.from(await this.#sums(path, blob), "base64");
    const file = await open(path, "r").catch(damaged(blob.sha256));
    try {
      for (let piece = Math.floor(start / PIECE_BYTES); piece * PIECE_BYTES <= end; piece += 1) {
        const at = piece * PIECE_BYTES;
        const length = Math.min(PIECE_BYTES, blob.size - at);
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
        const sum = createHash("sha256").update(buffer.subarray(0, bytesRead)).digest();
        if (bytesRead !== length || !sum.equals(sums.subarray(piece * 32, piece * 32 + 32)))
          damaged(blob.sha256)(new Error(`bytes ${at} to ${at + length} are not what they were`));
        yield buffer.subarray(Math.max(0, start - at), Math.min(length, end + 1 - at));
      }
    } finally {
      await file.close();
    }
  }

  /** Whether a content is there and as it was. */
  async state({ sha256 }: Blob): Promise<"whole" | "missing" | "damaged"> {
    const path = await stat(this.path(sha256)).then(
      () => this.path(sha256),
      () => this.quarantined(sha256),
    );
    try {
      return (await measure(path)).sha256 === sha256 ? "whole" : "damaged";
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT" ? "missing" : "damaged";
    }
  }

  async #sums(path: string, blob: Blob): Promise<string> {
    if (blob.size <= PIECE_BYTES) return Buffer.from(blob.sha256, "hex").toString("base64");
    if (blob.sums !== undefined && blob.size > WHOLE_BYTES) return blob.sums;
    const { sha256, sums = "" } = await measure(path).catch(damaged(blob.sha256));
    if (sha256 !== blob.sha256) damaged(blob.sha256)(new Error("its hash is another"));
    return sums;
  }
}

/** Hashes a file as it lies on the disk. */
export async function measure(path: string): Promise<Blob> {
  const whole = createHash("sha256");
  const sums: Buffer[] = [];
  let size = 0;
  const file = await open(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, size);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      whole.update(piece);
      sums.push(createHash("sha256").update(piece).digest());
      size += bytesRead;
    }
  } finally {
    await file.close();
  }
  return {
    sha256: whole.digest("hex"),
    size,
    ...(size > PIECE_BYTES ? { sums: Buffer.concat(sums).toString("base64") } : {}),
  };
}

/** Makes a folder's entries durable: a renamed file is not, until its folder is. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}

function damaged(sha256: string): (cause: unknown) => never {
  return (cause) => {
    throw new JinshuiError("internal", `The content ${sha256} is missing or damaged`, { cause });
  };
}
