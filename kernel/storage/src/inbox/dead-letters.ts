import { MAX_TRIES } from "@jinshui/bus";
import { JinshuiError } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Transaction } from "../database/transaction.js";

/** A message that its consumer could not handle. */
export interface FailedMessage {
  consumer: string;
  id: string;
  subject: string;
  body: unknown;
}

const SOURCE = "storage";
const NAME = "message-dead";

/** Counts a failure of a message's handler; true when that was the last try. */
export async function noteFailure(database: Database, message: FailedMessage, error: unknown): Promise<boolean> {
  return database.transaction(
    async (tx) => {
      const key = { consumer: message.consumer, event_id: message.id };
      const row = await tx.findOneForUpdate("dead_letter", key);
      const attempts = Number(row?.["attempts"] ?? 0) + 1;
      const facts = { attempts, error: textOf(error), at: tx.time };
      if (row) await tx.update("dead_letter", key, facts);
      else await tx.insertUnlessRaced("dead_letter", { ...key, ...facts, subject: message.subject, dead: false });
      return attempts >= MAX_TRIES;
    },
    { essential: true },
  );
}

/** Puts a message aside for an administrator, and tells of it. */
export async function buryMessage(tx: Transaction, message: FailedMessage, error?: unknown): Promise<void> {
  const key = { consumer: message.consumer, event_id: message.id };
  const facts = { body: message.body, dead: true, at: tx.time };
  const row = await tx.findOneForUpdate("dead_letter", key);
  if (row?.["dead"] === true) return;
  if (row) await tx.update("dead_letter", key, facts);
  else
    await tx.insertUnlessRaced("dead_letter", {
      ...key,
      ...facts,
      subject: message.subject,
      attempts: MAX_TRIES,
      error: textOf(error),
    });
  const [, , bureau = "", source, name] = message.subject.split(".");
  // a consumer that fails on everything would otherwise bury its own obituaries for ever
  if (source === SOURCE && name === NAME) return;
  tx.event({ bureau, source: SOURCE, name: NAME, data: { consumer: message.consumer, event: message.id } });
}

/**
 * Handles a message that was put aside once more.
 * @throws JinshuiError `not-found` when there is none, and what the handler throws: then it stays aside.
 */
export async function retryDead(
  database: Database,
  consumer: string,
  event: string,
  handler: (tx: Transaction, body: unknown) => Promise<void>,
): Promise<void> {
  await database.transaction(async (tx) => {
    const key = { consumer, event_id: event };
    const row = await tx.findOneForUpdate("dead_letter", { ...key, dead: true });
    if (!row) throw new JinshuiError("not-found", `No message ${event} of ${consumer} was put aside`);
    await handler(tx, row["body"]);
    await tx.remove("dead_letter", key);
  });
}

function textOf(error: unknown): string {
  return (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 4_000);
}
