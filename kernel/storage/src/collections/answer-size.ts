import { JinshuiError, MAX_MESSAGE_BYTES } from "@jinshui/contracts";

/** Whether an answer goes into one message. */
export function fits(answer: unknown): boolean {
  return bytesOf(answer) <= MAX_MESSAGE_BYTES;
}

/**
 * Refuses an answer that goes into no message. A write asks before its commit: what nobody could be told must not be done.
 * @throws JinshuiError `too-large`.
 */
export function checkFits(answer: unknown, collection: string, advice: string): void {
  const bytes = bytesOf(answer);
  if (bytes <= MAX_MESSAGE_BYTES) return;
  throw new JinshuiError(
    "too-large",
    `The record of ${collection} is ${bytes} bytes, a message holds ${MAX_MESSAGE_BYTES}: ${advice}`,
    { details: { collection, bytes, limit: MAX_MESSAGE_BYTES } },
  );
}

function bytesOf(answer: unknown): number {
  return Buffer.byteLength(JSON.stringify(answer ?? {}));
}
