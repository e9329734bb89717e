import canonicalize from "canonicalize";
import { createHash } from "node:crypto";

/** JSON in its one canonical form (RFC 8785, JCS). */
export function canonical(value: unknown): string {
  return canonicalize(value) ?? "null";
}

/** SHA-256 of a text, hexadecimal. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
