import { exportJWK, generateKeyPair, type JWK } from "jose";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FILE = "federation-signing.json";
/** After so many days the next start makes a new pair. */
const ROTATE_DAYS = 90;
/** How long a replaced key is published: longer than anything lives that it has signed. */
const KEPT_DAYS = 2;
const DAY_MS = 86_400_000;

/** ID tokens are RS256, which every relying party knows; access tokens of machines are EdDSA, which only we check. */
const ALGORITHMS = ["RS256", "EdDSA"] as const;

interface Kept {
  madeAt: string;
  replacedAt?: string;
  jwk: JWK;
}

/** The keys that tokens for others are signed with, newest first. */
export class SigningKeys {
  private constructor(readonly kept: readonly Kept[]) {}

  /**
   * Opens the site's keys, which are made at first and kept in `folder`. What is old gets a successor and stays published for a
   * while. With `renew` all are new: `gently` as if the others were old, `at-once` so that what they have signed is good no more.
   */
  static async open(
    folder: string,
    options: { clock?: () => number; renew?: "gently" | "at-once" } = {},
  ): Promise<SigningKeys> {
    const { clock = Date.now, renew } = options;
    const file = join(folder, FILE);
    const before = renew === "at-once" ? [] : await readKept(file);
    const now = clock();
    const next = [...before];
    for (const alg of ALGORITHMS) {
      const current = before.find(({ jwk }) => jwk.alg === alg);
      if (current && renew === undefined && now - Date.parse(current.madeAt) < ROTATE_DAYS * DAY_MS) continue;
      for (const one of next) if (one.jwk.alg === alg) one.replacedAt ??= new Date(now).toISOString();
      next.unshift({ madeAt: new Date(now).toISOString(), jwk: await newKey(alg) });
    }
    const kept = next.filter(
      ({ replacedAt }) => replacedAt === undefined || now - Date.parse(replacedAt) < KEPT_DAYS * DAY_MS,
    );
    if (JSON.stringify(kept) !== JSON.stringify(before)) await writeKept(folder, file, kept);
    return new SigningKeys(kept);
  }

  /** Private ones, for the provider, which signs with the first of an algorithm. */
  get jwks(): { keys: JWK[] } {
    return { keys: this.kept.map(({ jwk }) => jwk) };
  }

  /** Public ones of an algorithm, to check with. */
  publicKeys(algorithm: (typeof ALGORITHMS)[number]): { keys: JWK[] } {
    const own = this.kept.filter(({ jwk }) => jwk.alg === algorithm);
    return {
      keys: own.map(({ jwk }) => {
        const { kty, crv, x, n, e, kid, alg, use } = jwk;
        return Object.fromEntries(
          Object.entries({ kty, crv, x, n, e, kid, alg, use }).filter(([, value]) => value !== undefined),
        );
      }),
    };
  }
}

async function newKey(alg: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg, use: "sig" };
}

async function readKept(file: string): Promise<Kept[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "[]";
    throw error;
  });
  return JSON.parse(text) as Kept[];
}

/** All or nothing: half a file would be no key at all. */
async function writeKept(folder: string, file: string, kept: readonly Kept[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, JSON.stringify(kept, undefined, 1), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
