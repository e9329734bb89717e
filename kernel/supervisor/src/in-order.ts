import { type Consumer, type Delivery, Postponed, PutAside } from "@jinshui/bus";

/** How soon an event that waits for one before it is looked at again. */
const LOOK_AGAIN_MS = 500;

/**
 * Hands on messages about one thing one after the other, in the order they came: while one has failed and is to come again,
 * those behind it wait; once it is put aside they go on. Messages about other things are not held up. The order is this
 * process's: after a crash a message may come again behind later ones, which its `sequence` tells.
 */
export function inOrder(handler: Consumer): Consumer {
  const tails = new Map<string, Promise<void>>();
  const failed = new Map<string, string>();

  const take = async (aggregate: string, body: unknown, delivery: Delivery): Promise<void> => {
    const before = failed.get(aggregate);
    if (before !== undefined && before !== delivery.id) throw new Postponed(LOOK_AGAIN_MS);
    try {
      await handler(body, delivery);
      failed.delete(aggregate);
    } catch (error) {
      if (error instanceof PutAside) failed.delete(aggregate);
      else failed.set(aggregate, delivery.id);
      throw error;
    }
  };

  return async (body, delivery) => {
    const { aggregate } = delivery;
    if (aggregate === undefined) return handler(body, delivery);
    const turn = (tails.get(aggregate) ?? Promise.resolve()).then(() => take(aggregate, body, delivery));
    const tail = turn.catch(() => undefined);
    tails.set(aggregate, tail);
    try {
      await turn;
    } finally {
      if (tails.get(aggregate) === tail) tails.delete(aggregate);
    }
  };
}
