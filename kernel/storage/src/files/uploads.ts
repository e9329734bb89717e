import {
  type ErrorBody,
  type FileRef,
  fromErrorBody,
  isJinshuiError,
  JinshuiError,
  toErrorBody,
} from "@jinshui/contracts";
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import type { Database } from "../database/database.js";
import { newId } from "../database/ids.js";
import type { Row } from "../database/table.js";
import type { BlobFolder } from "./blob-folder.js";
import { cleanFileName } from "./file-name.js";
import { type Intake, tooMany } from "./intake.js";
import { checkSize, type FileLimits } from "./limits.js";
import { UPLOAD_LIFE_MS } from "./sweep.js";

/** Who uploads: a person by session, or whoever holds the ticket the upload was begun with. */
export interface Uploader {
  bureau: string;
  actor: string;
  /** Hash of that ticket. */
  ticket?: string;
}

/** How far an upload is. */
export interface Upload {
  id: string;
  length: number;
  offset: number;
  expiresAt: string;
  file?: FileRef;
}

/** Digest of one part, as the sender has it. */
export interface Checksum {
  algorithm: "sha1" | "sha256" | "md5";
  digest: Buffer;
}

const DURABLE_EVERY_BYTES = 32 * 1024 * 1024;
const UNDER_WAY_MS = 60_000;
/** Uploads left off that one sender may have, as a multiple of those at a time. */
const LEFT_OFF = 10;

/**
 * Uploads in parts. Only bytes that were made durable count, and their number is in the database: after a crash the sender
 * goes on from there, and whatever lies behind it in the file is cut off.
 */
export class Uploads {
  readonly #writers = new Map<string, AbortController>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(
    readonly database: Database,
    readonly folder: BlobFolder,
    readonly limits: FileLimits,
    readonly intake: Intake,
    readonly describe: (file: string, bureau: string) => Promise<FileRef>,
  ) {}

  /** Begins one. @throws JinshuiError `too-large`, `insufficient-storage`, `too-many-requests`, `invalid-file` when it is empty. */
  async create(by: Uploader, about: { name: string; mediaType: string; length: number }): Promise<Upload> {
    const name = cleanFileName(about.name);
    if (about.length === 0)
      throw new JinshuiError("invalid-file", `${name} is empty`, { details: { name, reason: "file-empty" } });
    checkSize(about.length, this.limits);
    await this.#checkNumber(by.actor);
    await this.intake.makeRoom(about.length);
    const id = newId();
    await (await open(this.folder.incoming(id), "wx")).close();
    await this.database.transaction((tx) =>
      tx.insert("file_upload", {
        id,
        bureau: by.bureau,
        owner: by.actor,
        ticket: by.ticket,
        name,
        media_type: about.mediaType.slice(0, 120),
        length: about.length,
        received: 0,
        touched_at: tx.time,
      }),
    );
    return this.find(id, by);
  }

  /** How far it is; a writer that hangs on a dead connection is stopped, so that the number is the last word. */
  async find(id: string, by: Uploader): Promise<Upload> {
    await this.#row(id, by);
    return this.#inTurn(id, () => this.#settled(id, by));
  }

  /**
   * Adds a part. What arrived of one that breaks off is kept, unless it has a checksum.
   * @throws JinshuiError `conflict` when the part does not begin where the upload is, `checksum-mismatch`,
   * `insufficient-storage` when the rest does not fit any more: what is here stays, and it goes on when there is room.
   */
  async append(
    id: string,
    by: Uploader,
    offset: number,
    content: AsyncIterable<Buffer>,
    checksum?: Checksum,
  ): Promise<Upload> {
    await this.#row(id, by);
    return this.#inTurn(id, async () => {
      const row = await this.#row(id, by);
      const received = Number(row["received"]);
      if (offset !== received)
        throw new JinshuiError("conflict", `The upload is at ${received}, not at ${offset}`, {
          details: { offset: received },
        });
      if (received < Number(row["length"])) {
        // there was room when it was begun, which may be a day ago
        await this.intake.makeRoom(Number(row["length"]) - received, received);
        const stop = new AbortController();
        this.#writers.set(id, stop);
        await this.#write(row, content, checksum, stop.signal).finally(() => this.#writers.delete(id));
      }
      return this.#settled(id, by);
    });
  }

  /** Gives it up. */
  async remove(id: string, by: Uploader): Promise<void> {
    await this.#row(id, by);
    await this.#inTurn(id, () => this.#forget(id));
  }

  /** One request at a time for each upload; who comes next ends the writer before, which may have lost its sender. */
  async #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#writers.get(id)?.abort(new JinshuiError("conflict", "The upload goes on over another connection"));
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(work, work);
    this.#turns.set(id, turn);
    return turn.finally(() => this.#turns.get(id) === turn && this.#turns.delete(id));
  }

  async #forget(id: string): Promise<void> {
    await this.database.transaction((tx) => tx.remove("file_upload", { id }), { essential: true });
    await rm(this.folder.incoming(id), { force: true });
  }

  async #settled(id: string, by: Uploader): Promise<Upload> {
    const row = await this.#row(id, by);
    // also after a crash between the last byte and this
    if (Number(row["received"]) === Number(row["length"]) && !row["file"] && !row["problem"]) await this.#take(id, row);
    return this.#state(id, by);
  }

  async #write(
    row: Row,
    content: AsyncIterable<Buffer>,
    checksum: Checksum | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const id = String(row["id"]);
    const start = Number(row["received"]);
    const length = Number(row["length"]);
    const hash = checksum && createHash(checksum.algorithm);
    const file = await open(this.folder.incoming(id), "r+");
    let at = start;
    try {
      await file.truncate(start);
      at = await this.#copy(id, file, content, { start, length, hash, signal }, (reached) => (at = reached));
      if (checksum && hash?.digest().equals(checksum.digest) !== true)
        throw new JinshuiError("checksum-mismatch", "The part is not what its checksum says; send it again");
    } catch (error) {
      // a part with a checksum counts whole or not at all
      if (checksum) at = start;
      throw error;
    } finally {
      await file.truncate(at).catch(() => undefined);
      // a full disk fails to write through; the handle goes back all the same
      await file
        .sync()
        .then(() => this.#note(id, at))
        .finally(() => file.close());
    }
  }

  async #copy(
    id: string,
    file: FileHandle,
    content: AsyncIterable<Buffer>,
    { start, length, hash, signal }: { start: number; length: number; hash: Hash | undefined; signal: AbortSignal },
    reached: (at: number) => void,
  ): Promise<number> {
    let at = start;
    let durable = start;
    for await (const chunk of stoppable(content, signal)) {
      if (at + chunk.length > length)
        throw new JinshuiError("invalid-request", `The upload was announced with ${length} bytes; more have come`);
      await file.write(chunk, 0, chunk.length, at);
      hash?.update(chunk);
      at += chunk.length;
      reached(at);
      if (!hash && at - durable >= DURABLE_EVERY_BYTES) {
        await file.sync();
        await this.#note(id, at);
        await this.intake.makeRoom(length - at, at);
        durable = at;
      }
    }
    return at;
  }

  async #note(id: string, received: number): Promise<void> {
    await this.database.transaction((tx) => tx.update("file_upload", { id }, { received, touched_at: tx.time }), {
      essential: true,
    });
  }

  /** Makes a file of a complete upload; why it was refused is kept for whoever asks again. */
  async #take(id: string, row: Row): Promise<void> {
    const about = {
      name: String(row["name"]),
      mediaType: String(row["media_type"]),
      bureau: String(row["bureau"]),
      actor: String(row["owner"]),
    };
    try {
      await this.intake.take(this.folder.incoming(id), about, async (tx, file) => {
        await tx.update("file_upload", { id }, { file });
      });
    } catch (error) {
      if (!isJinshuiError(error) || error.status >= 500) throw error;
      await this.database.transaction((tx) => tx.update("file_upload", { id }, { problem: toErrorBody(error) }), {
        essential: true,
      });
      await rm(this.folder.incoming(id), { force: true });
    }
  }

  async #state(id: string, by: Uploader): Promise<Upload> {
    const row = await this.#row(id, by);
    if (row["problem"]) throw fromErrorBody(row["problem"] as ErrorBody);
    const { file } = row as { file?: string };
    return {
      id,
      length: Number(row["length"]),
      offset: Number(row["received"]),
      expiresAt: new Date(Date.parse(String(row["touched_at"])) + UPLOAD_LIFE_MS).toISOString(),
      ...(file === undefined ? {} : { file: await this.describe(file, by.bureau) }),
    };
  }

  async #row(id: string, by: Uploader): Promise<Row> {
    const row = await this.database.findOne("file_upload", { id, bureau: by.bureau, owner: by.actor });
    if (!row || row["ticket"] !== by.ticket)
      throw new JinshuiError("not-found", `There is no upload ${id}`, { details: { upload: id } });
    return row;
  }

  async #checkNumber(owner: string): Promise<void> {
    const open = await this.database.find("file_upload", {
      where: { owner, file: null, problem: null },
      orderBy: ["touched_at"],
      columns: ["id", "touched_at"],
    });
    const recent = new Date(Date.now() - UNDER_WAY_MS).toISOString();
    if (open.filter((row) => String(row["touched_at"]) > recent).length >= this.limits.uploadsPerPerson)
      throw tooMany(this.limits);
    for (const { id } of open.slice(0, Math.max(0, open.length - LEFT_OFF * this.limits.uploadsPerPerson)))
      await this.#inTurn(String(id), () => this.#forget(String(id)));
  }
}

/** The content until it ends or the signal comes, even while no part of it does. */
async function* stoppable(content: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  const parts = content[Symbol.asyncIterator]();
  for (;;) {
    const stopped = Promise.withResolvers<never>();
    const stop = (): void => stopped.reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      const next = await Promise.race([parts.next(), stopped.promise]);
      if (next.done === true) return;
      yield next.value;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
}
