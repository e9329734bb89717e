import { JinshuiError } from "@jinshui/contracts";
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

/** Shorter ones could be guessed from their digest. */
const MIN_LENGTH = 32;

/** A secret of 256 bits; of such a one a plain digest is enough. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

export function secretDigest(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Content of a file that holds one secret. @throws JinshuiError `invalid-file` when it can't be read. */
export async function readSecretFile(folder: string, file: string): Promise<string> {
  const path = resolve(folder, file);
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new JinshuiError("invalid-file", `The secret in ${path} can't be read: ${cause.message}`, { cause });
  });
  return text.trim();
}

/** The digest of a client's secret as its configuration has it, if it has one. */
export async function configuredDigest(
  folder: string,
  { id, secretSha256, secretFile }: { id: string; secretSha256?: string; secretFile?: string },
): Promise<string | undefined> {
  if (secretSha256 !== undefined && secretFile !== undefined)
    throw new JinshuiError("invalid-file", `Client ${id} has both secretSha256 and secretFile: keep one`);
  if (secretFile === undefined) return secretSha256;
  const secret = await readSecretFile(folder, secretFile);
  if (secret.length < MIN_LENGTH)
    throw new JinshuiError("invalid-file", `The secret of client ${id} has less than ${MIN_LENGTH} characters`);
  return secretDigest(secret);
}
