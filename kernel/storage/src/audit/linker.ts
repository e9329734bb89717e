import type { Log } from "@jinshui/bus";
import type { Database } from "../database/database.js";
import { onAudit } from "../database/transaction.js";
import { auditedBureaus, LINK_BATCH, linkEntries } from "./link.js";

/** How long an entry waits for others to be linked with. */
const GATHER_MS = 150;
/** How often all bureaus are looked at, for what another process has left. */
const SWEEP_MS = 10_000;
const RETRY_MS = 1_000;

/** The running linker of a kernel. */
export interface AuditLinker {
  /** Links what is there and stops. */
  stop(): Promise<void>;
}

/** Keeps the chains up to date: an entry is linked within a second of its commit, in batches. */
export function startAuditLinker(options: { database: Database; log: Log; gatherMs?: number }): AuditLinker {
  return new Linker(options.database, options.log, options.gatherMs ?? GATHER_MS);
}

class Linker implements AuditLinker {
  readonly #bureaus = new Set<string>();
  readonly #sweep: NodeJS.Timeout;
  readonly #unlisten: () => void;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    readonly database: Database,
    readonly log: Log,
    readonly gatherMs: number,
  ) {
    this.#unlisten = onAudit((bureaus) => {
      for (const bureau of bureaus) this.#bureaus.add(bureau);
      this.#plan(this.gatherMs);
    });
    this.#sweep = setInterval(() => this.#plan(0, true), SWEEP_MS);
    this.#plan(0, true);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unlisten();
    clearInterval(this.#sweep);
    clearTimeout(this.#timer);
    await this.#round;
    await this.#link(true);
  }

  #plan(delayMs: number, sweep = false): void {
    if (this.#stopped || (this.#timer && !sweep)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#round = this.#round.then(async () => {
        this.#timer = undefined;
        await this.#link(sweep);
      });
    }, delayMs);
  }

  async #link(sweep: boolean): Promise<void> {
    try {
      if (sweep) for (const bureau of await auditedBureaus(this.database)) this.#bureaus.add(bureau);
      // what comes meanwhile waits for the next round: small batches would cost a commit each
      let due = [...this.#bureaus];
      while (due.length > 0) due = await this.#batchOfEach(due);
    } catch (error) {
      this.log.error({ err: error }, "audit entries could not be linked; they wait in the database");
      this.#plan(RETRY_MS);
    }
  }
  /** One batch for each bureau in turn, so that a busy one does not keep the others waiting; returns those that have more. */
  async #batchOfEach(bureaus: string[]): Promise<string[]> {
    const more: string[] = [];
    for (const bureau of bureaus) {
      this.#bureaus.delete(bureau);
      try {
        if ((await linkEntries(this.database, bureau)) === LINK_BATCH) more.push(bureau);
      } catch (error) {
        this.#bureaus.add(bureau);
        throw error;
      }
    }
    return more;
  }
}
