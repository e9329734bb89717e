import { type Bus, type Delivery, failpoint, type Log, Postponed, PutAside, type Service } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { type ConsumerSpec, matches, registerConsumer } from "../relay/consumers.js";
import { buryMessage, noteFailure } from "./dead-letters.js";

/** A message as an inbox hands it on. */
export interface InboxMessage {
  id: string;
  subject: string;
  body: unknown;
  /** What it is about, and its place in the sequence of that. */
  aggregate?: string;
  sequence?: number;
}

export interface InboxOptions extends Omit<ConsumerSpec, "hasInbox"> {
  database: Database;
  bus: Bus;
  log: Log;
  /** Its writes commit together with the note that the message was handled. */
  handler: (tx: Transaction, message: InboxMessage) => Promise<void>;
  /** How long a message waits for one before it that JetStream has not brought. Default 30,000. */
  gapMs?: number;
}

/** Messages before this one that the consumer should have had. */
class Gap extends Error {
  constructor(readonly missing: Row[]) {
    super("messages before it are missing");
  }
}

/** How soon a message that waits for another is looked at again. */
const LOOK_AGAIN_MS = 500;

/**
 * Takes messages with an effect in this database exactly once and in the order of what they are about. A message whose
 * predecessors have not come waits; after `gapMs` they are taken from the outbox. One that fails five times is put aside and
 * its successors go on.
 */
export async function openInbox(options: InboxOptions): Promise<Service> {
  await registerConsumer(options.database, options.bus, { ...options, hasInbox: true });
  const inbox = new Inbox(options);
  // one at a time: two would find each other missing
  return options.bus.consume(
    options.stream,
    options.name,
    (body, delivery) => inbox.receive({ ...about(delivery), body }),
    { concurrency: 1 },
  );
}

function about(delivery: Delivery): Omit<InboxMessage, "body"> {
  const { id, subject, aggregate, sequence } = delivery;
  return {
    id,
    subject,
    ...(aggregate === undefined ? {} : { aggregate }),
    ...(sequence === undefined ? {} : { sequence }),
  };
}

class Inbox {
  readonly #waiting = new Map<string, number>();

  constructor(readonly options: InboxOptions) {}

  async receive(message: InboxMessage): Promise<void> {
    try {
      await this.#take(message);
    } catch (error) {
      if (!(error instanceof Gap)) throw error;
      const { gapMs = 30_000, log, name } = this.options;
      const since = this.#waiting.get(message.id) ?? performance.now();
      if (performance.now() - since < gapMs) {
        this.#waiting.set(message.id, since);
        throw new Postponed(Math.min(LOOK_AGAIN_MS, gapMs));
      }
      log.warn({ consumer: name, id: message.id, missing: error.missing.length }, "taking a gap from the outbox");
      for (const row of error.missing) await this.#take(fromOutbox(row)).catch(unlessPutAside);
      await this.#take(message);
    }
    this.#waiting.delete(message.id);
  }

  async #take(message: InboxMessage): Promise<void> {
    const { database, name, handler } = this.options;
    try {
      // a stream made anew brings all of a week again: to know it takes no turn among those who write
      if (await database.findOne("inbox", { consumer: name, message_id: message.id })) return;
      await database.transaction(async (tx) => {
        if (!(await tx.firstTime(name, message.id))) return;
        if (!(await this.#inTurn(tx, message))) return;
        await handler(tx, message);
        failpoint("effect-done");
      });
    } catch (error) {
      // what is only busy has not failed: it would be put aside for a database that was away for two minutes
      if (error instanceof Gap || (isJinshuiError(error) && error.retryable)) throw error;
      const failed = { consumer: name, id: message.id, subject: message.subject, body: message.body };
      if (!(await noteFailure(database, failed, error))) throw error;
      await database.transaction(async (tx) => {
        if (!(await tx.firstTime(name, message.id))) return;
        await this.#moveOn(tx, message);
        await buryMessage(tx, failed);
      });
      throw new PutAside(`it has failed too often: ${String(error)}`, { cause: error });
    }
  }

  /** Refuses a message that comes too early, and notes that it has come; false for one that is behind what was handled. */
  async #inTurn(tx: Transaction, message: InboxMessage): Promise<boolean> {
    const { name, filterSubject } = this.options;
    const { aggregate, sequence } = message;
    if (aggregate === undefined || sequence === undefined) return true;
    const position = await tx.findOneForUpdate("inbox_position", { consumer: name, aggregate });
    const reached = Number(position?.["seq"] ?? 0);
    if (sequence <= reached) return false;
    if (sequence > reached + 1) {
      const between = await tx.find("outbox", {
        where: { aggregate, agg_seq: { gt: reached, lt: sequence } },
        orderBy: ["agg_seq"],
      });
      const mine = between.filter((row) => matches(filterSubject, String(row["subject"])));
      const missing: Row[] = [];
      for (const row of mine) if (await this.#expects(tx, row)) missing.push(row);
      if (missing.length > 0) throw new Gap(missing);
    }
    await this.#moveOn(tx, message, position);
    return true;
  }

  /** Whether an event of the outbox is one that this consumer should have had. */
  async #expects(tx: Transaction, row: Row): Promise<boolean> {
    const { name, stream, deliver } = this.options;
    if (await tx.findOne("inbox", { consumer: name, message_id: String(row["event_id"]) })) return false;
    if (deliver !== "new") return true;
    const registered = await tx.findOne("consumer", { stream, name });
    return String(row["created_at"]) >= String(registered?.["registered_at"] ?? "");
  }

  async #moveOn(tx: Transaction, { aggregate, sequence }: InboxMessage, known?: Row): Promise<void> {
    if (aggregate === undefined || sequence === undefined) return;
    const key = { consumer: this.options.name, aggregate };
    const position = known ?? (await tx.findOneForUpdate("inbox_position", key));
    if (!position) await tx.insertUnlessRaced("inbox_position", { ...key, seq: sequence });
    else if (Number(position["seq"]) < sequence) await tx.update("inbox_position", key, { seq: sequence });
  }
}

function unlessPutAside(error: unknown): void {
  if (!(error instanceof PutAside)) throw error;
}

function fromOutbox(row: Row): InboxMessage {
  return {
    id: String(row["event_id"]),
    subject: String(row["subject"]),
    body: row["body"],
    aggregate: String(row["aggregate"]),
    sequence: Number(row["agg_seq"]),
  };
}
