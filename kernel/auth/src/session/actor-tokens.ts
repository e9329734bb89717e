import { type ActorClaims, type ActorRef, JinshuiError } from "@jinshui/contracts";
import { exportPKCS8, generateKeyPair, importPKCS8, jwtVerify, SignJWT, errors } from "jose";
import { createPublicKey, type KeyObject } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ISSUER = "jinshui";
const TYPE = "jinshui-actor";
const TTL_SECONDS = 300;
/** How long the same claims get the same token, which then is still good for ten times as long. */
const SAME_SECONDS = 30;
const MOST_KEPT = 10_000;
const RECENT_MS = 10 * 60_000;

/** Mints and checks the short signed claims of who acts. One algorithm, one key, one issuer, one type. */
export class ActorTokens {
  // a page asks for many things at once, and signing takes longer than most of them
  readonly #minted = new Map<string, { at: number; token: Promise<string> }>();

  private constructor(
    readonly privateKey: Awaited<ReturnType<typeof importPKCS8>>,
    readonly publicKey: KeyObject,
    readonly clock: () => number,
  ) {}

  /** Opens the site's key, which is made once and kept in `folder`. */
  static async open(folder: string, clock: () => number = Date.now): Promise<ActorTokens> {
    const file = join(folder, "actor-token.pem");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    let pem = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (pem === undefined) {
      const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
      pem = await exportPKCS8(privateKey);
      await writeFile(file, pem, { mode: 0o600 });
    }
    return new ActorTokens(await importPKCS8(pem, "EdDSA"), createPublicKey(pem), clock);
  }

  /** Refuses what needs a recent sign-in, where the last one was more than ten minutes ago: 401 `sign-in-again`. */
  async requireRecent(token: string | undefined, caller: string): Promise<void> {
    if (token === undefined) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    const { signedInAt = 0 } = await this.check(token, caller);
    if (this.clock() - signedInAt * 1_000 > RECENT_MS)
      throw new JinshuiError("sign-in-again", "This takes a sign-in of the last ten minutes: prove again who you are");
  }

  /** `audience` is the only caller that may present the token; `origin` is for the audit trail, and what a machine may do. */
  mint(
    person: { id: string; name: string; bureau: string },
    audience: string,
    origin: Pick<ActorClaims, "address" | "session" | "signedInAt" | "onBehalfOf" | "permissions"> = {},
  ): Promise<string> {
    const now = Math.floor(this.clock() / 1_000);
    const claims = { name: person.name, bureau: person.bureau, ...origin };
    const key = JSON.stringify([person.id, audience, claims]);
    const minted = this.#minted.get(key);
    if (minted && now >= minted.at && now < minted.at + SAME_SECONDS) return minted.token;
    const token = this.#sign(claims, person.id, audience, now);
    if (this.#minted.size >= MOST_KEPT) this.#minted.clear();
    this.#minted.set(key, { at: now, token });
    return token;
  }

  #sign(claims: Omit<ActorClaims, "sub" | "aud" | "exp">, sub: string, audience: string, now: number): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "EdDSA", typ: TYPE })
      .setIssuer(ISSUER)
      .setSubject(sub)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + TTL_SECONDS)
      .sign(this.privateKey);
  }

  /** The claims of a token presented by `caller`; 401 when it is old, 403 when it is another's or no token of ours. */
  async check(token: string, caller: string): Promise<ActorClaims> {
    try {
      const { payload } = await jwtVerify(token, this.publicKey, {
        algorithms: ["EdDSA"],
        issuer: ISSUER,
        typ: TYPE,
        audience: caller,
        currentDate: new Date(this.clock()),
        requiredClaims: ["sub", "exp", "bureau", "name"],
      });
      return {
        sub: String(payload.sub),
        name: String(payload["name"]),
        bureau: String(payload["bureau"]),
        aud: caller,
        exp: Number(payload.exp),
        ...(payload["address"] === undefined ? {} : { address: String(payload["address"]) }),
        ...(payload["session"] === undefined ? {} : { session: String(payload["session"]) }),
        ...(payload["signedInAt"] === undefined ? {} : { signedInAt: Number(payload["signedInAt"]) }),
        ...(payload["onBehalfOf"] === undefined ? {} : { onBehalfOf: payload["onBehalfOf"] as ActorRef }),
        ...(payload["permissions"] === undefined ? {} : { permissions: payload["permissions"] as string[] }),
      };
    } catch (cause) {
      if (cause instanceof errors.JWTExpired)
        throw new JinshuiError("session-expired", "The actor token has expired", { cause });
      throw new JinshuiError("forbidden", `The actor token is not one that ${caller} may present`, { cause });
    }
  }
}
