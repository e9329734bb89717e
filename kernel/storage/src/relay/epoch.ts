import type { Bus, Log, StreamInspection } from "@jinshui/bus";
import { STREAM } from "@jinshui/contracts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { ensureRegistered } from "./consumers.js";
import { Lease } from "./lease.js";

const STREAMS = Object.values(STREAM);
/** Longer than a check takes, which makes streams anew and waits for the server. */
const CHECK_TTL_MS = 30_000;
const PIECE = 1_000;

/** Which life of each stream a batch was sent in. */
export type Epochs = ReadonlyMap<string, number>;

/** What was acknowledged last in a stream. */
export interface LastStored {
  sequence: number;
  eventId: string;
}

/**
 * Compares the streams with what the database remembers of them, at every connect and after every failed publish. A stream
 * that is missing, younger or shorter, or whose consumers are ahead of it, has lost messages: it is made anew and everything
 * of the last days is sent again. Acknowledgements count only in the life of the stream that gave them.
 */
export class StreamEpochs {
  /** How often messages were found lost since this process started. */
  resets = 0;
  #suspect = true;
  #checking: Promise<Epochs> | undefined;
  #known: Epochs = new Map();
  readonly #lease: Lease;
  readonly #unlisten: () => void;

  constructor(
    readonly database: Database,
    readonly bus: Bus,
    readonly log: Log,
    readonly settle: () => Promise<void>,
    instance: string,
  ) {
    this.#lease = new Lease(database, "stream-epoch", instance, CHECK_TTL_MS);
    this.#unlisten = bus.onReconnect(() => this.suspect());
  }

  /** Has the streams looked at before anything else is published. */
  suspect(): void {
    this.#suspect = true;
  }

  /** The epochs to publish in; looks at the streams first where there is reason to. */
  async current(): Promise<Epochs> {
    if (this.#checking) return this.#checking;
    if (!this.#suspect) return this.#known;
    this.#checking = this.#check().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  /**
   * Notes in a marking transaction what was stored last; false when the acknowledgements are of a stream that has lost its
   * memory since, or may have: then nothing may be marked.
   */
  async note(tx: Transaction, epochs: Epochs, stored: ReadonlyMap<string, LastStored>): Promise<boolean> {
    if (this.#suspect) return false;
    for (const [stream, { sequence, eventId }] of [...stored].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const row = await tx.findOneForUpdate("stream_epoch", { stream });
      if (!row || Number(row["epoch"] ?? 0) !== epochs.get(stream)) {
        this.#suspect = true;
        return false;
      }
      if (Number(row["last_sequence"]) < sequence)
        await tx.update("stream_epoch", { stream }, { last_sequence: sequence, last_event_id: eventId });
    }
    return true;
  }

  async close(): Promise<void> {
    this.#unlisten();
    await this.#checking?.catch(() => undefined);
    await this.#lease.release();
  }

  async #check(): Promise<Epochs> {
    this.#suspect = false;
    try {
      // one process at a time: a second one would make anew what the first has just filled
      while (!(await this.#lease.hold())) await sleep(100);
      const epochs = await this.#compare();
      this.#known = epochs;
      return epochs;
    } catch (error) {
      this.#suspect = true;
      throw error;
    } finally {
      await this.#lease.release();
    }
  }

  async #compare(): Promise<Epochs> {
    await this.bus.ensureStreams();
    for (const stream of STREAMS) {
      const known = await this.database.findOne("stream_epoch", { stream });
      const reason = known && (await this.#loss(stream, known));
      if (reason !== undefined) await this.#reset(stream, reason);
    }
    await ensureRegistered(this.database, this.bus);
    await this.settle();
    const states = await Promise.all(STREAMS.map(async (stream) => ({ stream, state: await this.#state(stream) })));
    return this.database.transaction(
      async (tx) => {
        await this.#lease.guard(tx);
        const epochs = new Map<string, number>();
        for (const { stream, state } of states) epochs.set(stream, await remember(tx, stream, state));
        return epochs;
      },
      { essential: true },
    );
  }

  /**
   * Begins a new life of a stream. The epoch rises first, so that nobody marks what the old one has acknowledged; the new
   * state is noted last, by `remember`: whoever is killed in between does all of it again.
   */
  async #reset(stream: string, reason: string): Promise<void> {
    this.resets += 1;
    this.log.error({ alarm: "stream-epoch", stream, reason }, "JetStream has lost messages; sending them again");
    await this.database.transaction(
      async (tx) => {
        await this.#lease.guard(tx);
        const known = await tx.findOneForUpdate("stream_epoch", { stream });
        await tx.update("stream_epoch", { stream }, { epoch: Number(known?.["epoch"] ?? 0) + 1 });
      },
      { essential: true },
    );
    await this.bus.recreateStream(stream);
    await this.#sendAgain(stream === STREAM.jobs ? "jinshui.job." : "jinshui.event.");
  }

  /** In pieces: a week's rows in one statement would hold everybody up. */
  async #sendAgain(prefix: string): Promise<void> {
    for (let last = 0; ;) {
      const rows = await this.database.find("outbox", {
        where: { seq: { gt: last } },
        orderBy: ["seq"],
        limit: PIECE,
        columns: ["seq", "subject"],
      });
      if (rows.length === 0) return;
      const seqs = rows.flatMap((row) => (String(row["subject"]).startsWith(prefix) ? [Number(row["seq"])] : []));
      await this.database.transaction((tx) => tx.update("outbox", { seq: { in: seqs } }, { published_at: null }), {
        essential: true,
      });
      last = Number(rows.at(-1)?.["seq"]);
      if (!(await this.#lease.hold())) throw new Error("another process checks the streams");
    }
  }

  async #state(stream: string): Promise<StreamInspection> {
    const state = await this.bus.inspectStream(stream);
    if (!state) throw new Error(`stream ${stream} is missing`);
    return state;
  }

  /** Why a stream can't be the one that is remembered. */
  async #loss(stream: string, known: Row): Promise<string | undefined> {
    const { created, firstSequence, lastSequence, consumers } = await this.#state(stream);
    const noted = Number(known["last_sequence"]);
    if (created !== known["created"])
      return `it was created ${created}, the one remembered ${String(known["created"])}`;
    if (lastSequence < noted) return `it ends at ${lastSequence}, but ${noted} was acknowledged`;
    const ahead = consumers.find(({ reached }) => reached > lastSequence);
    if (ahead) return `consumer ${ahead.durable} has seen ${ahead.reached}, but it ends at ${lastSequence}`;
    const eventId = known["last_event_id"];
    if (eventId !== undefined && noted >= firstSequence && noted > 0) {
      const there = await this.bus.storedMessageId(stream, noted);
      if (there !== eventId)
        return `message ${noted} is ${there ?? "missing"}, but ${String(eventId)} was acknowledged`;
    }
    return undefined;
  }
}

/** Notes a stream's state as the one to compare with from now on, and says in which life it is. */
async function remember(tx: Transaction, stream: string, state: StreamInspection): Promise<number> {
  const known = await tx.findOneForUpdate("stream_epoch", { stream });
  const { created, lastSequence } = state;
  if (!known) await tx.insertUnlessRaced("stream_epoch", { stream, created, last_sequence: lastSequence, epoch: 0 });
  else if (known["created"] !== created || Number(known["last_sequence"]) > lastSequence)
    await tx.update("stream_epoch", { stream }, { created, last_sequence: lastSequence, last_event_id: null });
  return Number(known?.["epoch"] ?? 0);
}
