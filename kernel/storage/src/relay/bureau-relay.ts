import { type Bus, failpoint, type Log } from "@jinshui/bus";
import { HEADER, STREAM } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import type { LastStored, StreamEpochs } from "./epoch.js";
import { Lease } from "./lease.js";

const BATCH = 200;
const LEASE_TTL_MS = 10_000;
/** How often the outbox is looked at for what other processes have put there. */
const LOOK_MS = 2_000;

export interface BureauRelayOptions {
  database: Database;
  bus: Bus;
  log: Log;
  epochs: StreamEpochs;
  /** Owner of the lease. */
  instance: string;
  /** Makes what the streams have acknowledged survive a power cut. */
  settle: () => Promise<void>;
}

interface Acknowledged {
  row: Row;
  stream: string;
  sequence: number;
}

/** Publishes the outbox of one bureau while it holds that bureau's lease. */
export class BureauRelay {
  #stopped = false;
  #wake: (() => void) | undefined;
  #woken = false;
  #loop: Promise<void> = Promise.resolve();
  readonly #lease: Lease;

  constructor(
    readonly bureau: string,
    readonly options: BureauRelayOptions,
  ) {
    this.#lease = new Lease(options.database, `relay-${bureau}`, options.instance, LEASE_TTL_MS);
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** There is something to publish. */
  nudge(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Stops after the batch that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.nudge();
    await this.#loop;
    await this.#lease.release();
  }

  async #run(): Promise<void> {
    const { bus, log } = this.options;
    while (!this.#stopped) {
      try {
        while ((await this.#lease.hold()) && (await this.batch()) === BATCH && !this.#stopped);
      } catch (error) {
        this.options.epochs.suspect();
        log.warn({ bureau: this.bureau, error: String(error) }, "relay could not publish; the outbox keeps everything");
      }
      await this.#pause();
    }
    if (bus.isConnected()) await this.batch().catch(() => 0);
  }

  async #pause(): Promise<void> {
    if (!this.#woken)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#wake = undefined;
    this.#woken = false;
  }

  /**
   * Publishes what waits, in order, never by a watermark: transactions commit in another order than they take their numbers.
   * A row is marked when its acknowledgement is in, has been made durable, and lease and stream are still the same.
   */
  async batch(): Promise<number> {
    const { database, epochs, settle } = this.options;
    // also when nothing waits: a stream that has lost its memory, or its consumers, is to be filled again
    const lives = await epochs.current();
    const rows = await database.find("outbox", {
      where: { bureau: this.bureau, published_at: null },
      orderBy: ["seq"],
      limit: BATCH,
    });
    if (rows.length === 0) return 0;
    failpoint("relay-read");
    const sent = rows.map((row) => this.#publish(row));
    failpoint("published");
    const results = await Promise.allSettled(sent);
    failpoint("pub-acked");
    const acks = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const stored = lastStored(acks);
    if (acks.length > 0) {
      await settle();
      failpoint("fsynced");
      const marked = await database.transaction(
        async (tx) => {
          await this.#lease.guard(tx);
          if (!(await epochs.note(tx, lives, stored))) return false;
          const seqs = acks.map(({ row }) => Number(row["seq"]));
          await tx.update("outbox", { seq: { in: seqs } }, { published_at: tx.time });
          return true;
        },
        { essential: true },
      );
      if (!marked) return 0;
      failpoint("marked");
    }
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    return rows.length;
  }

  async #publish(row: Row): Promise<Acknowledged> {
    const subject = String(row["subject"]);
    const { seq } = await this.options.bus.publishStored(subject, row["body"], {
      id: String(row["event_id"]),
      headers: {
        ...(row["headers"] as Record<string, string> | undefined),
        ...(row["aggregate"] === undefined
          ? {}
          : {
              [HEADER.aggregate]: encodeURIComponent(String(row["aggregate"])),
              [HEADER.sequence]: String(row["agg_seq"]),
            }),
      },
    });
    return { row, sequence: seq, stream: subject.startsWith("jinshui.job.") ? STREAM.jobs : STREAM.events };
  }
}

function lastStored(acks: readonly Acknowledged[]): Map<string, LastStored> {
  const last = new Map<string, LastStored>();
  for (const { row, stream, sequence } of acks) {
    if (sequence > (last.get(stream)?.sequence ?? 0)) last.set(stream, { sequence, eventId: String(row["event_id"]) });
  }
  return last;
}
