import type { Bus, Service } from "@jinshui/bus";
import { eventConsumer } from "@jinshui/contracts";
import { buryMessage, type Database } from "@jinshui/storage";

/** Takes note of events that a plugin's handler can't handle; only then does the plugin let go of them. */
export function takeDeadLetters(bus: Bus, database: Database): Promise<Service> {
  return bus.respond("jinshui.control.v1.*.dead", "supervisor", async (input, context) => {
    const plugin = context.subject.split(".")[3] ?? "";
    const { id, subject, error } = input as { id: string; subject: string; error: string };
    const [, , , source = "", name = ""] = subject.split(".");
    const consumer = eventConsumer(plugin, `${source}.${name}`);
    await database.transaction(
      async (tx) => {
        const kept = await tx.findOne("outbox", { event_id: id });
        await buryMessage(tx, { consumer, id, subject, body: kept?.["body"] }, error);
      },
      { essential: true },
    );
    return {};
  });
}
