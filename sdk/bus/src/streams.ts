import { STREAM } from "@jinshui/contracts";
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  nanos,
  NatsError,
  RetentionPolicy,
  StorageType,
} from "nats";

const DAY_MS = 86_400_000;

/** Creates the site's streams where they are missing. Nothing in them is the only copy: the outbox can fill them again. */
export async function ensureStreams(manager: JetStreamManager): Promise<void> {
  for (const [name, subjects] of [
    [STREAM.events, ["jinshui.event.>"]],
    [STREAM.jobs, ["jinshui.job.>"]],
  ] as const) {
    const found = await manager.streams.info(name).catch(missing);
    if (found) continue;
    await manager.streams.add({
      name,
      subjects: [...subjects],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      max_age: nanos(14 * DAY_MS),
      duplicate_window: nanos(15 * 60_000),
      deny_delete: true,
    });
  }
}

export interface ConsumerOptions {
  /** `all`: everything in the stream; `new`: what comes from now on. Default `all`. */
  deliver?: "all" | "new";
  ackWaitMs?: number;
}

/** Creates a durable pull consumer where it is missing. */
export async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  durable: string,
  filterSubject: string,
  options: ConsumerOptions,
): Promise<void> {
  const found = await manager.consumers.info(stream, durable).catch(missing);
  if (found?.config.filter_subject === filterSubject) return;
  if (found) await manager.consumers.delete(stream, durable);
  await manager.consumers.add(stream, {
    durable_name: durable,
    filter_subject: filterSubject,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: options.deliver === "new" ? DeliverPolicy.New : DeliverPolicy.All,
    ack_wait: nanos(options.ackWaitMs ?? 30_000),
    max_ack_pending: 1_000,
    max_deliver: -1,
  });
}

function missing(error: unknown): undefined {
  if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
  throw error;
}
