import { hash, verify } from "@node-rs/argon2";
import { randomInt } from "node:crypto";
import { inTurn } from "./hashing-queue.js";

/** OWASP's first choice for argon2id with 19 MiB; the parameters stand in each hash. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const CURRENT = "$argon2id$v=19$m=19456,t=2,p=1$";

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, OPTIONS));
}

/** Whether a hash was made with other parameters than hashes are today. */
export function isOutdated(stored: string): boolean {
  return !stored.startsWith(CURRENT);
}

let dummy: Promise<string> | undefined;

/** Whether the password fits; for an unknown person a hash is compared all the same, so that time tells nothing. */
export async function passwordFits(stored: string | undefined, password: string): Promise<boolean> {
  dummy ??= hashPassword("nobody has this password");
  const known = stored ?? (await dummy);
  const fits = await inTurn(() => verify(known, password));
  return fits && stored !== undefined;
}

/** Letters and digits that nobody takes for others. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

/** Sixteen characters in groups, 79 bits. */
export function oneTimePassword(): string {
  const group = (): string => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)] ?? "").join("");
  return Array.from({ length: 4 }, group).join("-");
}
