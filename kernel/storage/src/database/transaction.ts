import { activeTraceparent, failpoint } from "@jinshui/bus";
import {
  type ActorRef,
  type CloudEvent,
  cloudEvent,
  HEADER,
  JinshuiError,
  MAX_MESSAGE_BYTES,
  subject as subjects,
} from "@jinshui/contracts";
import type { Transaction as SqlTransaction } from "sequelize";
import { auditHash, GENESIS } from "../audit-hash.js";
import { isNotUnique, TryAgain } from "./errors.js";
import { newId } from "./ids.js";
import type { Reader } from "./database.js";
import { countUp } from "./sequences.js";
import type { FindOptions, Row, Where } from "./table.js";
import type { Tables } from "./tables.js";

/** A message to be published after the commit. */
export interface OutgoingMessage {
  /** `jinshui.<event|job>.<bureau>.…` */
  subject: string;
  body: unknown;
  /** Also the id that receivers deduplicate by; a new one when absent. */
  id?: string;
  /** What the message is about, e.g. a record or an instance; messages of one are numbered without gap. Default: it stands alone. */
  aggregate?: string;
  /** Its place among all messages of the aggregate, where something else counts them already. */
  sequence?: number;
  /** The trace that causes it; the one under way when absent. */
  traceparent?: string;
}

/** The place an event has in what it is about, which only the commit decides, takes this much of a message at most. */
const SEQUENCE_BYTES = 40;

export interface OutgoingEvent {
  bureau: string;
  source: string;
  name: string;
  data: unknown;
  subject?: string;
  /** Its place among all events of this name about the subject, where something else counts them already: 1, 2, 3 … */
  sequence?: number;
  traceparent?: string;
}

export interface AuditEntry {
  bureau: string;
  actor: ActorRef;
  action: string;
  /** e.g. `asset-tracking.equipment/<id>`. */
  resource: string;
  before?: unknown;
  after?: unknown;
  trace?: string;
}

interface OutgoingRow {
  event_id: string;
  bureau: string;
  aggregate: string;
  subject: string;
  headers?: Record<string, string>;
  body: unknown;
  created_at: string;
  /** Where it is known before the commit. */
  sequence?: number;
}

function isCloudEvent(body: unknown): body is CloudEvent {
  return typeof body === "object" && body !== null && "specversion" in body;
}

/** One database transaction: reads, writes, and what must become true together with them. */
export class Transaction implements Reader {
  readonly #after: (() => void)[] = [];
  readonly #outgoing: OutgoingRow[] = [];
  readonly #audits: AuditEntry[] = [];

  constructor(
    readonly tables: Tables,
    readonly sql: SqlTransaction,
    /** The time of this transaction by the database's clock, ISO in UTC. */
    readonly time: string,
  ) {}

  find(table: string, options: FindOptions = {}): Promise<Row[]> {
    return this.tables.find(table, options, this.sql);
  }

  async findOne(table: string, where: Where): Promise<Row | undefined> {
    return (await this.find(table, { where, limit: 1 }))[0];
  }

  /** Reads a row and locks it to the end of the transaction. */
  async findOneForUpdate(table: string, where: Where): Promise<Row | undefined> {
    const [row] = await this.tables.find(table, { where, limit: 1 }, this.sql, true);
    failpoint("state-read");
    return row;
  }

  count(table: string, where: Where = {}): Promise<number> {
    return this.tables.count(table, where, this.sql);
  }

  async insert(table: string, rows: Row | Row[]): Promise<void> {
    await this.tables.insert(table, Array.isArray(rows) ? rows : [rows], this.sql);
    failpoint("state-written");
  }

  /** Number of rows changed, or found where the database does not tell. */
  async update(table: string, where: Where, values: Row): Promise<number> {
    const changed = await this.tables.update(table, where, values, this.sql);
    failpoint("state-written");
    return changed;
  }

  /** Number of rows removed; at most `limit` of them where it is given. */
  remove(table: string, where: Where, limit?: number): Promise<number> {
    return this.tables.remove(table, where, this.sql, limit);
  }

  /**
   * Puts a message into the outbox: it is published if, and only if, this transaction commits.
   * @throws JinshuiError `too-large` for a body over the message limit, which could never leave the outbox.
   */
  publish(message: OutgoingMessage): void {
    const bytes = Buffer.byteLength(JSON.stringify(message.body ?? {}));
    if (bytes > MAX_MESSAGE_BYTES - SEQUENCE_BYTES) {
      throw new JinshuiError(
        "too-large",
        `The message on ${message.subject} is ${bytes} bytes; it may have ${MAX_MESSAGE_BYTES}`,
        { details: { subject: message.subject, bytes, limit: MAX_MESSAGE_BYTES } },
      );
    }
    const id = message.id ?? newId();
    const traceparent = message.traceparent ?? activeTraceparent();
    const sequence = message.aggregate === undefined ? 1 : message.sequence;
    this.#outgoing.push({
      event_id: id,
      bureau: message.subject.split(".")[2] ?? "",
      aggregate: message.aggregate ?? id,
      subject: message.subject,
      ...(traceparent === undefined ? {} : { headers: { [HEADER.traceparent]: traceparent } }),
      body: message.body,
      created_at: this.time,
      ...(sequence === undefined ? {} : { sequence }),
    });
  }

  /**
   * Publishes a CloudEvent on `jinshui.event.<bureau>.<source>.<name>`. Events of one `subject` of a source are numbered
   * without gap in the order of their commits; those without a subject, by their name.
   */
  event(event: OutgoingEvent): CloudEvent {
    const traceparent = event.traceparent ?? activeTraceparent();
    const body = cloudEvent({
      ...event,
      id: newId(),
      time: this.time,
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    this.publish({
      subject: subjects.event(event.bureau, event.source, event.name),
      body,
      id: body.id,
      aggregate: `${body.source}/${event.sequence === undefined ? "" : `${event.name}/`}${event.subject ?? event.name}`,
      ...(event.sequence === undefined ? {} : { sequence: event.sequence }),
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    return body;
  }

  /** Adds an entry to the bureau's audit chain. */
  audit(entry: AuditEntry): void {
    this.#audits.push(entry);
  }

  /** Whether `consumer` sees this message for the first time; its effect belongs in the same transaction. */
  async firstTime(consumer: string, messageId: string): Promise<boolean> {
    if (await this.findOne("inbox", { consumer, message_id: messageId })) return false;
    await this.insertUnlessRaced("inbox", { consumer, message_id: messageId, at: this.time });
    failpoint("inbox-inserted");
    return true;
  }

  /** Runs after the commit, if there is one; must not throw, since the commit can't be taken back. */
  afterCommit(work: () => void): void {
    this.#after.push(work);
  }

  /** Writes what was collected, last, so that the chain's head is locked as briefly as can be. */
  async finish(): Promise<void> {
    if (this.#outgoing.length > 0) await this.tables.insert("outbox", await this.#numbered(), this.sql);
    failpoint("outbox-written");
    const byBureau = Map.groupBy(this.#audits, ({ bureau }) => bureau);
    // in one order by all, so that two transactions do not wait for each other's chain
    for (const [bureau, entries] of [...byBureau].sort(([a], [b]) => (a < b ? -1 : 1)))
      await this.#chain(bureau, entries);
    failpoint("audit-written");
  }

  committed(): void {
    if (this.#outgoing.length > 0) for (const listener of outboxListeners) listener();
    for (const work of this.#after) work();
  }

  /** What goes out, with the place each has in what it is about. */
  async #numbered(): Promise<Row[]> {
    const counts = new Map<string, number>();
    for (const { aggregate, sequence } of this.#outgoing)
      if (sequence === undefined) counts.set(aggregate, (counts.get(aggregate) ?? 0) + 1);
    const last = await countUp(this.tables.sequelize, this.sql, counts);
    const given = new Map([...counts].map(([aggregate, count]) => [aggregate, (last.get(aggregate) ?? count) - count]));
    return this.#outgoing.map(({ sequence: known, ...row }): Row => {
      const sequence = known ?? (given.get(row.aggregate) ?? 0) + 1;
      if (known === undefined) given.set(row.aggregate, sequence);
      return { ...row, agg_seq: sequence, body: isCloudEvent(row.body) ? { ...row.body, sequence } : row.body };
    });
  }

  async #chain(bureau: string, entries: AuditEntry[]): Promise<void> {
    let head = await this.findOneForUpdate("audit_head", { bureau });
    if (!head) {
      head = { bureau, seq: 0, hash: GENESIS };
      await this.insertUnlessRaced("audit_head", head);
    }
    let seq = Number(head["seq"]);
    let hash = String(head["hash"]);
    const rows = entries.map((entry): Row => {
      const row: Row = {
        bureau,
        seq: (seq += 1),
        at: this.time,
        actor_id: entry.actor.id,
        actor_name: entry.actor.name,
        action: entry.action,
        resource: entry.resource,
        before_value: asJson(entry.before),
        after_value: asJson(entry.after),
        trace: entry.trace,
        previous_hash: hash,
      };
      hash = auditHash(row);
      return { ...row, hash };
    });
    await this.insert("audit", rows);
    await this.update("audit_head", { bureau }, { seq, hash });
  }

  /** Another transaction that inserted the same key first means: start over and find its row. */
  async insertUnlessRaced(table: string, row: Row): Promise<void> {
    try {
      await this.insert(table, row);
    } catch (error) {
      if (isNotUnique(error)) throw new TryAgain(`raced for a row of ${table}`);
      throw error;
    }
  }
}

/** The value as it comes back from the database, so that an entry's hash is the same before and after. */
function asJson(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value) ?? "null") as unknown);
}

const outboxListeners = new Set<() => void>();

/** Calls back whenever a transaction of this process has put something into the outbox; returns the way to stop. */
export function onOutbox(listener: () => void): () => void {
  outboxListeners.add(listener);
  return () => outboxListeners.delete(listener);
}
