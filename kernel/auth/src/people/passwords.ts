import { hash, verify } from "@node-rs/argon2";

/** OWASP's first choice for argon2id with 19 MiB; the parameters stand in each hash. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS);
}

let dummy: Promise<string> | undefined;

/** Whether the password fits; for an unknown person a hash is compared all the same, so that time tells nothing. */
export async function passwordFits(stored: string | undefined, password: string): Promise<boolean> {
  dummy ??= hashPassword("nobody has this password");
  const fits = await verify(stored ?? (await dummy), password);
  return fits && stored !== undefined;
}
