import type { Bus, Log } from "@jinshui/bus";
import { STREAM } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import { newId } from "../database/ids.js";
import { onOutbox, type Transaction } from "../database/transaction.js";
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
          while (!this.#stopped && !this.#checkEpoch && (await this.#batch()) === BATCH && (await this.#lease.hold()));
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
    if (this.bus.isConnected() && !this.#checkEpoch) await this.#batch().catch(() => 0);
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
    const results = await Promise.allSettled(rows.map((row) => this.#publish(row)));
    // a reconnect in between: these acknowledgements may be of a server that has forgotten them since
    if (this.#checkEpoch) return 0;
    const acks = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    if (acks.length > 0) {
      await this.database.transaction(async (tx) => {
        await tx.update(
          "outbox",
          { seq: { in: acks.map(({ row }) => Number(row["seq"])) } },
          { published_at: tx.time },
        );
        for (const [stream, last] of lastSequences(acks))
          await tx.update("stream_epoch", { stream, last_sequence: { lt: last } }, { last_sequence: last });
      });
    }
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    return rows.length;
  }

  async #publish(row: Row): Promise<{ row: Row; seq: number }> {
    const { seq } = await this.bus.publishStored(String(row["subject"]), row["body"], { id: String(row["event_id"]) });
    return { row, seq };
  }

  /** Compares the streams with what is remembered of them: one that is younger or shorter has lost messages. */
  async #epoch(): Promise<void> {
    this.#checkEpoch = false;
    try {
      await this.bus.ensureStreams();
      const states = await Promise.all(Object.values(STREAM).map((stream) => this.#state(stream)));
      // one transaction: a kernel that is killed after noting the new state, but before unmarking, would never send again
      const lost = await this.database.transaction((tx) => remember(tx, states));
      if (lost) this.log.warn({}, "streams have lost messages; everything of the last days is published again");
    } catch (error) {
      this.#checkEpoch = true;
      throw error;
    }
  }

  async #state(stream: string): Promise<StreamState> {
    const state = await this.bus.streamState(stream);
    if (!state) throw new Error(`stream ${stream} is missing`);
    return { stream, created: state.created, last_sequence: state.lastSequence };
  }

  async #clean(): Promise<void> {
    const old = daysAgo(KEEP_DAYS);
    for (const [table, where] of [
      ["outbox", { published_at: { lt: old } }],
      ["idempotency", { created_at: { lt: old } }],
      ["inbox", { at: { lt: daysAgo(2 * KEEP_DAYS) } }],
    ] as const) {
      // in pieces, so that writers need not wait for a long week's rows
      while (!this.#stopped && (await this.database.transaction((tx) => tx.remove(table, where, 1_000))) === 1_000);
    }
  }
}

interface StreamState {
  stream: string;
  created: string;
  last_sequence: number;
}

/** Notes the streams' states; where one is younger or shorter than noted before, the outbox of the last days is to be sent again. */
async function remember(tx: Transaction, states: StreamState[]): Promise<boolean> {
  let lost = false;
  for (const { stream, ...state } of states) {
    const known = await tx.findOneForUpdate("stream_epoch", { stream });
    if (known && (known["created"] !== state.created || Number(known["last_sequence"]) > state.last_sequence))
      lost = true;
    if (known) await tx.update("stream_epoch", { stream }, state);
    else await tx.insert("stream_epoch", { stream, ...state });
  }
  if (lost)
    await tx.update(
      "outbox",
      { published_at: { ne: null }, created_at: { gt: daysAgo(KEEP_DAYS) } },
      { published_at: null },
    );
  return lost;
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
