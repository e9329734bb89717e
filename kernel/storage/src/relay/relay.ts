import type { Bus, Log } from "@jinshui/bus";
import { STREAM } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import { newId } from "../database/ids.js";
import { onOutbox } from "../database/transaction.js";
import type { Row } from "../database/table.js";
import { Lease } from "./lease.js";

const BATCH = 200;
const DAY_MS = 86_400_000;
const KEEP_DAYS = 7;

export interface Relay {
  /** Stops after the batch that is under way. */
  stop(): Promise<void>;
}

/**
 * Publishes the outbox to JetStream: rows without `published_at`, in order, each awaiting its acknowledgement; never by a
 * watermark, since transactions commit in another order than they take their numbers. One relay at a time holds the lease.
 */
export function startRelay(options: { database: Database; bus: Bus; log: Log }): Relay {
  const relay = new OutboxRelay(options.database, options.bus, options.log);
  relay.start();
  return relay;
}

class OutboxRelay implements Relay {
  #stopped = false;
  #wake: (() => void) | undefined;
  #woken = false;
  #checkEpoch = true;
  #loop: Promise<void> = Promise.resolve();
  #unlisten: () => void = () => undefined;
  readonly #lease: Lease;

  constructor(
    readonly database: Database,
    readonly bus: Bus,
    readonly log: Log,
  ) {
    this.#lease = new Lease(database, "outbox-relay", newId(), 10_000);
  }

  start(): void {
    this.#unlisten = onOutbox(() => this.#nudge());
    this.bus.onReconnect(() => {
      this.#checkEpoch = true;
      this.#nudge();
    });
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unlisten();
    this.#nudge();
    await this.#loop;
    await this.#lease.release();
  }

  #nudge(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    let cleaned = 0;
    while (!this.#stopped) {
      try {
        if (await this.#lease.hold()) {
          if (this.#checkEpoch) await this.#epoch();
          while (!this.#stopped && (await this.#batch()) === BATCH) await this.#lease.hold();
          if (Date.now() - cleaned > 3_600_000) {
            await this.#clean();
            cleaned = Date.now();
          }
        }
      } catch (error) {
        this.log.warn({ error: String(error) }, "relay could not publish; the outbox keeps everything");
      }
      await this.#pause();
    }
    if (this.bus.isConnected()) await this.#batch().catch(() => 0);
  }

  async #pause(): Promise<void> {
    if (this.#woken) {
      this.#woken = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1_000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    this.#woken = false;
  }

  async #batch(): Promise<number> {
    const rows = await this.database.find("outbox", { where: { published_at: null }, orderBy: ["seq"], limit: BATCH });
    if (rows.length === 0) return 0;
    const acks = await Promise.all(
      rows.map((row) =>
        this.bus
          .publishStored(String(row["subject"]), row["body"], { id: String(row["event_id"]) })
          .then((ack) => ({ row, seq: ack.seq })),
      ),
    );
    await this.database.transaction(async (tx) => {
      await tx.update("outbox", { seq: { in: rows.map((row) => Number(row["seq"])) } }, { published_at: tx.time });
      for (const [stream, last] of lastSequences(acks))
        await tx.update("stream_epoch", { stream, last_sequence: { lt: last } }, { last_sequence: last });
    });
    return rows.length;
  }

  /** Compares the streams with what is remembered of them: one that is younger or shorter has lost messages. */
  async #epoch(): Promise<void> {
    await this.bus.ensureStreams();
    let lost = false;
    for (const stream of Object.values(STREAM)) {
      const state = await this.bus.streamState(stream);
      if (!state) throw new Error(`stream ${stream} is missing`);
      const known = await this.database.findOne("stream_epoch", { stream });
      if (known && (known["created"] !== state.created || Number(known["last_sequence"]) > state.lastSequence))
        lost = true;
      await this.database.transaction(async (tx) => {
        const values = { created: state.created, last_sequence: state.lastSequence };
        if (known) await tx.update("stream_epoch", { stream }, values);
        else await tx.insert("stream_epoch", { stream, ...values });
      });
    }
    if (lost) {
      this.log.warn({}, "streams have lost messages; everything of the last days is published again");
      await this.database.transaction((tx) =>
        tx.update(
          "outbox",
          { published_at: { ne: null }, created_at: { gt: daysAgo(KEEP_DAYS) } },
          { published_at: null },
        ),
      );
    }
    this.#checkEpoch = false;
  }

  async #clean(): Promise<void> {
    const old = daysAgo(KEEP_DAYS);
    await this.database.transaction(async (tx) => {
      await tx.remove("outbox", { published_at: { lt: old } });
      await tx.remove("idempotency", { created_at: { lt: old } });
      await tx.remove("inbox", { at: { lt: daysAgo(2 * KEEP_DAYS) } });
    });
  }
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString();
}

function lastSequences(acks: { row: Row; seq: number }[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const { row, seq } of acks) {
    const stream = String(row["subject"]).startsWith("jinshui.job.") ? STREAM.jobs : STREAM.events;
    last.set(stream, Math.max(last.get(stream) ?? 0, seq));
  }
  return last;
}
