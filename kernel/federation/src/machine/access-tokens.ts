import { JinshuiError } from "@jinshui/contracts";
import { createLocalJWKSet, type JWTHeaderParameters, type JWTPayload, jwtVerify } from "jose";
import type { SigningKeys } from "../clients/signing-keys.js";

const ALGORITHM = "EdDSA";
const TYPE = "at+jwt";
/** Longest life that is believed, in seconds; ours live for five minutes. */
const LONGEST = 600;
/** What a header may say. One that brings or names keys, or wants more understood, is no token of ours. */
const HEADER = new Set(["alg", "typ", "kid"]);

/** What a machine shows. */
export interface MachineToken {
  client: string;
  scopes: string[];
}

/** Checks access tokens of machines (RFC 9068): one algorithm, one type, one issuer, one audience, keys of our own. */
export class AccessTokens {
  readonly #keys: ReturnType<typeof createLocalJWKSet>;

  constructor(
    keys: SigningKeys,
    readonly issuer: string,
    readonly audience: string,
    readonly clock: () => number = Date.now,
  ) {
    this.#keys = createLocalJWKSet(keys.publicKeys(ALGORITHM));
  }

  /** @throws JinshuiError `session-expired` (401) for whatever is no token of ours that is good now. */
  async check(token: string): Promise<MachineToken> {
    const { payload, protectedHeader } = await jwtVerify(token, this.#keys, {
      algorithms: [ALGORITHM],
      issuer: this.issuer,
      audience: this.audience,
      typ: TYPE,
      requiredClaims: ["sub", "exp", "iat", "client_id"],
      maxTokenAge: LONGEST,
      currentDate: new Date(this.clock()),
    }).catch((cause: unknown) => {
      throw refused(cause);
    });
    requirePlain(protectedHeader, payload);
    return {
      client: String(payload["client_id"]),
      scopes: typeof payload["scope"] === "string" ? payload["scope"].split(" ") : [],
    };
  }
}

function requirePlain(header: JWTHeaderParameters, { aud, sub, client_id: client }: JWTPayload): void {
  const odd = Object.keys(header).find((name) => !HEADER.has(name));
  if (odd !== undefined || header.kid === undefined || typeof aud !== "string" || sub !== client)
    throw refused(new Error(`header ${odd ?? ""}`));
}

function refused(cause: unknown): JinshuiError {
  return new JinshuiError("session-expired", "The access token is none that is good here: get a new one", { cause });
}
