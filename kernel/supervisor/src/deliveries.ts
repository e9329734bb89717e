import { type Bus, type Delivery, type Log, MAX_TRIES, Postponed, PutAside, type Service } from "@jinshui/bus";
import {
  eventConsumer,
  isJinshuiError,
  type PluginDelivery,
  type PluginManifest,
  STREAM,
  subject as subjects,
} from "@jinshui/contracts";
import { buryMessage, type Database, registerConsumer } from "@jinshui/storage";
import { inOrder } from "./in-order.js";

/** How long a plugin is given for one message; a little more than its own limit, so that it can say why. */
const DELIVERY_MS = 32_000;
/** How soon what a process had in hand when it died comes again. */
const AGAIN_MS = 500;

/**
 * Hands a plugin its jobs and events, as requests on `jinshui.control.v1.<plugin>.deliver`. No plugin has a right of its own to
 * JetStream: who may pull can name any reply subject, and the server then publishes there with the server's rights.
 */
export class Deliveries {
  #pulls: Promise<Service>[] = [];
  #lives = new AbortController();

  constructor(
    readonly plugin: string,
    readonly bus: Bus,
    readonly database: Database,
    readonly log: Log,
  ) {}

  /** Begins to pull what the manifest names. */
  start({ contributes, grants }: PluginManifest): void {
    void this.stop();
    if ((contributes.jobs ?? []).length > 0)
      this.#pulls.push(
        this.bus.consume(STREAM.jobs, this.plugin, (body, delivery) =>
          this.#hand({ kind: "job", name: delivery.subject.split(".")[4] ?? "", body }, delivery),
        ),
      );
    for (const name of grants.events?.subscribe ?? [])
      this.#pulls.push(
        this.bus.consume(
          STREAM.events,
          eventConsumer(this.plugin, name),
          inOrder((body, delivery) =>
            this.#hand({ kind: "event", name, body }, delivery).catch((error: unknown) => this.#bury(delivery, error)),
          ),
        ),
      );
  }

  /** Takes nothing more; resolves when what was handed over is done. */
  async stop(): Promise<void> {
    await Promise.all(this.#pulls.splice(0).map(async (pull) => (await pull).drain()));
  }

  /** The process has died: nobody answers for what it had in hand, so that comes again. */
  died(): void {
    this.#lives.abort(new Postponed(AGAIN_MS));
    this.#lives = new AbortController();
  }

  async #hand(message: Pick<PluginDelivery, "kind" | "name" | "body">, delivery: Delivery): Promise<void> {
    const { subject, traceparent } = delivery;
    const handed: PluginDelivery = { ...message, subject, traceparent };
    const call = { timeoutMs: DELIVERY_MS, traceparent, signal: this.#lives.signal };
    await this.bus.request(subjects.control(this.plugin, "deliver"), handed, call);
  }

  /** An event that keeps failing is noted and then let go; what is only busy comes again for ever. */
  async #bury({ id, subject, attempt }: Delivery, error: unknown): Promise<never> {
    if (attempt < MAX_TRIES || !isJinshuiError(error) || error.retryable || error.code === "not-enabled") throw error;
    const [, , , source = "", name = ""] = subject.split(".");
    const consumer = eventConsumer(this.plugin, `${source}.${name}`);
    await this.database.transaction(
      async (tx) => {
        const kept = await tx.findOne("outbox", { event_id: id });
        await buryMessage(tx, { consumer, id, subject, body: kept?.["body"] }, error.message);
      },
      { essential: true },
    );
    throw new PutAside(error.message, { cause: error });
  }
}

/** Makes the consumers of what a plugin is to be handed; they keep what comes while it is away. */
export async function registerDeliveries(database: Database, bus: Bus, manifest: PluginManifest): Promise<void> {
  const { id, grants } = manifest;
  await registerConsumer(database, bus, {
    stream: STREAM.jobs,
    name: id,
    filterSubject: `jinshui.job.*.${id}.>`,
  });
  for (const event of grants.events?.subscribe ?? []) {
    const [source = "", name = ""] = event.split(".");
    await registerConsumer(database, bus, {
      stream: STREAM.events,
      name: eventConsumer(id, event),
      filterSubject: subjects.event("*", source, name),
      deliver: "new",
    });
  }
}
