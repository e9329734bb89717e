import type { Bus } from "@jinshui/bus";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import { daysBefore, OUTBOX_DAYS } from "./days.js";

/** A durable consumer that the database remembers, so that it can be made anew when JetStream has forgotten it. */
export interface ConsumerSpec {
  stream: string;
  name: string;
  filterSubject: string;
  /** Where it begins when it is registered for the first time. Default `all`. */
  deliver?: "all" | "new";
  /** It keeps an inbox in this database: events stay in the outbox until they are in it. */
  hasInbox?: boolean;
}

/** Makes a consumer known to the database and to JetStream. */
export async function registerConsumer(database: Database, bus: Bus, spec: ConsumerSpec): Promise<void> {
  const key = { stream: spec.stream, name: spec.name };
  const values = { filter_subject: spec.filterSubject, has_inbox: spec.hasInbox === true };
  const known = await database.transaction(
    async (tx) => {
      const row = await tx.findOneForUpdate("consumer", key);
      if (row) await tx.update("consumer", key, values);
      else await tx.insertUnlessRaced("consumer", { ...key, ...values, registered_at: tx.time });
      return row;
    },
    { essential: true },
  );
  const deliver = known ? sinceRegistered(known) : (spec.deliver ?? "all");
  await bus.ensureConsumer(spec.stream, spec.name, spec.filterSubject, { deliver });
}

/** Forgets a consumer: nothing waits for it any more. */
export async function unregisterConsumer(database: Database, stream: string, name: string): Promise<void> {
  await database.transaction((tx) => tx.remove("consumer", { stream, name }));
}

/** Makes those that JetStream has lost anew; they hear again what their inboxes and keys tell from new events. */
export async function ensureRegistered(database: Database, bus: Bus): Promise<void> {
  for (const row of await database.find("consumer")) {
    await bus.ensureConsumer(String(row["stream"]), String(row["name"]), String(row["filter_subject"]), {
      deliver: sinceRegistered(row),
    });
  }
}

/** Not from the very start: receivers know repetitions for as long as the outbox could send them. */
function sinceRegistered(row: Row): Date {
  const registered = String(row["registered_at"]);
  const oldest = daysBefore(new Date(), OUTBOX_DAYS);
  return new Date(registered > oldest ? registered : oldest);
}

/** Whether a subject passes a filter with `*` and `>`, as the server reads it. */
export function matches(filter: string, subject: string): boolean {
  const [wanted, tokens] = [filter.split("."), subject.split(".")];
  for (const [index, token] of wanted.entries()) {
    if (token === ">") return tokens.length > index;
    if (index >= tokens.length || (token !== "*" && token !== tokens[index])) return false;
  }
  return wanted.length === tokens.length;
}
