import type { JsMsg, NatsConnection } from "nats";
import { setTimeout as sleep } from "node:timers/promises";
import { decode } from "./codec.js";
import type { Log } from "./log.js";
import { InFlight, type Service } from "./service.js";

export interface Delivery {
  subject: string;
  /** 1 for the first delivery. */
  attempt: number;
}
export type Consumer = (body: unknown, delivery: Delivery) => Promise<void>;

export interface ConsumeOptions {
  /** Messages handled at once. Default 4. */
  concurrency?: number;
  /** The consumer's ack wait; the message is kept alive while its handler runs. Default 30,000. */
  ackWaitMs?: number;
}

const PULL_MS = 5_000;
const BACK_OFF_MS = [1_000, 5_000, 30_000];

/**
 * Takes messages of a durable pull consumer, a bounded number at a time. A message is acknowledged after its handler; when
 * the handler throws it comes again after 1, 5, then 30 s. Delivery is at least once: handlers key their effects by the
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
    const attempt = message.info.deliveryCount;
    const alive = setInterval(() => message.working(), (options.ackWaitMs ?? 30_000) / 3);
    try {
      await handler(decode(message.data, "The message"), { subject: message.subject, attempt });
      await message.ackAck().catch(() => false); // a lost ack means one more delivery, which the handler must bear anyway
    } catch (error) {
      log.warn({ subject: message.subject, attempt, error: String(error) }, "handler failed; the message comes again");
      message.nak(BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length) - 1] ?? 1_000);
    } finally {
      clearInterval(alive);
    }
  }

  for (let index = 0; index < (options.concurrency ?? 4); index += 1) void worker();
  return {
    async drain() {
      stopped = true;
      await running.idle();
    },
  };
}
