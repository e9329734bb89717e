import type { Log } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import type { BlobFolder } from "./blob-folder.js";
import type { Scan, Verdict } from "./clamd.js";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
const SCANNER = { id: "kernel:scanner", name: "病毒扫描" };

/** Scans every content once, oldest first, for as long as it takes the scanner to come back. */
export class Scanner {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #unreadable = new Set<string>();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #stopped = false;
  #isDown = false;

  constructor(
    readonly database: Database,
    readonly folder: BlobFolder,
    readonly scan: Scan,
    /** Whether files wait for the scanner when it does not answer. */
    readonly required: boolean,
    readonly log: Log,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
  }

  /** There is something new. */
  nudge(): void {
    this.#wake?.();
  }

  /** Waits until a content has its verdict, `ms` at most. */
  async settled(sha256: string, ms: number): Promise<void> {
    if (!this.#running || this.#isDown) return;
    const waiting = this.#waiting.get(sha256) ?? new Set();
    this.#waiting.set(sha256, waiting);
    await new Promise<void>((resolve) => {
      waiting.add(resolve);
      setTimeout(resolve, ms).unref();
      this.nudge();
    });
    if (this.#waiting.get(sha256) === waiting) this.#waiting.delete(sha256);
  }

  async #run(): Promise<void> {
    await this.#prepare().catch((error: unknown) =>
      this.log.error({ error: String(error) }, "scanner: preparing failed"),
    );
    let delay = FIRST_RETRY_MS;
    while (!this.#stopped) {
      // made before the look, so that a nudge during it is not lost
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      try {
        await this.#pass();
        delay = FIRST_RETRY_MS;
        if (this.#isDown) this.log.info({}, "the virus scanner answers again");
        this.#isDown = false;
        await Promise.race([woken, pause(LAST_RETRY_MS)]);
      } catch (error) {
        if (!this.#isDown) this.log.warn({ error: String(error) }, "the virus scanner does not answer");
        this.#isDown = true;
        await this.#letThrough().catch(() => undefined);
        this.#release();
        await Promise.race([woken, pause(delay)]);
        delay = Math.min(delay * 2, LAST_RETRY_MS);
      }
    }
  }

  /** After a restart: what a crash kept from quarantine goes there, what was too large is tried again. */
  async #prepare(): Promise<void> {
    for (const { sha256 } of await this.database.find("file_blob", {
      where: { state: "infected" },
      columns: ["sha256"],
    }))
      await this.folder.quarantine(String(sha256));
    await this.database.transaction(
      (tx) => tx.update("file_blob", { state: { in: ["pending", "unscanned"] } }, { scanned_at: null }),
      { essential: true },
    );
  }

  async #pass(): Promise<void> {
    for (;;) {
      const rows = await this.database.find("file_blob", {
        where: { state: { in: ["pending", "unscanned"] }, scanned_at: null },
        orderBy: ["stored_at"],
        limit: 50 + this.#unreadable.size,
      });
      const open = rows.filter(({ sha256 }) => !this.#unreadable.has(String(sha256)));
      if (open.length === 0) return;
      for (const row of open) {
        if (this.#stopped) return;
        await this.#one(row);
      }
    }
  }

  async #one(row: Row): Promise<void> {
    const sha256 = String(row["sha256"]);
    const blob = { sha256, size: Number(row["size"]), sums: row["sums"] as string | undefined };
    let verdict: Verdict;
    try {
      verdict = await this.scan(this.folder.read(blob));
    } catch (error) {
      if (!isJinshuiError(error)) throw error;
      this.#unreadable.add(sha256);
      this.log.error({ err: error, sha256 }, "a content can't be scanned: it is damaged");
      return;
    }
    await this.#note(sha256, verdict);
    for (const resolve of this.#waiting.get(sha256) ?? []) resolve();
  }

  async #note(sha256: string, verdict: Verdict): Promise<void> {
    if (verdict === "clean") return this.#set(sha256, { state: "clean" });
    if (verdict === "too-large") {
      this.log.warn({ sha256 }, "a content is larger than the scanner takes; raise clamd's StreamMaxLength");
      return this.#set(sha256, { state: this.required ? "pending" : "unscanned" });
    }
    const signature = verdict.found.slice(0, 200);
    await this.database.transaction(
      async (tx) => {
        await tx.update("file_blob", { sha256 }, { state: "infected", signature, scanned_at: tx.time });
        for (const { id, bureau = "", name, created_by: person } of await tx.find("file", { where: { sha256 } })) {
          const facts = { file: id, name, signature };
          tx.event({
            bureau: String(bureau),
            source: "storage",
            name: "file-infected",
            data: { ...facts, users: [person] },
          });
          tx.audit({
            bureau: String(bureau),
            actor: SCANNER,
            action: "file.quarantine",
            resource: `file/${String(id)}`,
            after: { ...facts, sha256, uploadedBy: person },
          });
        }
      },
      { essential: true },
    );
    // after the commit: nothing serves an infected content, wherever it lies
    await this.folder.quarantine(sha256);
    this.log.warn({ sha256, signature }, "a file holds a virus and is in quarantine");
  }

  #set(sha256: string, values: Row): Promise<void> {
    return this.database.transaction(
      async (tx) => {
        await tx.update("file_blob", { sha256 }, { ...values, scanned_at: tx.time });
      },
      { essential: true },
    );
  }

  /** Where a site would rather work unscanned than not at all. */
  async #letThrough(): Promise<void> {
    if (this.required) return;
    await this.database.transaction((tx) => tx.update("file_blob", { state: "pending" }, { state: "unscanned" }), {
      essential: true,
    });
  }

  #release(): void {
    for (const waiting of this.#waiting.values()) for (const resolve of waiting) resolve();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}
