import { JinshuiError } from "@jinshui/contracts";
import type { Context } from "koa";
import type { Checksum } from "../options.js";

export const TUS_VERSION = "1.0.0";
export const PART_TYPE = "application/offset+octet-stream";
const ALGORITHMS: Readonly<Record<string, number>> = { sha256: 32, sha1: 20, md5: 16 };

/** A whole number in a header; `undefined` when the header is absent. */
export function numberIn(context: Context, header: string): number | undefined {
  const text = context.get(header);
  if (text === "") return undefined;
  const value = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value)) throw invalid(`${header} must be a whole number`);
  return value;
}

/** `Upload-Metadata`: pairs of a key and base64, with commas between. */
export function metadataIn(context: Context): Map<string, string> {
  const pairs = context.get("Upload-Metadata").split(",");
  return new Map(
    pairs
      .map((pair) => pair.trim().split(/ +/))
      .filter(([key = ""]) => key !== "")
      .map(([key = "", value = ""]) => {
        if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw invalid(`Upload-Metadata: ${key} is no base64`);
        return [key, Buffer.from(value, "base64").toString("utf8")];
      }),
  );
}

/** `Upload-Checksum`: an algorithm and the digest of the part in base64. */
export function checksumIn(context: Context): Checksum | undefined {
  const text = context.get("Upload-Checksum");
  if (text === "") return undefined;
  const [algorithm = "", encoded = ""] = text.split(" ");
  const digest = Buffer.from(encoded, "base64");
  if (!Object.hasOwn(ALGORITHMS, algorithm) || digest.length !== ALGORITHMS[algorithm])
    throw invalid(`Upload-Checksum must be one of ${Object.keys(ALGORITHMS).join(", ")} and a digest in base64`);
  return { algorithm: algorithm as Checksum["algorithm"], digest };
}

/** What every answer says, and what a client may find out by OPTIONS. */
export function announce(context: Context, maxBytes: number): void {
  context.set({
    "Tus-Version": TUS_VERSION,
    "Tus-Extension": "creation,creation-with-upload,expiration,checksum,termination",
    "Tus-Max-Size": String(maxBytes),
    "Tus-Checksum-Algorithm": Object.keys(ALGORITHMS).join(","),
  });
}

/** A request that does not follow the protocol. */
export function invalid(message: string, status = 400): JinshuiError {
  return new JinshuiError(status === 400 ? "invalid-request" : "unsupported-upload", message, { status });
}
