import type { Log } from "@jinshui/bus";
import { type Database, Lease, type Row } from "@jinshui/storage";
import type { Secrets } from "../secrets.js";
import { signatures } from "../signing.js";
import type { Addresses } from "./addresses.js";
import { type Outcome, post } from "./post.js";

/** How often it is looked for what is to be tried again, and what another kernel has left; what is new comes at once. */
const EVERY_MS = 2_500;
/** Another kernel goes on when this one has not for so long. */
const LEASE_MS = 30_000;
/** Requests at once to one receiver. */
const AT_ONCE = 4;
/** Looked at in one round for one receiver. */
const BATCH = 20;
/** Waits between tries, in seconds: a day in all. */
const WAITS = [5, 30, 120, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800];
/** A receiver that has failed for so long is left alone until somebody looks. */
const PAUSE_MS = 86_400_000;
/** Who pauses by itself, in the audit trail. */
const KERNEL = { id: "kernel", name: "kernel" };

export interface SenderOptions {
  database: Database;
  secrets: Secrets;
  addresses: Addresses;
  log: Log;
  /** Tells this kernel from others. */
  owner: string;
  /** Called after a webhook was paused. */
  changed: () => void;
  clock?: () => number;
}

/** Sends what is due, in turn for each receiver: one that is slow or away keeps nobody else waiting. */
export class Sender {
  readonly #lease: Lease;
  readonly #busy = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #waiting = false;
  #stopped = false;

  constructor(readonly options: SenderOptions) {
    this.#lease = new Lease(options.database, "webhooks", options.owner, LEASE_MS);
  }

  start(): void {
    this.kick();
    this.#timer = setInterval(() => this.kick(), EVERY_MS);
  }

  /** Something may be due. */
  kick(): void {
    if (this.#waiting || this.#stopped) return;
    this.#waiting = true;
    this.#round = this.#round
      .then(() => {
        this.#waiting = false;
        return this.look();
      })
      .catch((error: unknown) => this.options.log.error({ err: error }, "webhooks could not be sent; trying again"));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#round;
    await Promise.all(this.#busy.values());
    await this.#lease.release();
  }

  /** One look at all receivers; what is sent goes on beside it. */
  async look(): Promise<void> {
    const { database, log } = this.options;
    const now = this.#now();
    const due = { state: "pending", next_at: { lte: now } };
    const [first] = await database.find("webhook_delivery", { where: due, orderBy: ["next_at"], limit: 1 });
    if (!first || !(await this.#lease.hold())) return;
    for (const webhook of await database.find("webhook", { where: { state: "active" } })) {
      const id = String(webhook["id"]);
      if (this.#busy.has(id)) continue;
      const work = this.#send(webhook)
        .catch((error: unknown) => log.error({ err: error, webhook: id }, "a webhook could not be sent to"))
        .finally(() => this.#busy.delete(id));
      this.#busy.set(id, work);
    }
  }

  /** All rounds that are under way. */
  async idle(): Promise<void> {
    await this.#round;
    await Promise.all(this.#busy.values());
  }

  async #send(webhook: Row): Promise<void> {
    const { database } = this.options;
    const where = { webhook: String(webhook["id"]), state: "pending", next_at: { lte: this.#now() } };
    const rows = await database.find("webhook_delivery", { where, orderBy: ["next_at", "id"], limit: BATCH });
    const worker = async (): Promise<void> => {
      for (let row = rows.shift(); row && !this.#stopped; row = rows.shift()) await this.#deliver(webhook, row);
    };
    const isFull = rows.length === BATCH;
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    if (isFull) setImmediate(() => this.kick());
  }

  async #deliver(webhook: Row, row: Row): Promise<void> {
    const { secrets, addresses } = this.options;
    const now = this.#now();
    const timestamp = String(Math.floor(Date.parse(now) / 1_000));
    const [id, body] = [String(row["event"]), String(row["body"])];
    const outcome = await post(
      new URL(String(webhook["url"])),
      {
        body,
        headers: {
          "content-type": "application/cloudevents+json; charset=utf-8",
          "user-agent": "jinshui-webhooks",
          "webhook-id": id,
          "webhook-timestamp": timestamp,
          "webhook-signature": signatures(secrets.of(webhook, now), { id, timestamp, body }),
        },
      },
      addresses,
    );
    await this.#note(String(webhook["id"]), row, outcome);
  }

  /** Writes down how a try ended, and what follows from it. */
  async #note(webhook: string, row: Row, { status, error, durationMs }: Outcome): Promise<void> {
    const { database, log, changed } = this.options;
    const arrived = status !== undefined && status >= 200 && status < 300;
    const attempts = Number(row["attempts"]) + 1;
    const waitSeconds = WAITS[attempts - 1];
    const now = this.#now();
    const next = waitSeconds === undefined ? undefined : new Date(Date.parse(now) + waitSeconds * 1_000).toISOString();
    const state = arrived ? "delivered" : next === undefined ? "dead" : "pending";
    if (state === "dead") log.warn({ webhook, event: row["event"], status, error }, "a webhook's event was given up");
    await database.transaction(
      async (tx) => {
        const known = await tx.findOneForUpdate("webhook", { id: webhook });
        if (!known) return;
        const facts = { attempts, status: status ?? null, error: error ?? null, duration_ms: durationMs };
        const end = state === "pending" ? { next_at: next } : { next_at: null, done_at: now };
        await tx.update("webhook_delivery", { id: String(row["id"]) }, { state, ...facts, ...end });
        if (arrived) {
          await tx.update("webhook", { id: webhook }, { last_success_at: now, failing_since: null });
          return;
        }
        const since = String(known["failing_since"] ?? now);
        const because =
          status === 410 ? "gone" : Date.parse(now) - Date.parse(since) >= PAUSE_MS ? "failing" : undefined;
        const pausing = because !== undefined && known["state"] === "active";
        await tx.update(
          "webhook",
          { id: webhook },
          {
            failing_since: since,
            ...(pausing ? { state: "paused", paused_because: because } : {}),
          },
        );
        if (!pausing) return;
        const { bureau, title } = known;
        tx.audit({
          bureau: String(bureau),
          actor: KERNEL,
          action: "webhook-gave-up",
          resource: `webhook/${webhook}`,
          after: { title, reason: because, since, status, error },
        });
        tx.afterCommit(changed);
      },
      { essential: true },
    );
  }

  #now(): string {
    return new Date((this.options.clock ?? Date.now)()).toISOString();
  }
}
