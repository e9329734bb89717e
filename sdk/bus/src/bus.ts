import {
  type Api,
  type Call,
  type Client,
  type Context,
  type Handlers,
  inboxOf,
  JinshuiError,
  KERNEL_CALLERS,
  opToken,
  parseApiSubject,
  subject as subjects,
} from "@jinshui/contracts";
import { checked } from "@jinshui/contracts/validate";
import { connect, Events, headers as natsHeaders, type NatsConnection } from "nats";
import { encode, decode } from "./codec.js";
import { consume, type Consumer, type ConsumeOptions } from "./consume.js";
import { type Log, silent } from "./log.js";
import { authenticatorOf } from "./nkey.js";
import { request } from "./request.js";
import { respond, type Responder, type RespondOptions } from "./respond.js";
import { drained, type Service } from "./service.js";
import {
  type ConsumerOptions,
  ensureConsumer,
  ensureStreams,
  inspectStream,
  recreateStream,
  storedMessageId,
  type StreamInspection,
} from "./streams.js";

export interface BusOptions {
  /** e.g. `127.0.0.1:4222`. */
  servers: string | string[];
  /** This process's token in subjects; the credential must allow no other. */
  caller: string;
  /** Asked at every connect, so that a renewed credential is used at once. */
  credentials?: () => { jwt: string; seed: string };
  log?: Log;
}

/** One connection to the bus, speaking as one caller. */
export interface Bus {
  readonly caller: string;
  /** A typed client of a kernel API in one bureau; input and output are checked here and at the other end. */
  client<A extends Api>(api: A, bureau: string): Client<A>;
  /** Calls operations of a plugin in one bureau. */
  plugin(
    bureau: string,
    plugin: string,
    version: number,
  ): (op: string, input: unknown, call?: Call) => Promise<unknown>;
  /** Serves a kernel API for all bureaus, in a queue group with other replicas. */
  serve<A extends Api>(api: A, handlers: Handlers<A>, options?: RespondOptions): Promise<Service>;
  /** The layer below `serve`: envelope, deadline and errors on any subject. Resolves when the server knows the subscription. */
  respond(subject: string, queue: string | undefined, handler: Responder, options?: RespondOptions): Promise<Service>;
  /** The layer below `client`. */
  request(subject: string, input: unknown, call?: Call): Promise<unknown>;
  /** A hint on core NATS that may be lost; facts go through the outbox. */
  publish(subject: string, body: unknown): void;
  /** Listens to hints, and to events as they pass. */
  subscribe(subject: string, listener: (body: unknown, subject: string) => void): Service;
  ensureStreams(): Promise<void>;
  ensureConsumer(stream: string, durable: string, filterSubject: string, options?: ConsumerOptions): Promise<void>;
  /** A stream and its consumers for the epoch check; `undefined` when it does not exist. */
  inspectStream(stream: string): Promise<StreamInspection | undefined>;
  /** The id of the message at a sequence of a stream; `undefined` where there is none. */
  storedMessageId(stream: string, sequence: number): Promise<string | undefined>;
  /** Makes a stream anew and empty, with the consumers it had, which begin at its start. */
  recreateStream(stream: string): Promise<void>;
  /** Publishes to JetStream and waits for its acknowledgement; only the outbox relay calls this. */
  publishStored(
    subject: string,
    body: unknown,
    options: { id: string; headers?: Record<string, string> },
  ): Promise<{ seq: number; duplicate: boolean }>;
  consume(stream: string, durable: string, handler: Consumer, options?: ConsumeOptions): Promise<Service>;
  /** Calls back after every reconnect; returns the way to stop. */
  onReconnect(listener: () => void): () => void;
  /** Version of the server, e.g. `2.9.10`. */
  readonly serverVersion: string;
  /** Whether the connection stands right now. */
  isConnected(): boolean;
  /** Round trip to the server in ms; throws `unavailable` when it doesn't answer within two seconds. */
  ping(): Promise<number>;
  /** Stops taking requests, waits for those running, flushes and closes. */
  drain(): Promise<void>;
}

/** Connects to the bus; reconnects for ever after that. Throws `unavailable` when the server can't be reached now. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const log = options.log ?? silent;
  const { credentials } = options;
  let connection: NatsConnection;
  try {
    connection = await connect({
      servers: options.servers,
      name: options.caller,
      inboxPrefix: inboxOf(options.caller),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 200,
      reconnectJitter: 100,
      pingInterval: 5_000,
      maxPingOut: 2,
      ignoreAuthErrorAbort: true,
      ...(credentials ? { authenticator: authenticatorOf(credentials) } : {}),
    });
  } catch (cause) {
    throw new JinshuiError("unavailable", `No bus at ${String(options.servers)}: ${String(cause)}`, { cause });
  }
  return new NatsBus(connection, options.caller, log);
}

class NatsBus implements Bus {
  readonly #services: Service[] = [];
  readonly #reconnected = new Set<() => void>();
  #connected = true;

  constructor(
    readonly connection: NatsConnection,
    readonly caller: string,
    readonly log: Log,
  ) {
    void this.#watch();
  }

  client<A extends Api>(api: A, bureau: string): Client<A> {
    const calls = Object.entries(api.ops).map(([name, op]) => {
      const target = subjects.api(api.name, api.version, bureau, this.caller, opToken(name));
      const call = async (input: unknown, options?: Call): Promise<unknown> =>
        checked(
          op.output,
          await this.request(target, checked(op.input, input, `${api.name}.${name}`), options),
          `Answer of ${api.name}.${name}`,
          "internal",
        );
      return [name, call];
    });
    return Object.fromEntries(calls) as Client<A>;
  }

  plugin(
    bureau: string,
    plugin: string,
    version: number,
  ): (op: string, input: unknown, call?: Call) => Promise<unknown> {
    return (op, input, call) => this.request(subjects.plugin(bureau, plugin, version, op, this.caller), input, call);
  }

  serve<A extends Api>(api: A, handlers: Handlers<A>, options?: RespondOptions): Promise<Service> {
    const names = new Map(Object.keys(api.ops).map((name) => [opToken(name), name]));
    const run: Responder = async (input, request) => {
      const { bureau, caller, op: wanted } = parseApiSubject(request.subject);
      const name = names.get(wanted);
      const op = name === undefined ? undefined : api.ops[name];
      if (name === undefined || !op)
        throw new JinshuiError("not-found", `${api.name} v${api.version} has no operation "${wanted}"`);
      if (op.callers === "kernel" && !KERNEL_CALLERS.includes(caller)) {
        options?.onMisuse?.({ caller, kind: "kernel-only", subject: request.subject });
        throw new JinshuiError("forbidden", `${api.name}.${name} is not for plugins`);
      }
      if (op.actor === "required" && request.actor === undefined) {
        throw new JinshuiError("sign-in-required", `${api.name}.${name} needs a signed-in person`);
      }
      const context: Context = { ...request, bureau, caller, op: name };
      const handler = handlers[name as keyof A["ops"]] as unknown as (
        input: unknown,
        context: Context,
      ) => Promise<unknown>;
      const output = await handler(checked(op.input, input, `${api.name}.${name}`), context);
      return checked(op.output, output, `Answer of ${api.name}.${name}`, "internal");
    };
    return this.respond(subjects.api(api.name, api.version, "*", "*", "*"), api.name, run, options);
  }

  async respond(
    subject: string,
    queue: string | undefined,
    handler: Responder,
    options?: RespondOptions,
  ): Promise<Service> {
    const service = this.#kept(respond(this.connection, subject, queue, handler, this.log, options));
    await this.connection.flush();
    return service;
  }

  request(subject: string, input: unknown, call?: Call): Promise<unknown> {
    return request(this.connection, subject, input, call);
  }

  publish(subject: string, body: unknown): void {
    this.connection.publish(subject, encode(body, "The hint"));
  }

  subscribe(subject: string, listener: (body: unknown, subject: string) => void): Service {
    const subscription = this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) this.log.error({ subject, error: error.message }, "subscription failed");
        else listener(decode(message.data, "The hint"), message.subject);
      },
    });
    return this.#kept({ drain: () => drained(subscription) });
  }

  async ensureStreams(): Promise<void> {
    await ensureStreams(await this.connection.jetstreamManager());
  }

  async ensureConsumer(
    stream: string,
    durable: string,
    filterSubject: string,
    options: ConsumerOptions = {},
  ): Promise<void> {
    await ensureConsumer(await this.connection.jetstreamManager(), stream, durable, filterSubject, options);
  }

  async inspectStream(stream: string): Promise<StreamInspection | undefined> {
    return inspectStream(await this.connection.jetstreamManager(), stream);
  }

  async storedMessageId(stream: string, sequence: number): Promise<string | undefined> {
    return storedMessageId(await this.connection.jetstreamManager(), stream, sequence);
  }

  async recreateStream(stream: string): Promise<void> {
    await recreateStream(await this.connection.jetstreamManager(), stream);
  }

  async publishStored(
    subject: string,
    body: unknown,
    options: { id: string; headers?: Record<string, string> },
  ): Promise<{ seq: number; duplicate: boolean }> {
    const headers = natsHeaders();
    for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
    const ack = await this.connection
      .jetstream({ timeout: 5_000 })
      .publish(subject, encode(body, "The event"), { msgID: options.id, headers });
    return { seq: ack.seq, duplicate: ack.duplicate };
  }

  consume(stream: string, durable: string, handler: Consumer, options?: ConsumeOptions): Promise<Service> {
    return Promise.resolve(this.#kept(consume(this.connection, stream, durable, handler, this.log, options)));
  }

  onReconnect(listener: () => void): () => void {
    this.#reconnected.add(listener);
    return () => this.#reconnected.delete(listener);
  }

  get serverVersion(): string {
    return this.connection.info?.version ?? "";
  }

  isConnected(): boolean {
    return this.#connected && !this.connection.isClosed();
  }

  async ping(): Promise<number> {
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new JinshuiError("unavailable", "The bus does not answer")), 2_000).unref();
    });
    return Promise.race([this.connection.rtt(), late]);
  }

  async drain(): Promise<void> {
    await Promise.all(this.#services.splice(0).map((service) => service.drain()));
    if (!this.connection.isClosed()) await this.connection.drain().catch(() => this.connection.close());
  }

  #kept(service: Service): Service {
    const kept: Service = {
      drain: async () => {
        const index = this.#services.indexOf(kept);
        if (index >= 0) this.#services.splice(index, 1);
        await service.drain();
      },
    };
    this.#services.push(kept);
    return kept;
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if ((status.type as Events) === Events.Disconnect) this.#connected = false;
      if ((status.type as Events) === Events.Reconnect) {
        this.#connected = true;
        for (const listener of this.#reconnected) listener();
      }
      this.log.debug({ caller: this.caller, status: status.type }, "bus status");
    }
  }
}
