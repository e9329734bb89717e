import { type FileHandle, open, stat } from "node:fs/promises";

/** What a server's log says of a connection that it refused something. */
export interface Refusal {
  /** Number of the connection at its server; the server tells elsewhere whose that is. */
  connection: number;
  what: string;
}

/** The name between quotation marks is the client's own choice, and says nothing. */
const LINE = /\[ERR\] \S+ - cid:(\d+) - (?:"(?:[^"\\]|\\.)*" - )?(.*)$/;
const VIOLATION = /^(\w+ Violation) - [\w ]+ "\w+", (.*?)(?:, SID .*)?$/;
/** A client's name may be long; what was refused stands before this. */
const LONGEST_LINE = 2_000;
const POLL_MS = 500;
/** A flood of lines must not stop the kernel: of more than this at a time the rest is passed over. */
const MAX_BYTES = 256 * 1024;

/** Reads a line of nats-server's log; nothing for lines that tell of no refusal. */
export function refusalOf(line: string): Refusal | undefined {
  const [, connection, said = ""] = LINE.exec(line.slice(0, LONGEST_LINE)) ?? [];
  if (connection === undefined) return undefined;
  return { connection: Number(connection), what: said.replace(VIOLATION, "$1: $2") };
}

/** Follows the log of the site's own nats-server, the only place that tells of subjects refused; also when the file is exchanged. */
export class ServerLog {
  #file: FileHandle | undefined;
  #inode = 0;
  #position = 0;
  #rest = "";
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(
    readonly path: string,
    readonly listener: (refusal: Refusal) => void,
  ) {}

  /** Begins at what is written from now on. */
  async start(): Promise<void> {
    await this.#reopen();
    this.#position = (await this.#file?.stat())?.size ?? 0;
    this.#again();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    // what it is reading is read to the end
    await this.#looking;
    await this.#file?.close();
    this.#file = undefined;
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look()
        .catch(() => undefined)
        .finally(() => this.#again());
    }, POLL_MS);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const now = await stat(this.path).catch(() => undefined);
    if (now?.ino === this.#inode && now.size === this.#position) return;
    await this.#read();
    if (now && now.ino !== this.#inode) {
      await this.#reopen();
      await this.#read();
    }
  }

  async #reopen(): Promise<void> {
    await this.#file?.close();
    this.#file = await open(this.path, "r").catch(() => undefined);
    this.#inode = (await this.#file?.stat())?.ino ?? 0;
    this.#position = 0;
    this.#rest = "";
  }

  async #read(): Promise<void> {
    if (!this.#file) return;
    const { size } = await this.#file.stat();
    const length = Math.min(size - this.#position, MAX_BYTES);
    if (length <= 0) return;
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(length), 0, length, this.#position);
    this.#position = size;
    const lines = (this.#rest + buffer.subarray(0, bytesRead).toString()).split("\n");
    this.#rest = (lines.pop() ?? "").slice(0, 1_000);
    for (const line of lines) {
      const refusal = refusalOf(line);
      if (refusal) this.listener(refusal);
    }
  }
}
