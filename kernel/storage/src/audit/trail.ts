import type { Log } from "@jinshui/bus";
import { JinshuiError } from "@jinshui/contracts";
import { AsyncResource } from "node:async_hooks";
import type { Database } from "../database/database.js";
import { type AuditEntry, attributed } from "./entry.js";

const BATCH = 500;
/** Entries that may wait; a flood of refused calls must not fill the memory. */
const MAX_WAITING = 10_000;

interface Waiting {
  entry: AuditEntry;
  written: () => void;
  failed: (error: unknown) => void;
}

/** Audit entries of what is no write: refused attempts and privileged reads. */
export class AuditTrail {
  #waiting: Waiting[] = [];
  #writing = false;
  // a batch belongs to none of the requests that wait for it
  readonly #own = new AsyncResource("audit-trail");

  constructor(
    readonly database: Database,
    readonly log: Log,
  ) {}

  /**
   * Writes an entry, together with others that come at the same time, and resolves when it has committed. Not from within a
   * transaction, which has `tx.audit`.
   * @throws JinshuiError `unavailable` when too many wait or the database does not take them: a privileged read then fails.
   */
  async audit(entry: AuditEntry): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING)
      throw new JinshuiError("unavailable", "Too many audit entries wait to be written", { retryAfterMs: 1_000 });
    const complete = attributed(entry);
    await new Promise<void>((written, failed) => {
      this.#waiting.push({ entry: complete, written, failed });
      if (!this.#writing) void this.#own.runInAsyncScope(() => this.#write());
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        await this.database.transaction(
          (tx) => {
            for (const { entry } of batch) tx.audit(entry);
            return Promise.resolve();
          },
          { essential: true },
        );
        for (const { written } of batch) written();
      } catch (error) {
        this.log.error({ err: error, entries: batch.map(({ entry }) => entry) }, "audit entries could not be written");
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing = false;
  }
}
