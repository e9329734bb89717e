const DAY_MS = 86_400_000;

/** Outbox rows stay this long at least; what JetStream loses is sent again from them. */
export const OUTBOX_DAYS = 7;

/**
 * Inbox rows outlive whatever could bring their event again: one that is sent again on its last day in the outbox stays in
 * JetStream for another fourteen.
 */
export const INBOX_DAYS = 28;

/** The instant so many days before `from`, as the database keeps it. */
export function daysBefore(from: Date | string, days: number): string {
  return new Date(new Date(from).getTime() - days * DAY_MS).toISOString();
}
