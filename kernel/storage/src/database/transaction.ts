import {
  type ActorRef,
  type CloudEvent,
  cloudEvent,
  JinshuiError,
  MAX_MESSAGE_BYTES,
  subject as subjects,
} from "@jinshui/contracts";
import { createHash } from "node:crypto";
import type { Transaction as SqlTransaction } from "sequelize";
import { auditHash, GENESIS } from "../audit-hash.js";
import { isNotUnique, TryAgain } from "./errors.js";
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
    if (bytes > MAX_MESSAGE_BYTES) {
      throw new JinshuiError(
        "too-large",
        `The message on ${message.subject} is ${bytes} bytes; it may have ${MAX_MESSAGE_BYTES}`,
        { details: { subject: message.subject, bytes, limit: MAX_MESSAGE_BYTES } },
      );
    }
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
    const stored = await storedAnswer<T>(this, key, requestHash);
    if (stored) return stored.response;
    const where = idempotencyRow(key.caller, key.key);
    await this.insertUnlessRaced("idempotency", { ...where, request_hash: requestHash, created_at: this.time });
    const response = await work();
    await this.update("idempotency", where, { response });
    return response;
  }

  /** Runs after the commit, if there is one; must not throw, since the commit can't be taken back. */
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

/**
 * The answer that was given under a key, if any.
 * @throws JinshuiError `idempotency-key-reused` when the key stands for another request.
 */
export async function storedAnswer<T>(
  reader: Reader,
  key: { caller: string; key: string | undefined },
  requestHash: string,
): Promise<{ response: T } | undefined> {
  if (key.key === undefined) return undefined;
  const stored = await reader.findOne("idempotency", idempotencyRow(key.caller, key.key));
  if (!stored) return undefined;
  if (stored["request_hash"] !== requestHash) {
    throw new JinshuiError("idempotency-key-reused", `Idempotency key "${key.key}" was used for another request`);
  }
  return { response: stored["response"] as T };
}

/** Callers and keys are hashed: cut to the column's length, two of them could meet in one row. */
function idempotencyRow(caller: string, key: string): { caller: string; request_key: string } {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  return { caller: hash(caller), request_key: hash(key) };
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
