import { JinshuiError } from "@jinshui/contracts";
import { open, rm } from "node:fs/promises";
import type { Database } from "../database/database.js";
import { isNotUnique, TryAgain } from "../database/errors.js";
import { newId } from "../database/ids.js";
import type { Transaction } from "../database/transaction.js";
import { type Blob, type BlobFolder, measure } from "./blob-folder.js";
import { checkContent } from "./check-content.js";
import { cleanFileName } from "./file-name.js";
import { checkSize, checkSpace, type FileLimits } from "./limits.js";
import type { Scanner } from "./scanner.js";

/** What is said of a file that comes in, and who brings it. */
export interface Arrival {
  name: string;
  /** As the sender claims. */
  mediaType: string;
  bureau: string;
  /** Person, or `plugin:<id>`. */
  actor: string;
}

const SCAN_WAIT_MS = 3_000;
const LOOK_AGAIN_BYTES = 32 * 1024 * 1024;

/** The way in: received beside the store, checked, and only then put there, in one step with its row. */
export class Intake {
  readonly #coming = new Map<string, number>();

  constructor(
    readonly database: Database,
    readonly folder: BlobFolder,
    readonly limits: FileLimits,
    readonly scanner: Scanner | undefined,
  ) {}

  /** Takes a whole stream in and returns the file's id; nothing is kept when it breaks off or is refused. */
  async receive(content: AsyncIterable<Buffer>, about: Arrival, declaredBytes = 0): Promise<string> {
    checkSize(declaredBytes, this.limits);
    const under = this.#coming.get(about.actor) ?? 0;
    if (under >= this.limits.uploadsPerPerson) throw tooMany(this.limits);
    this.#coming.set(about.actor, under + 1);
    const path = this.folder.incoming(newId());
    try {
      await this.makeRoom(declaredBytes);
      await this.#write(path, content);
      return await this.take(path, about);
    } finally {
      await rm(path, { force: true });
      const left = (this.#coming.get(about.actor) ?? 1) - 1;
      if (left > 0) this.#coming.set(about.actor, left);
      else this.#coming.delete(about.actor);
    }
  }

  /**
   * Checks a file that lies in `incoming` and puts it into the store; `also` becomes true together with it.
   * @throws JinshuiError `invalid-file`, `too-large`, `file-infected` for a content that is known to be.
   */
  async take(
    path: string,
    about: Arrival,
    also: (tx: Transaction, id: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<string> {
    const name = cleanFileName(about.name);
    const blob = await measure(path);
    if (blob.size === 0)
      throw new JinshuiError("invalid-file", `${name} is empty`, { details: { name, reason: "file-empty" } });
    const mediaType = await checkContent(path, name, about.mediaType, this.limits.types);
    const id = newId();
    await this.database.transaction(async (tx) => {
      await this.#claimBlob(tx, blob, name);
      // under the lock of the content's row: the sweep can't take it away between here and the commit
      await this.folder.settle(path, blob.sha256);
      await tx.insert("file", {
        id,
        bureau: about.bureau,
        sha256: blob.sha256,
        name,
        size: blob.size,
        media_type: mediaType,
        created_at: tx.time,
        created_by: about.actor,
        unlinked_at: tx.time,
      });
      await also(tx, id);
      tx.audit({
        bureau: about.bureau,
        actor: { id: about.actor, name: about.actor },
        action: "file.upload",
        resource: `file/${id}`,
        after: { name, size: blob.size, mediaType, sha256: blob.sha256 },
      });
    });
    // most answers can then say "clean" at once
    await this.scanner?.settled(blob.sha256, SCAN_WAIT_MS);
    return id;
  }

  /**
   * Every way in asks this before it writes, and again while it does: files of people and plugins, whole or in parts, and those
   * the kernel makes itself. `come`: bytes that are here already but count for no file yet.
   * @throws JinshuiError `insufficient-storage` when that many bytes more don't fit.
   */
  async makeRoom(bytes: number, come = 0): Promise<void> {
    this.database.checkSpace();
    await checkSpace(this.folder.folder, bytes, (await this.#taken()) + come, this.limits);
  }

  async #write(path: string, content: AsyncIterable<Buffer>): Promise<void> {
    const file = await open(path, "wx");
    let size = 0;
    let looked = 0;
    try {
      for await (const chunk of content) {
        size += chunk.length;
        checkSize(size, this.limits);
        if (size - looked > LOOK_AGAIN_BYTES) {
          await this.makeRoom(0, size);
          looked = size;
        }
        await file.writeFile(chunk);
      }
      // how long it would be was perhaps not said
      await this.makeRoom(0, size);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #claimBlob(tx: Transaction, { sha256, size, sums }: Blob, name: string): Promise<void> {
    const row = await tx.findOneForUpdate("file_blob", { sha256 });
    if (row?.["state"] === "infected" || row?.["state"] === "removed") {
      throw new JinshuiError("file-infected", `${name} holds a virus: ${String(row["signature"])}`, {
        details: { name, signature: row["signature"] },
      });
    }
    if (row) return;
    const state = this.scanner ? "pending" : "unscanned";
    try {
      await tx.insert("file_blob", { sha256, size, sums, state, stored_at: tx.time });
    } catch (error) {
      if (isNotUnique(error)) throw new TryAgain("the same content came twice at a time");
      throw error;
    }
  }

  async #taken(): Promise<number> {
    if (this.limits.totalBytes === Infinity) return 0;
    const [sum] = await this.database.aggregate("file_blob", {
      where: {},
      groups: [],
      figures: [{ as: "bytes", fn: "sum", column: "size" }],
      orderBy: [],
      limit: 1,
    });
    return Number(sum?.["bytes"] ?? 0);
  }
}

/** Refusal of one upload more. */
export function tooMany({ uploadsPerPerson }: FileLimits): JinshuiError {
  return new JinshuiError("too-many-requests", `${uploadsPerPerson} uploads at a time`, {
    retryAfterMs: 5_000,
    details: { limit: uploadsPerPerson },
  });
}
