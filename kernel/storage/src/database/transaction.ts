import { activeTraceparent, failpoint } from "@jinshui/bus";
import {
  type CloudEvent,
  cloudEvent,
  HEADER,
  JinshuiError,
  MAX_MESSAGE_BYTES,
  subject as subjects,
} from "@jinshui/contracts";
import type { Transaction as SqlTransaction } from "sequelize";
import { type AuditEntry, attributed, auditRow } from "../audit/entry.js";
import { isNotUnique, TryAgain } from "./errors.js";
import { newId } from "./ids.js";
import type { Reader } from "./database.js";
import { type FindOptions, JsonText, type Row, type Where } from "./table.js";
import type { RowAccess } from "./tables.js";

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

interface OutgoingRow {
  event_id: string;
  bureau: string;
  aggregate: string;
  subject: string;
  headers?: Record<string, string>;
  /** JSON, and whether it is to say its place. */
  body: string;
  numbered: boolean;
  created_at: string;
  /** Where it is known before the commit. */
  sequence?: number;
}

function isCloudEvent(body: unknown): body is CloudEvent {
  return typeof body === "object" && body !== null && "specversion" in body;
}

/** One database transaction: reads, writes, and what must become true together with them. */
export class Transaction implements Reader {
  #time: string;
  readonly #after: (() => void)[] = [];
  #outgoing: OutgoingRow[] = [];
  #audits: Row[] = [];
  #hasPublished = false;
  readonly #auditedBureaus = new Set<string>();
  readonly #written = new Set<string>();

  constructor(
    readonly tables: RowAccess,
    readonly sql: SqlTransaction,
    time: string,
  ) {
    this.#time = time;
  }

  /** The time of this transaction by the database's clock, ISO in UTC. */
  get time(): string {
    return this.#time;
  }

  /** The time was taken before locks were waited for: what follows on something does not say it was before it. */
  notBefore(time: string): void {
    if (time > this.#time) this.#time = time;
  }

  /** Tables in which it has added or changed rows. */
  get written(): ReadonlySet<string> {
    return this.#written;
  }

  find(table: string, options: FindOptions = {}): Promise<Row[]> {
    return this.tables.find(table, options, this.sql);
  }

  async findOne(table: string, where: Where): Promise<Row | undefined> {
    return (await this.find(table, { where, limit: 1 }))[0];
  }

  /** Reads a row and locks it to the end of the transaction. */
  async findOneForUpdate(table: string, where: Where): Promise<Row | undefined> {
    const [row] = await this.tables.find(table, { where, limit: 1 }, this.sql, "UPDATE");
    failpoint("state-read");
    return row;
  }

  /** Reads rows and locks them to the end of the transaction. */
  findForUpdate(table: string, options: FindOptions): Promise<Row[]> {
    return this.tables.find(table, options, this.sql, "UPDATE");
  }

  /** Reads rows that nobody may change before the end of the transaction; others may read them under the same lock. */
  findForShare(table: string, options: FindOptions): Promise<Row[]> {
    return this.tables.find(table, options, this.sql, "SHARE");
  }

  /**
   * Reads all rows whose column has one of some values. In a transaction for several pieces of work they are kept, so that it is read once
   * what all of them ask for; what others could change meanwhile is locked, or stands under a row that is.
   */
  readAhead(
    table: string,
    column: string,
    values: readonly (string | number | boolean)[],
    lock?: "UPDATE",
  ): Promise<Row[]> {
    if (this.tables.readAhead) return this.tables.readAhead(table, column, values, this.sql, lock);
    return this.tables.find(table, { where: { [column]: { in: values } } }, this.sql, lock);
  }

  count(table: string, where: Where = {}): Promise<number> {
    return this.tables.count(table, where, this.sql);
  }

  async insert(table: string, rows: Row | Row[]): Promise<void> {
    this.#written.add(table);
    await this.tables.insert(table, Array.isArray(rows) ? rows : [rows], this.sql);
    failpoint("state-written");
  }

  /** Number of rows changed, or found where the database does not tell. */
  async update(table: string, where: Where, values: Row): Promise<number> {
    this.#written.add(table);
    const changed = await this.tables.update(table, where, values, this.sql);
    failpoint("state-written");
    return changed;
  }

  /** Gives each of many rows values of its own; `rows` hold the primary key, one column, and the same other columns. */
  updateEach(table: string, rows: Row[]): Promise<void> {
    this.#written.add(table);
    return this.tables.updateEach(table, rows, this.sql);
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
    const body = JSON.stringify(message.body ?? {});
    const bytes = Buffer.byteLength(body);
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
      body,
      numbered: isCloudEvent(message.body),
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

  /** Writes an audit entry that commits with this transaction, or not at all; it joins the bureau's chain within a second. */
  audit(entry: AuditEntry): void {
    this.#audits.push(auditRow(attributed(entry), this.time));
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

  /** Takes over what another transaction object over the same transaction has collected, to be written with one's own. */
  absorb(other: Transaction): void {
    this.#outgoing.push(...other.#outgoing);
    this.#audits.push(...other.#audits);
    this.#after.push(...other.#after);
    for (const table of other.#written) this.#written.add(table);
  }

  /** Writes what was collected so far, for a transaction so large that it should not all be kept until its end. */
  async flush(): Promise<void> {
    await this.#writeOutbox();
    await this.#writeAudits();
  }

  /** Writes what was collected. */
  async finish(): Promise<void> {
    await this.#writeOutbox();
    failpoint("outbox-written");
    await this.#writeAudits();
    failpoint("audit-written");
  }

  async #writeOutbox(): Promise<void> {
    if (this.#outgoing.length === 0) return;
    // more may come while these are written
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    this.#hasPublished = true;
    await this.tables.insert("outbox", await this.#numbered(outgoing), this.sql);
  }

  async #writeAudits(): Promise<void> {
    if (this.#audits.length === 0) return;
    const audits = this.#audits;
    this.#audits = [];
    for (const { bureau } of audits) this.#auditedBureaus.add(String(bureau));
    await this.tables.insert("audit_entry", audits, this.sql);
  }

  committed(): void {
    if (this.#hasPublished) for (const listener of outboxListeners) listener();
    if (this.#auditedBureaus.size > 0) for (const listener of auditListeners) listener(this.#auditedBureaus);
    for (const work of this.#after) work();
  }

  /** What goes out, with the place each has in what it is about. */
  async #numbered(outgoing: readonly OutgoingRow[]): Promise<Row[]> {
    const counts = new Map<string, number>();
    for (const { aggregate, sequence } of outgoing)
      if (sequence === undefined) counts.set(aggregate, (counts.get(aggregate) ?? 0) + 1);
    const last = counts.size > 0 ? await this.tables.countUp(counts, this.sql) : counts;
    const given = new Map([...counts].map(([aggregate, count]) => [aggregate, (last.get(aggregate) ?? count) - count]));
    return outgoing.map(({ sequence: known, numbered, body, ...row }): Row => {
      const sequence = known ?? (given.get(row.aggregate) ?? 0) + 1;
      if (known === undefined) given.set(row.aggregate, sequence);
      const text = numbered ? `${body.slice(0, -1)},"sequence":${sequence}}` : body;
      return { ...row, agg_seq: sequence, body: new JsonText(text) };
    });
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

const outboxListeners = new Set<() => void>();

/** Calls back whenever a transaction of this process has put something into the outbox; returns the way to stop. */
export function onOutbox(listener: () => void): () => void {
  outboxListeners.add(listener);
  return () => outboxListeners.delete(listener);
}

const auditListeners = new Set<(bureaus: ReadonlySet<string>) => void>();

/** Calls back whenever a transaction of this process has written audit entries, with their bureaus; returns the way to stop. */
export function onAudit(listener: (bureaus: ReadonlySet<string>) => void): () => void {
  auditListeners.add(listener);
  return () => auditListeners.delete(listener);
}
