import { type Auth, type OrganisationConfig, Seal } from "@jinshui/auth";
import type { Bus, Log, Service } from "@jinshui/bus";
import { type Handlers, type PluginOperations, STREAM, type WebhooksApi } from "@jinshui/contracts";
import { type AuditTrail, type Database, registerConsumer } from "@jinshui/storage";
import { webhookHandlers } from "./handlers.js";
import { Inbound } from "./inbound/inbound.js";
import { Addresses } from "./outgoing/addresses.js";
import { Collector } from "./outgoing/collector.js";
import { Sender } from "./outgoing/sender.js";
import { Secrets } from "./secrets.js";
import { WEBHOOK_TABLES } from "./tables.js";

/** The key that seals secrets, in the folder of keys. */
export const WEBHOOK_KEY = "webhooks.key";

const CONSUMER = "webhooks";
const DAY_MS = 86_400_000;
const DELIVERED_DAYS = 7;
const DEAD_DAYS = 30;
/** Longer than JetStream and the outbox could bring an event again, and than a signature is taken. */
const RECEIVED_DAYS = 28;

export interface WebhookOptions {
  database: Database;
  auth: Pick<Auth, "access" | "changes">;
  trail: AuditTrail;
  config: OrganisationConfig;
  keysFolder: string;
  /** A connection of its own, which may pull from the stream of events. */
  bus: Bus;
  /** What a bureau's plugins offer. */
  offers: (bureau: string) => readonly PluginOperations[];
  log: Log;
  /** Tells this kernel from others. */
  owner: string;
  clock?: () => number;
}

/** Events to and from other systems. */
export interface Webhooks {
  handlers: Handlers<WebhooksApi>;
  /** Begins to listen and to send. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Removes what is kept for a while; to be run now and then. */
  sweep(): Promise<void>;
}

/**
 * Makes the tables exist and returns the parts. Events are pulled only where somebody is to be told of them.
 * @throws JinshuiError `invalid-file` for networks that can't be.
 */
export async function openWebhooks(options: WebhookOptions): Promise<Webhooks> {
  const { database, config, keysFolder, log, owner, clock } = options;
  await database.ensureTables(WEBHOOK_TABLES);
  const secrets = new Secrets(await Seal.open(keysFolder, WEBHOOK_KEY, config.site.crypto?.cipher));
  const addresses = new Addresses(config.site.webhooks?.allow ?? []);
  const sender = new Sender({
    ...{ database, secrets, addresses, log, owner },
    ...(clock ? { clock } : {}),
    changed: () => collector.changed(),
  });
  const collector = new Collector(database, () => sender.kick());
  const listening = new Listening(options, collector);
  const inbound = new Inbound(database, secrets, clock);
  const changed = (): void => {
    collector.changed();
    sender.kick();
    void listening.refresh();
  };
  return {
    handlers: webhookHandlers({ ...options, secrets, addresses, inbound, changed, ready: () => listening.refresh() }),
    async start() {
      await listening.start();
      sender.start();
    },
    async stop() {
      await listening.stop();
      await sender.stop();
    },
    async sweep() {
      const before = (days: number): { lt: string } => ({ lt: new Date(Date.now() - days * DAY_MS).toISOString() });
      await database.transaction(async (tx) => {
        await tx.remove("webhook_delivery", { state: "delivered", done_at: before(DELIVERED_DAYS) });
        await tx.remove("webhook_delivery", { state: "dead", done_at: before(DEAD_DAYS) });
        await tx.remove("webhook_delivery", { state: "pending", created_at: before(DEAD_DAYS) });
        await tx.remove("inbound_event", { at: before(RECEIVED_DAYS) });
      });
    },
  };
}

/** Pulls events once there is a webhook; a site without any has nothing of it. */
class Listening {
  static readonly AGAIN_MS = 30_000;
  #service: Promise<Service> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly options: Pick<WebhookOptions, "database" | "bus" | "log">,
    readonly collector: Collector,
  ) {}

  async start(): Promise<void> {
    await this.refresh();
    // another kernel of the site may have made the first one
    this.#timer = setInterval(() => void this.refresh(), Listening.AGAIN_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const service = await this.#service;
    this.#service = undefined;
    await service?.drain();
  }

  async refresh(): Promise<void> {
    const { database, log } = this.options;
    try {
      if (!this.#service && (await database.count("webhook")) === 0) return;
      await (this.#service ??= this.#listen());
    } catch (error) {
      this.#service = undefined;
      log.error({ err: error }, "events for webhooks can't be pulled; trying again");
    }
  }

  async #listen(): Promise<Service> {
    const { database, bus } = this.options;
    await registerConsumer(database, bus, {
      stream: STREAM.events,
      name: CONSUMER,
      filterSubject: "jinshui.event.>",
      deliver: "new",
    });
    return bus.consume(STREAM.events, CONSUMER, (body, delivery) => this.collector.receive(body, delivery));
  }
}
