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

/** How soon a message comes again that no process is there for at the moment. */
const AGAIN_MS = 500;
/** No event is called so: their names have a dot. */
const JOBS = "jobs";

/** What takes jobs and events. */
export interface Receiver {
  deliver(delivery: PluginDelivery): Promise<void>;
}

/**
 * Hands a plugin its jobs and events, as requests on `jinshui.control.v1.<plugin>.deliver.<run>`. No plugin has a right of its own
 * to JetStream: who may pull can name any reply subject, and the server then publishes there with the server's rights.
 */
export class Deliveries {
  /** What is pulled: events by name, and jobs. */
  readonly #pulls = new Map<string, Promise<Service>>();

  constructor(
    readonly plugin: string,
    readonly bus: Bus,
    readonly database: Database,
    readonly log: Log,
    /** The process that serves a bureau; nothing while it is away; `nobody` where the plugin is off. */
    readonly receiver: (bureau: string) => Receiver | "nobody" | undefined,
  ) {}

  /** Pulls what the manifests of the versions in use name from now on, and nothing else. */
  start(manifests: readonly PluginManifest[]): void {
    const events = eventsOf(manifests);
    const hasJobs = manifests.some(({ contributes }) => (contributes.jobs ?? []).length > 0);
    for (const [name, pull] of this.#pulls)
      if (name === JOBS ? !hasJobs : !events.has(name)) {
        this.#pulls.delete(name);
        void pull.then((service) => service.drain());
      }
    if (hasJobs && !this.#pulls.has(JOBS))
      this.#pulls.set(
        JOBS,
        this.bus.consume(STREAM.jobs, this.plugin, (body, delivery) =>
          this.#hand({ kind: "job", name: delivery.subject.split(".")[4] ?? "", body }, delivery),
        ),
      );
    for (const name of events)
      if (!this.#pulls.has(name))
        this.#pulls.set(
          name,
          this.bus.consume(
            STREAM.events,
            eventConsumer(this.plugin, name),
            inOrder((body, delivery) =>
              this.#hand({ kind: "event", name, body }, delivery).catch((error: unknown) =>
                this.#bury(delivery, error),
              ),
            ),
          ),
        );
  }

  /** Takes nothing more; resolves when what was handed over is done. */
  async stop(): Promise<void> {
    const pulls = [...this.#pulls.values()];
    this.#pulls.clear();
    await Promise.all(pulls.map(async (pull) => (await pull).drain()));
  }

  async #hand(message: Pick<PluginDelivery, "kind" | "name" | "body">, delivery: Delivery): Promise<void> {
    const { subject, traceparent } = delivery;
    const receiver = this.receiver(subject.split(".")[2] ?? "");
    // where it is off events are nobody's, and workflow sends a job again until somebody reports on it
    if (receiver === "nobody") return;
    if (!receiver) throw new Postponed(AGAIN_MS);
    await receiver.deliver({ ...message, subject, traceparent });
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

/** Makes the consumers of what a plugin's versions are to be handed; they keep what comes while it is away. */
export async function registerDeliveries(
  database: Database,
  bus: Bus,
  plugin: string,
  manifests: readonly PluginManifest[],
): Promise<void> {
  await registerConsumer(database, bus, {
    stream: STREAM.jobs,
    name: plugin,
    filterSubject: `jinshui.job.*.${plugin}.>`,
  });
  for (const event of eventsOf(manifests)) {
    const [source = "", name = ""] = event.split(".");
    await registerConsumer(database, bus, {
      stream: STREAM.events,
      name: eventConsumer(plugin, event),
      filterSubject: subjects.event("*", source, name),
      deliver: "new",
    });
  }
}

function eventsOf(manifests: readonly PluginManifest[]): Set<string> {
  return new Set(manifests.flatMap(({ grants }) => grants.events?.subscribe ?? []));
}
