import { type FileRef, JinshuiError } from "@jinshui/contracts";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { Database } from "../database/database.js";
import { newId } from "../database/ids.js";

/** Largest file that is taken, in bytes. */
export const MAX_FILE_BYTES = 50 * 1024 * 1024;
const CLAIM_MS = 5 * 60_000;
const ABANDONED_MS = 3_600_000;

export interface FileContent extends FileRef {
  path: string;
}

/** Files of bureaus, stored once per content under its SHA-256. */
export class FileStore {
  #swept: Promise<void> | undefined;

  constructor(
    readonly database: Database,
    readonly folder: string,
    /** Key of the claims' signatures. */
    readonly secret: Buffer,
    /** Where claims are honoured, e.g. `http://127.0.0.1:8080`. */
    readonly origin: () => string,
  ) {}

  /** Takes a stream in; nothing is kept when it breaks off or is too large (413). */
  async put(
    content: Readable,
    about: { name: string; mediaType: string; bureau: string; actor: string },
  ): Promise<FileRef> {
    await (this.#swept ??= this.#sweep());
    const id = newId();
    const incoming = join(this.#incoming, id);
    const hash = createHash("sha256");
    let size = 0;
    const file = await open(incoming, "wx");
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_FILE_BYTES)
          throw new JinshuiError("too-large", `A file holds ${MAX_FILE_BYTES} bytes at most`, {
            details: { limit: MAX_FILE_BYTES },
          });
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      if (size === 0)
        throw new JinshuiError("invalid-file", `${about.name} is empty`, { details: { name: about.name } });
      await file.sync();
      await file.close();
      const sha256 = hash.digest("hex");
      const path = this.#path(sha256);
      await mkdir(dirname(path), { recursive: true });
      await rename(incoming, path);
      await synced(dirname(path));
      await synced(this.folder);
      await this.database.transaction((tx) =>
        tx.insert("file", {
          id,
          bureau: about.bureau,
          sha256,
          name: about.name.slice(0, 255),
          size,
          media_type: about.mediaType.slice(0, 120),
          created_at: tx.time,
          created_by: about.actor,
        }),
      );
      return { file: id, name: about.name, size, mediaType: about.mediaType, sha256 };
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(incoming, { force: true });
      throw error;
    }
  }

  /** A file of the bureau; another bureau's is 404. */
  async read(id: string, bureau: string): Promise<FileContent> {
    const row = await this.database.findOne("file", { id, bureau });
    if (!row) throw new JinshuiError("not-found", `There is no file ${id}`, { details: { file: id } });
    const sha256 = String(row["sha256"]);
    return {
      file: id,
      name: String(row["name"]),
      size: Number(row["size"]),
      mediaType: String(row["media_type"]),
      sha256,
      path: this.#path(sha256),
    };
  }

  async claim(
    id: string,
    bureau: string,
  ): Promise<{ url: string; name: string; size: number; mediaType: string; sha256: string }> {
    const { name, size, mediaType, sha256 } = await this.read(id, bureau);
    const expires = Date.now() + CLAIM_MS;
    const claim = `${bureau}.${expires}.${this.#sign(id, bureau, expires)}`;
    return { url: `${this.origin()}/api/v1/files/${id}?claim=${claim}`, name, size, mediaType, sha256 };
  }

  /** Opens a file for who holds a claim on it; a wrong or old claim is 403. */
  async openClaimed(id: string, claim: string): Promise<{ stream: Readable; file: FileContent }> {
    const [bureau = "", expires = "", signature = ""] = claim.split(".");
    const expected = Buffer.from(this.#sign(id, bureau, Number(expires)));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected) || Number(expires) < Date.now()) {
      throw new JinshuiError("forbidden", "The claim on this file is wrong or has expired");
    }
    return this.open(id, bureau);
  }

  async open(id: string, bureau: string): Promise<{ stream: Readable; file: FileContent }> {
    const file = await this.read(id, bureau);
    const actual = createHash("sha256");
    for await (const chunk of createReadStream(file.path)) actual.update(chunk as Buffer);
    if (actual.digest("hex") !== file.sha256)
      throw new JinshuiError("internal", `The content of file ${id} is damaged`);
    return { stream: createReadStream(file.path), file };
  }

  /** Removes what uploads have left behind that a crash cut off. */
  async #sweep(): Promise<void> {
    await mkdir(this.#incoming, { recursive: true });
    for (const name of await readdir(this.#incoming)) {
      const path = join(this.#incoming, name);
      const abandoned = await stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs > ABANDONED_MS,
        () => false,
      );
      if (abandoned) await rm(path, { force: true });
    }
  }

  get #incoming(): string {
    return join(this.folder, "incoming");
  }

  #path(sha256: string): string {
    return join(this.folder, sha256.slice(0, 2), sha256);
  }

  #sign(id: string, bureau: string, expires: number): string {
    return createHmac("sha256", this.secret).update(`${id}.${bureau}.${expires}`).digest("base64url");
  }
}

/** Makes a folder's entries durable: a renamed file is not, until its folder is. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
