import { HEADER } from "@jinshui/contracts";
import type { JsMsg, NatsConnection } from "nats";
import { setTimeout as sleep } from "node:timers/promises";
import { decode } from "./codec.js";
import { failpoint } from "./failpoint.js";
import type { Log } from "./log.js";
import { InFlight, type Service } from "./service.js";
import { readTraceparent, withTraceparent } from "./trace.js";

/** What is known of a message besides its body. */
export interface Delivery {
  subject: string;
  /** 1 for the first delivery. */
  attempt: number;
  /** The id it was published under, which receivers know a repetition by. */
  id: string;
  /** What the message is about; the sequence counts up by one within it. Absent where the publisher said nothing. */
  aggregate?: string;
  sequence?: number;
  /** The trace that caused it. */
  traceparent: string;
}
export type Consumer = (body: unknown, delivery: Delivery) => Promise<void>;

export interface ConsumeOptions {
  /** Messages handled at once. Default 4. */
  concurrency?: number;
  /** The consumer's ack wait; the message is kept alive while its handler runs. Default 30,000. */
  ackWaitMs?: number;
}

/** How often a message's handler may fail before the message should be put aside. */
export const MAX_TRIES = 5;

/** Thrown by a handler that can't take the message yet: it comes again after `ms`, and nothing has failed. */
export class Postponed extends Error {
  constructor(readonly ms: number) {
    super(`comes again in ${ms} ms`);
  }
}

/** Thrown by a handler that has noted the message as one it can't handle: it does not come again. */
export class PutAside extends Error {}

const PULL_MS = 5_000;
const BACK_OFF_MS = [1_000, 5_000, 30_000];

/**
 * Takes messages of a durable pull consumer, a bounded number at a time. A message is acknowledged after its handler; when
 * the handler throws it comes again after 1, 5, then 30 s, for ever unless the handler puts it aside. Delivery is at least once: handlers key their effects by the
 * message's own id.
 */
export function consume(
  connection: NatsConnection,
  stream: string,
  durable: string,
  handler: Consumer,
  log: Log,
  options: ConsumeOptions = {},
): Service {
  const running = new InFlight();
  let stopped = false;

  const worker = async (): Promise<void> => {
    while (!stopped && !connection.isClosed()) {
      try {
        const consumer = await connection.jetstream().consumers.get(stream, durable);
        while (!stopped) {
          const message = await consumer.next({ expires: PULL_MS });
          if (!message) continue;
          if (stopped) message.nak();
          else await running.run(() => handle(message));
        }
      } catch (error) {
        if (stopped || connection.isClosed()) return;
        log.warn({ stream, durable, error: String(error) }, "pull failed; trying again");
        await sleep(500);
      }
    }
  };

  async function handle(message: JsMsg): Promise<void> {
    const delivery = deliveryOf(message);
    const alive = setInterval(() => message.working(), (options.ackWaitMs ?? 30_000) / 3);
    try {
      await withTraceparent(delivery.traceparent, () => handler(decode(message.data, "The message"), delivery));
      failpoint("consumer-committed");
      await message.ackAck().catch(() => false); // a lost ack means one more delivery, which the handler must bear anyway
      failpoint("acked");
    } catch (error) {
      failed(message, delivery, error);
    } finally {
      clearInterval(alive);
    }
  }

  function failed(message: JsMsg, { subject, id, attempt }: Delivery, error: unknown): void {
    if (error instanceof Postponed) {
      message.nak(error.ms);
      return;
    }
    if (error instanceof PutAside) {
      message.term();
      log.error({ subject, id, attempt, durable }, `message put aside: ${error.message}`);
      return;
    }
    log.warn({ subject, id, attempt, error: String(error) }, "handler failed; the message comes again");
    message.nak(BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length) - 1] ?? 1_000);
  }

  for (let index = 0; index < (options.concurrency ?? 4); index += 1) void worker();
  return {
    async drain() {
      stopped = true;
      await running.idle();
    },
  };
}

function deliveryOf(message: JsMsg): Delivery {
  const header = (name: string): string | undefined => {
    const value = message.headers?.get(name);
    return value === undefined || value === "" ? undefined : value;
  };
  const aggregate = header(HEADER.aggregate);
  return {
    subject: message.subject,
    attempt: message.info.deliveryCount,
    id: header("Nats-Msg-Id") ?? `${message.info.stream}-${message.seq}`,
    traceparent: readTraceparent(header(HEADER.traceparent)).traceparent,
    ...(aggregate === undefined
      ? {}
      : { aggregate: decodeURIComponent(aggregate), sequence: Number(header(HEADER.sequence)) }),
  };
}
