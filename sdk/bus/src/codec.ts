import { JinshuiError, MAX_MESSAGE_BYTES } from "@jinshui/contracts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** JSON bytes of a body; a body over the message limit is `too-large`, since the server would silently drop it. */
export function encode(body: unknown, what: string): Uint8Array {
  const bytes = encoder.encode(JSON.stringify(body ?? {}));
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new JinshuiError(
      "too-large",
      `${what} is ${bytes.length} bytes; a message holds ${MAX_MESSAGE_BYTES}: ask for fewer records or fields, or send a file`,
      {
        details: { bytes: bytes.length, limit: MAX_MESSAGE_BYTES },
      },
    );
  }
  return bytes;
}

/** The body behind JSON bytes; an empty message is `{}`. */
export function decode(bytes: Uint8Array, what: string): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch (cause) {
    throw new JinshuiError("invalid-request", `${what} is not JSON in UTF-8`, { cause });
  }
}
