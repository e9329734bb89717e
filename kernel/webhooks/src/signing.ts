import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const PREFIX = "whsec_";
const BYTES = 32;
/** How far a sender's clock may be from ours. */
const TOLERANCE_SECONDS = 300;

/** A secret as Standard Webhooks writes it (https://www.standardwebhooks.com): 32 random bytes. */
export function newSecret(): string {
  return PREFIX + randomBytes(BYTES).toString("base64");
}

/** A message to be signed; `timestamp` in seconds since the epoch. */
export interface SignedMessage {
  id: string;
  timestamp: string;
  body: string;
}

/** The header `webhook-signature`: one signature (HMAC-SHA256) for each secret. */
export function signatures(secrets: readonly string[], message: SignedMessage): string {
  return secrets.map((secret) => `v1,${mac(secret, message).toString("base64")}`).join(" ");
}

/** Whether one of the signatures in the header is by one of the secrets. */
export function isSigned(secrets: readonly string[], message: SignedMessage, header: string): boolean {
  const shown = header
    .split(" ")
    .filter((part) => part.startsWith("v1,"))
    .map((part) => Buffer.from(part.slice(3), "base64"));
  return secrets
    .map((secret) => mac(secret, message))
    .some((right) => shown.some((one) => one.length === right.length && timingSafeEqual(one, right)));
}

/** Whether a message was signed just now; an old one may have been taken down and sent again by somebody else. */
export function isFresh(timestamp: string, nowMs: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(nowMs / 1_000 - Number(timestamp)) <= TOLERANCE_SECONDS;
}

function mac(secret: string, { id, timestamp, body }: SignedMessage): Buffer {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
}
