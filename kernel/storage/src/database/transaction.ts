import { type ActorRef, type CloudEvent, cloudEvent, JinshuiError, subject as subjects } from "@jinshui/contracts";
import type { Transaction as SqlTransaction } from "sequelize";
import { auditHash, GENESIS } from "../audit-hash.js";
import { TryAgain } from "./errors.js";
import { newId } from "./ids.js";
import type { Reader } from "./database.js";
import type { FindOptions, Row, Where } from "./table.js";
import type { Tables } from "./tables.js";

/** A message to be published after the commit. */
export interface OutgoingMessage {
  subject: string;
  body: unknown;
  /** Also the id that receivers deduplicate by; a new one when absent. */
  id?: string;
}

export interface OutgoingEvent {
  bureau: string;
  source: string;
  name: string;
  data: unknown;
  subject?: string;
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

/** One database transaction: reads, writes, and what must become true together with them. */
export class Transaction implements Reader {
  /** The time of this transaction, ISO in UTC. */
  readonly time = new Date().toISOString();
  readonly #after: (() => void)[] = [];
  readonly #outgoing: Row[] = [];
  readonly #audits: AuditEntry[] = [];

  constructor(
    readonly tables: Tables,
    readonly sql: SqlTransaction,
  ) {}

  find(table: string, options: FindOptions = {}): Promise<Row[]> {
    return this.tables.find(table, options, this.sql);
  }

  async findOne(table: string, where: Where): Promise<Row | undefined> {
    return (await this.find(table, { where, limit: 1 }))[0];
  }

  /** Reads a row and locks it to the end of the transaction. */
  async findOneForUpdate(table: string, where: Where): Promise<Row | undefined> {
    return (await this.tables.find(table, { where, limit: 1 }, this.sql, true))[0];
  }

  count(table: string, where: Where = {}): Promise<number> {
    return this.tables.count(table, where, this.sql);
  }

  insert(table: string, rows: Row | Row[]): Promise<void> {
    return this.tables.insert(table, Array.isArray(rows) ? rows : [rows], this.sql);
  }

  /** Number of rows changed, or found where the database does not tell. */
  update(table: string, where: Where, values: Row): Promise<number> {
    return this.tables.update(table, where, values, this.sql);
  }

  remove(table: string, where: Where): Promise<number> {
    return this.tables.remove(table, where, this.sql);
  }

  /** Puts a message into the outbox: it is published if, and only if, this transaction commits. */
  publish(message: OutgoingMessage): void {
    this.#outgoing.push({
      event_id: message.id ?? newId(),
      subject: message.subject,
      body: message.body,
      created_at: this.time,
    });
  }

  /** Publishes a CloudEvent on `jinshui.event.<bureau>.<source>.<name>`. */
  event(event: OutgoingEvent): CloudEvent {
    const body = cloudEvent({ ...event, id: newId(), time: this.time });
    this.publish({ subject: subjects.event(event.bureau, event.source, event.name), body, id: body.id });
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
    return true;
  }

  /** Does `work` once per key: a repetition gets the stored answer, another request under the same key is refused. */
  async once<T>(
    key: { caller: string; key: string | undefined },
    requestHash: string,
    work: () => Promise<T>,
  ): Promise<T> {
    if (key.key === undefined) return work();
    const where = { caller: key.caller, request_key: key.key };
    const stored = await this.findOne("idempotency", where);
    if (stored) {
      if (stored["request_hash"] !== requestHash) {
        throw new JinshuiError("idempotency-key-reused", `Idempotency key "${key.key}" was used for another request`);
      }
      return stored["response"] as T;
    }
    await this.insertUnlessRaced("idempotency", { ...where, request_hash: requestHash, created_at: this.time });
    const response = await work();
    await this.update("idempotency", where, { response });
    return response;
  }

  /** Runs after the commit, if there is one. */
  afterCommit(work: () => void): void {
    this.#after.push(work);
  }

  /** Writes what was collected, last, so that the chain's head is locked as briefly as can be. */
  async finish(): Promise<void> {
    if (this.#outgoing.length > 0) await this.insert("outbox", this.#outgoing);
    const byBureau = Map.groupBy(this.#audits, ({ bureau }) => bureau);
    for (const [bureau, entries] of byBureau) await this.#chain(bureau, entries);
  }

  committed(): void {
    if (this.#outgoing.length > 0) for (const listener of outboxListeners) listener();
    for (const work of this.#after) work();
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
        before_value: entry.before,
        after_value: entry.after,
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
  private async insertUnlessRaced(table: string, row: Row): Promise<void> {
    try {
      await this.insert(table, row);
    } catch (error) {
      if ((error as Error).name === "SequelizeUniqueConstraintError") throw new TryAgain(`raced for a row of ${table}`);
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
