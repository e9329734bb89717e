import type { Log } from "@jinshui/bus";
import { type FileCheck, type FileRef, type FileState, JinshuiError } from "@jinshui/contracts";
import { Readable } from "node:stream";
import type { ResolvedCall } from "../access.js";
import type { Database, Reader } from "../database/database.js";
import type { Transaction } from "../database/transaction.js";
import { type Blob, BlobFolder, type ByteRange } from "./blob-folder.js";
import { checkFiles } from "./check-files.js";
import type { Scan } from "./clamd.js";
import { isInline } from "./file-types.js";
import { type Arrival, Intake } from "./intake.js";
import { type FileLimits, fileLimits } from "./limits.js";
import { type FileLink, insertLink, linksOf, removeLink } from "./links.js";
import { Quarantine } from "./quarantine.js";
import { Scanner } from "./scanner.js";
import { sweepFiles } from "./sweep.js";
import { hashOf, type Purpose, Tickets } from "./tickets.js";
import { Uploads, type Uploader } from "./uploads.js";

const SWEEP_MS = 10 * 60_000;
const PENDING_MS = 2_000;

/** A file of a bureau with where it comes from and where it lies. */
export interface StoredFile extends FileRef {
  bureau: string;
  uploadedBy: string;
  uploadedAt: string;
  /** What the scanner called it. */
  signature?: string;
  blob: Blob;
  path: string;
}

/** A file that was opened with a ticket. */
export interface OpenedFile {
  file: FileRef;
  /** Browsers may show it: it can't run anything. */
  inline: boolean;
  /** Its bytes, each proven before it is handed out; the first of them already. Takes the ticket, unless it is for a view. */
  content(range?: ByteRange): Promise<Readable>;
}

export interface FileStoreOptions {
  limits?: FileLimits;
  /** Where this kernel is reached from its own machine: plugins fetch there. */
  origin(): string;
  /** Origin of the links that browsers get; without it they stay on the page's. */
  downloads?: string;
  /** Asked about every content before it is handed out. `required`: files wait while it does not answer. */
  scanner?: { scan: Scan; required: boolean };
  log: Log;
}

/** Says whether whoever is behind a call may read the record that holds a file. */
export type CanRead = (call: ResolvedCall, link: FileLink, reader: Reader) => Promise<boolean>;

/** Files of bureaus, stored once per content under its SHA-256. */
export class FileStore {
  readonly folder: BlobFolder;
  readonly limits: FileLimits;
  readonly tickets: Tickets;
  readonly uploads: Uploads;
  readonly quarantine: Quarantine;
  readonly #readers: CanRead[] = [];
  readonly #intake: Intake;
  readonly #scanner: Scanner | undefined;
  #ready: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #check: FileCheck = { running: false, checked: 0, problems: [] };

  constructor(
    readonly database: Database,
    folder: string,
    readonly options: FileStoreOptions,
  ) {
    const { scanner, log } = options;
    this.folder = new BlobFolder(folder);
    this.limits = options.limits ?? fileLimits();
    this.tickets = new Tickets(database);
    this.quarantine = new Quarantine(database, this.folder);
    this.#scanner = scanner && new Scanner(database, this.folder, scanner.scan, scanner.required, log);
    this.#intake = new Intake(database, this.folder, this.limits, this.#scanner);
    this.uploads = new Uploads(database, this.folder, this.limits, this.#intake, (file, bureau) =>
      this.describe(file, bureau),
    );
  }

  /** Lets who knows records say which calls may read the files they hold; besides, only the uploader reads a file. */
  letRead(canRead: CanRead): void {
    this.#readers.push(canRead);
  }

  /** Begins to scan and to sweep. */
  async start(): Promise<void> {
    await this.prepare();
    if (this.#scanner) this.#scanner.start();
    else
      this.options.log.warn(
        {},
        "files are handed out unscanned: no virus scanner is configured (files.clamd in base.yaml)",
      );
    this.#timer = setInterval(() => void this.sweep(), SWEEP_MS).unref();
    void this.sweep();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#scanner?.stop();
    await this.#sweeping;
  }

  /** Makes the folders; called by whatever writes first. */
  prepare(): Promise<void> {
    return (this.#ready ??= this.folder.prepare());
  }

  /** Removes what nobody needs: see `sweepFiles`. */
  async sweep(): Promise<void> {
    await this.prepare();
    this.#sweeping ??= sweepFiles(this)
      .catch((error: unknown) => this.options.log.error({ err: error }, "sweeping files failed"))
      .finally(() => (this.#sweeping = undefined));
    await this.#sweeping;
  }

  /** Takes a stream in; nothing is kept when it breaks off, is too large (413) or is refused. */
  async put(content: AsyncIterable<Buffer>, about: Arrival, declaredBytes?: number): Promise<FileRef> {
    await this.prepare();
    return this.describe(await this.#intake.receive(content, about, declaredBytes), about.bureau);
  }

  /** A file of the bureau, whatever its state; another bureau's is 404. */
  async read(id: string, bureau: string, reader: Reader = this.database): Promise<StoredFile> {
    const row = await reader.findOne("file", { id, bureau });
    if (!row) throw missing(id);
    const sha256 = String(row["sha256"]);
    const size = Number(row["size"]);
    const known = await reader.findOne("file_blob", { sha256 });
    const { sums, signature } = (known ?? {}) as { sums?: string; signature?: string };
    return {
      file: id,
      name: String(row["name"]),
      size,
      mediaType: String(row["media_type"]),
      sha256,
      state: this.#state(known?.["state"]),
      bureau,
      uploadedBy: String(row["created_by"]),
      uploadedAt: String(row["created_at"]),
      ...(signature === undefined ? {} : { signature }),
      blob: { sha256, size, sums },
      path: this.folder.path(sha256),
    };
  }

  /** What everybody who may read a file sees of it. */
  async describe(id: string, bureau: string): Promise<FileRef> {
    const { file, name, size, mediaType, sha256, state } = await this.read(id, bureau);
    return { file, name, size, mediaType, sha256, state };
  }

  /** A file the call may read: its own upload, or one that a record it may read holds; 404 otherwise. */
  async readFor(call: ResolvedCall, id: string, bureau: string, reader: Reader = this.database): Promise<StoredFile> {
    const file = await this.read(id, bureau, reader);
    const own = [call.actor?.id, call.plugin === undefined ? undefined : `plugin:${call.plugin}`];
    if (own.includes(file.uploadedBy)) return file;
    for (const link of await linksOf(reader, id))
      if (link.bureau === bureau)
        for (const canRead of this.#readers) if (await canRead(call, link, reader)) return file;
    throw missing(id);
  }

  /** The same, when its content may be handed out: `file-pending` before the scan, `file-infected` after a bad one. */
  async contentFor(call: ResolvedCall, id: string, bureau: string): Promise<StoredFile> {
    return released(await this.readFor(call, id, bureau));
  }

  /** A link to a file's content, for once or for a page that shows it. */
  async claim(
    call: ResolvedCall,
    id: string,
    bureau: string,
    inline = false,
  ): Promise<{ url: string; name: string; size: number; mediaType: string; sha256: string }> {
    const { name, size, mediaType, sha256 } = await this.contentFor(call, id, bureau);
    const purpose = inline && isInline(mediaType) ? "view" : "download";
    const { ticket } = await this.tickets.issue({ purpose, bureau, holder: holderOf(call), file: id });
    // browsers stay where they are, or go to the site's own host for downloads; plugins come from this machine
    const origin = call.plugin === undefined ? (this.options.downloads ?? "") : this.options.origin();
    const url = `${origin}/files/${ticket}/${encodeURIComponent(name)}${purpose === "view" ? "?inline=1" : ""}`;
    return { url, name, size, mediaType, sha256 };
  }

  /** Lets the call upload one file. */
  async allowUpload(
    call: ResolvedCall,
    bureau: string,
  ): Promise<{ url: string; resumable: string; ticket: string; expiresAt: string }> {
    const issued = await this.tickets.issue({ purpose: "upload", bureau, holder: holderOf(call) });
    const origin = call.plugin === undefined ? "" : this.options.origin();
    return { url: `${origin}/api/v1/files`, resumable: `${origin}/api/v1/uploads`, ...issued };
  }

  /** Takes an upload ticket; `resumes`: the ticket has begun an upload, which knows it by its hash. */
  async uploader(ticket: string, resumes: boolean): Promise<Uploader> {
    const hash = hashOf(ticket);
    if (resumes) {
      const row = await this.database.findOne("file_upload", { ticket: hash });
      if (!row) throw new JinshuiError("forbidden", "This ticket belongs to no upload");
      return { bureau: String(row["bureau"]), actor: String(row["owner"]), ticket: hash };
    }
    await this.prepare();
    const { bureau, holder } = await this.tickets.use(ticket, ["upload"]);
    return { bureau, actor: holder, ticket: hash };
  }

  /** Opens a file for whoever holds a ticket; it is used when the content is asked for. */
  async openWith(ticket: string): Promise<OpenedFile> {
    const purposes: Purpose[] = ["download", "view"];
    const { file: id = "", bureau, purpose } = await this.tickets.look(ticket, purposes);
    const file = released(await this.read(id, bureau));
    return {
      file,
      inline: purpose === "view" && isInline(file.mediaType),
      content: async (range) => {
        const stream = await this.#proven(file, range);
        await this.tickets.use(ticket, purposes).catch((error: unknown) => {
          stream.destroy();
          throw error;
        });
        return stream;
      },
    };
  }

  /** Ties a file to a record of its bureau: it stays, and whoever may read the record may read it. */
  link(tx: Transaction, link: FileLink): Promise<void> {
    return insertLink(tx, link);
  }

  /** Unties it; a file without any record is removed a day later. */
  unlink(tx: Transaction, link: FileLink): Promise<void> {
    return removeLink(tx, link);
  }

  linksOf(file: string): Promise<FileLink[]> {
    return linksOf(this.database, file);
  }

  /** Begins to hash every content again, unless that is under way. */
  startCheck(): FileCheck {
    if (this.#check.running) return this.#check;
    const check: FileCheck = { running: true, checked: 0, startedAt: new Date().toISOString(), problems: [] };
    this.#check = check;
    void this.prepare()
      .then(() => checkFiles(this.database, this.folder, check))
      .catch((error: unknown) => this.options.log.error({ err: error }, "the check of the files broke off"))
      .finally(() => Object.assign(check, { running: false, finishedAt: new Date().toISOString() }));
    return check;
  }

  get check(): FileCheck {
    return this.#check;
  }

  async #proven(file: StoredFile, range?: ByteRange): Promise<Readable> {
    const pieces = this.folder.read(file.blob, range);
    const log = (error: unknown): never => {
      this.options.log.error({ err: error, file: file.file, sha256: file.sha256 }, "a damaged file was not handed out");
      throw error;
    };
    const first = await pieces.next().catch(log);
    let begun = first.done === true;
    return new Readable({
      read() {
        const next = begun ? pieces.next().catch(log) : Promise.resolve(first);
        begun = true;
        next.then(
          ({ done, value }) => this.push(done === true ? null : value),
          (error: unknown) => this.destroy(error as Error),
        );
      },
      // also when nobody has read: the file behind it is open
      destroy(error, done) {
        pieces.return(undefined).then(
          () => done(error),
          () => done(error),
        );
      },
    });
  }

  /** A scanner that came later must be heard first; a content that was removed is as infected as it was. */
  #state(stored: unknown): FileState {
    if (stored === "removed") return "infected";
    const state = (stored ?? "unscanned") as FileState;
    return state === "unscanned" && this.options.scanner?.required === true ? "pending" : state;
  }
}

function released(file: StoredFile): StoredFile {
  const { file: id, name, state, signature } = file;
  if (state === "pending")
    throw new JinshuiError("file-pending", `${name} has not been scanned yet; try again`, {
      details: { file: id, name },
      retryable: true,
      retryAfterMs: PENDING_MS,
    });
  if (state === "infected")
    throw new JinshuiError("file-infected", `${name} holds a virus: ${signature ?? ""}`, {
      details: { file: id, name, signature },
    });
  return file;
}

function holderOf({ actor, plugin }: ResolvedCall): string {
  return actor?.id ?? (plugin === undefined ? "kernel" : `plugin:${plugin}`);
}

function missing(id: string): JinshuiError {
  return new JinshuiError("not-found", `There is no file ${id}`, { details: { file: id } });
}
