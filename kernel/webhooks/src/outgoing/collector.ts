import type { Delivery as Delivered } from "@jinshui/bus";
import { type CloudEvent, dataOutside } from "@jinshui/contracts";
import { type Database, newId, type Row } from "@jinshui/storage";

/** How long what is known of webhooks is believed; another kernel may have changed it. */
const BELIEVED_MS = 1_000;

/** Notes for each active webhook what events it is to be told of. */
export class Collector {
  #known: { webhooks: Promise<Row[]>; at: number } | undefined;

  constructor(
    readonly database: Database,
    /** Called when there is something to send. */
    readonly due: () => void,
  ) {}

  /** Forgets what it knows of webhooks: one has changed. */
  changed(): void {
    this.#known = undefined;
  }

  async receive(body: unknown, { subject }: Pick<Delivered, "subject">): Promise<void> {
    const [, , bureau = "", source = "", end = ""] = subject.split(".");
    const name = `${source}.${end}`;
    const event = body as CloudEvent;
    const wanted = (await this.#active()).filter(
      (webhook) =>
        webhook["bureau"] === bureau &&
        (webhook["events"] as string[]).includes(name) &&
        event.time >= String(webhook["active_since"]),
    );
    // who has no right to hear of it here does not hear of it elsewhere
    if (wanted.length === 0 || isForFew(event)) return;
    const sent = JSON.stringify({ ...event, data: dataOutside(event.data) });
    await this.database.transaction(async (tx) => {
      for (const { id } of wanted) {
        const key = { webhook: String(id), event: event.id };
        if (await tx.findOne("webhook_delivery", key)) continue;
        await tx.insertUnlessRaced("webhook_delivery", {
          ...{ id: newId(), bureau, ...key, name, body: sent },
          ...{ state: "pending", attempts: 0, next_at: tx.time, created_at: tx.time },
        });
      }
      tx.afterCommit(this.due);
    });
  }

  #active(): Promise<Row[]> {
    const now = performance.now();
    if (!this.#known || now - this.#known.at > BELIEVED_MS) {
      const webhooks = this.database.find("webhook", { where: { state: "active" } });
      this.#known = { webhooks, at: now };
      webhooks.catch(() => (this.#known = undefined));
    }
    return this.#known.webhooks;
  }
}

function isForFew({ data }: CloudEvent): boolean {
  return typeof data === "object" && data !== null && "permissions" in data;
}
