import { JinshuiError } from "@jinshui/contracts";
import canonicalize from "canonicalize";
import { createHash } from "node:crypto";

/**
 * JSON in its one canonical form (RFC 8785, JCS), to be signed.
 * @throws JinshuiError `signature-refused` for what has none: half a character.
 */
export function canonical(value: unknown): string {
  try {
    return canonicalize(value) ?? "null";
  } catch (cause) {
    throw new JinshuiError("signature-refused", "There is no canonical form of what is to be signed", {
      details: { reason: "half-character" },
      cause,
    });
  }
}

/** SHA-256 of a text, hexadecimal. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
