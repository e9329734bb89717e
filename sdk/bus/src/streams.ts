import { STREAM } from "@jinshui/contracts";
import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  nanos,
  NatsError,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "nats";

const DAY_MS = 86_400_000;
const SUBJECTS: Record<string, string> = { [STREAM.events]: "jinshui.event.>", [STREAM.jobs]: "jinshui.job.>" };

/** What a stream must be like: nothing but time takes messages out of it, and what came twice within 15 minutes is dropped. */
const RULES = {
  discard: DiscardPolicy.New,
  max_age: nanos(14 * DAY_MS),
  duplicate_window: nanos(15 * 60_000),
  deny_delete: true,
  deny_purge: true,
} satisfies Partial<StreamConfig>;

/**
 * Creates the site's streams where they are missing and brings older ones to today's rules. Nothing in them is the only copy:
 * the outbox can fill them again.
 */
export async function ensureStreams(manager: JetStreamManager): Promise<void> {
  for (const [name, subject] of Object.entries(SUBJECTS)) {
    const found = await manager.streams.info(name).catch(missing);
    if (!found) await create(manager, name, subject);
    else if (Object.entries(RULES).some(([rule, value]) => found.config[rule as keyof typeof RULES] !== value))
      await manager.streams.update(name, { ...found.config, ...RULES });
  }
}

async function create(manager: JetStreamManager, name: string, subject: string): Promise<void> {
  await manager.streams.add({
    name,
    subjects: [subject],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    ...RULES,
  });
}

/** What the epoch check compares with its memory of a stream. */
export interface StreamInspection {
  created: string;
  firstSequence: number;
  lastSequence: number;
  consumers: { durable: string; /** Highest stream sequence it has seen or acknowledged. */ reached: number }[];
}

/** A stream and its consumers as they stand; `undefined` when it does not exist. */
export async function inspectStream(manager: JetStreamManager, stream: string): Promise<StreamInspection | undefined> {
  const info = await manager.streams.info(stream).catch(missing);
  if (!info) return undefined;
  return {
    created: info.created,
    firstSequence: info.state.first_seq,
    lastSequence: info.state.last_seq,
    consumers: (await consumersOf(manager, stream)).map(({ name, delivered, ack_floor: floor }) => ({
      durable: name,
      reached: Math.max(delivered.stream_seq, floor.stream_seq),
    })),
  };
}

/** The id under which the message at a sequence was published; `undefined` where there is none. */
export async function storedMessageId(
  manager: JetStreamManager,
  stream: string,
  sequence: number,
): Promise<string | undefined> {
  try {
    const message = await manager.streams.getMessage(stream, { seq: sequence });
    return message.header.get("Nats-Msg-Id");
  } catch (error) {
    return missing(error);
  }
}

/** Makes a stream anew and empty, with the consumers it had: all of them begin at its start. */
export async function recreateStream(manager: JetStreamManager, stream: string): Promise<void> {
  const found = await manager.streams.info(stream).catch(missing);
  const consumers = found ? await consumersOf(manager, stream) : [];
  if (found) await manager.streams.delete(stream);
  await create(manager, stream, SUBJECTS[stream] ?? "");
  for (const { config } of consumers) await manager.consumers.add(stream, fromTheStart(config));
}

function fromTheStart(config: ConsumerConfig): ConsumerConfig {
  const { opt_start_seq: _seq, opt_start_time: _time, ...rest } = config;
  return { ...rest, deliver_policy: DeliverPolicy.All };
}

async function consumersOf(manager: JetStreamManager, stream: string): Promise<ConsumerInfo[]> {
  const all: ConsumerInfo[] = [];
  for await (const info of manager.consumers.list(stream)) all.push(info);
  return all;
}

export interface ConsumerOptions {
  /** `all`: everything in the stream; `new`: what comes from now on; or what was stored since an instant. Default `all`. */
  deliver?: "all" | "new" | Date;
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
  const config = {
    durable_name: durable,
    filter_subject: filterSubject,
    ack_policy: AckPolicy.Explicit,
    ...start(options.deliver),
    ack_wait: nanos(options.ackWaitMs ?? 30_000),
    max_ack_pending: 1_000,
    max_deliver: -1,
  };
  await manager.consumers.add(stream, config).catch(async (error: unknown) => {
    // somebody has made it since: another kernel, or the relay with a stream made anew, where it begins elsewhere
    const made = await manager.consumers.info(stream, durable).catch(missing);
    if (made?.config.filter_subject !== filterSubject) throw error;
  });
}

function start(deliver: ConsumerOptions["deliver"] = "all"): Partial<ConsumerConfig> {
  if (deliver instanceof Date)
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: deliver.toISOString() };
  return { deliver_policy: deliver === "new" ? DeliverPolicy.New : DeliverPolicy.All };
}

function missing(error: unknown): undefined {
  if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
  throw error;
}
