import { type Database, newId, type Row, type Transaction } from "@jinshui/storage";
import {
  type CloudEvent,
  cloudEvent,
  JinshuiError,
  type OpInput,
  type OpOutput,
  OUTSIDE_SOURCE,
  OutsideEvent,
  subject as subjects,
  type WebhooksApi,
} from "@jinshui/contracts";
import { checked } from "@jinshui/contracts/validate";
import { createHash } from "node:crypto";
import type { Secrets } from "../secrets.js";
import { isFresh, isSigned } from "../signing.js";

type Received = OpInput<WebhooksApi, "receive">;
type Answer = OpOutput<WebhooksApi, "receive">;

/** Events that other systems tell of: checked, and published by the outbox, each once. */
export class Inbound {
  constructor(
    readonly database: Database,
    readonly secrets: Secrets,
    readonly clock: () => number = Date.now,
  ) {}

  /** @throws JinshuiError as `webhooksApi.receive` says; `refused` is called where somebody may be guessing. */
  async receive(received: Received, refused: (hook: Row, reason: string) => Promise<void>): Promise<Answer> {
    const { hook: id, body } = received;
    const hook = await this.database.findOne("inbound_hook", { id });
    if (!hook) throw new JinshuiError("not-found", `There is no inbound hook ${id}`, { details: { hook: id } });
    await this.#requireSigned(hook, received, refused);
    const event = eventIn(body);
    const name = event.type.split(".").at(-1) ?? "";
    const names = hook["names"] as string[];
    if (!names.includes(name)) {
      await refused(hook, "unknown-event");
      throw new JinshuiError(
        "forbidden",
        `Hook ${id} may tell of ${names.join(", ")}; "${event.type}" ends otherwise`,
        {
          details: { type: event.type, names },
        },
      );
    }
    return this.database.transaction((tx) => this.#take(tx, hook, event, { name, body }));
  }

  async #requireSigned(
    hook: Row,
    { id, timestamp, signature, body }: Received,
    refused: (hook: Row, reason: string) => Promise<void>,
  ): Promise<void> {
    const now = this.clock();
    const secrets = this.secrets.of(hook, new Date(now).toISOString());
    const reason = !isSigned(secrets, { id, timestamp, body }, signature)
      ? "wrong-signature"
      : isFresh(timestamp, now)
        ? undefined
        : "too-old";
    if (reason === undefined) return;
    await refused(hook, reason);
    const why =
      reason === "too-old"
        ? "it was signed more than five minutes from now; look at the sender's clock"
        : "no secret of this hook gives it for webhook-id, webhook-timestamp and the body as it was sent";
    throw new JinshuiError("signature-invalid", `The signature is not taken: ${why}`, { details: { reason } });
  }

  async #take(
    tx: Transaction,
    hook: Row,
    event: OutsideEvent,
    { name, body }: { name: string; body: string },
  ): Promise<Answer> {
    const key = { hook: String(hook["id"]), event_hash: sha256(JSON.stringify([event.source, event.id])) };
    const known = await tx.findOne("inbound_event", key);
    if (known) {
      if (known["body_hash"] === sha256(body)) return { event: String(known["event"]), duplicate: true };
      throw new JinshuiError(
        "idempotency-key-reused",
        `Event ${event.id} of ${event.source} came with another content`,
        {
          details: { event: event.id },
        },
      );
    }
    const [id, bureau, source] = [newId(), String(hook["bureau"]), OUTSIDE_SOURCE + String(hook["source"])];
    await tx.insertUnlessRaced("inbound_event", { ...key, body_hash: sha256(body), event: id, at: tx.time });
    await tx.update("inbound_hook", { id: key.hook }, { last_received_at: tx.time });
    const { subject, data = null } = event;
    tx.publish({
      subject: subjects.event(bureau, source, name),
      id,
      aggregate: `${bureau}/${source}/${sha256(subject ?? name)}`,
      body: {
        ...cloudEvent({ id, time: tx.time, bureau, source, name, data, ...(subject === undefined ? {} : { subject }) }),
        ...originOf(event),
      },
    });
    return { event: id, duplicate: false };
  }
}

/** What the sender called it, as extension attributes of CloudEvents. */
function originOf({ id, source, type, time }: OutsideEvent): Partial<CloudEvent> {
  return {
    originid: id,
    originsource: source,
    origintype: type,
    ...(time === undefined ? {} : { origintime: time }),
  } as Partial<CloudEvent>;
}

function eventIn(body: string): OutsideEvent {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new JinshuiError("invalid-request", "The body is no JSON", { details: { reason: "no-json" }, cause });
  }
  return checked(OutsideEvent, value, "The event");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
