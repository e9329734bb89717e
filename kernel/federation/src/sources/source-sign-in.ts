import type { Auth } from "@jinshui/auth";
import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import type { AuditTrail } from "@jinshui/storage";
import { randomBytes } from "node:crypto";
import { artifactHash, type Artifacts } from "../artifacts.js";
import type { Identities } from "../identities.js";
import type { Departure, OidcIssuer } from "./oidc-issuer.js";
import type { Sources } from "./sources.js";

const KIND = "Departure";
const TTL_SECONDS = 600;

/** Where somebody comes back to, and from where. */
export interface Returning {
  /** Secret that the browser was given when it left. */
  departure: string | undefined;
  query: string;
  address: string;
  agent?: string;
  /** The session that the browser had; it ends. */
  session?: string;
}

/** Signs people in whom an issuer elsewhere vouches for. */
export class SourceSignIn {
  constructor(
    readonly auth: Auth,
    readonly sources: Sources,
    readonly identities: Identities,
    readonly artifacts: Artifacts,
    readonly trail: AuditTrail,
  ) {}

  /** Where the browser goes, and the secret it comes back with. `next`: the page that was wanted. */
  async begin(id: string, next: string): Promise<{ location: string; departure: string }> {
    const { location, departure } = await this.#issuer(id).depart();
    const secret = randomBytes(32).toString("base64url");
    const payload = { ...departure, source: id, next: isOwnPath(next) ? next : "/" };
    await this.artifacts.put(KIND, artifactHash(secret), payload, { seconds: TTL_SECONDS });
    return { location, departure: secret };
  }

  /**
   * The new session of somebody who comes back.
   * @throws JinshuiError `sign-in-failed` for whoever is not known here or comes back with what was not asked for.
   */
  async finish(id: string, returning: Returning): Promise<{ secret: string; expiresAt: string; next: string }> {
    const { departure, query, address, agent, session } = returning;
    try {
      const issuer = this.#issuer(id);
      const left = departure === undefined ? undefined : await this.artifacts.take(KIND, artifactHash(departure));
      if (left?.payload["source"] !== id)
        throw new JinshuiError("sign-in-failed", "This browser did not leave for there");
      const { subject, ...about } = await issuer.arrive(query, left.payload as unknown as Departure);
      const known = await this.identities.person(id, subject);
      const person = known ?? (await this.sources.create(id, { externalId: subject, ...about }));
      if (person === undefined) throw new JinshuiError("sign-in-failed", `Nobody here is ${subject} of ${id}`);
      const client = { address, ...(agent === undefined ? {} : { agent }) };
      const by = { ...client, person, source: id, assured: issuer.source.assuresSecondFactor === true };
      return { ...(await this.auth.signIn.vouched(by, session)), next: String(left.payload["next"]) };
    } catch (error) {
      await this.#refused(id, address, isJinshuiError(error) ? error.code : "internal");
      throw error;
    }
  }

  #issuer(id: string): OidcIssuer {
    const issuer = this.sources.issuers.get(id);
    if (!issuer) throw new JinshuiError("not-found", `There is no source ${id}`, { details: { source: id } });
    return issuer;
  }

  #refused(id: string, address: string, reason: string): Promise<void> {
    return this.trail.audit({
      bureau: this.sources.bureau(id) || "site",
      actor: { id: "anonymous", name: address },
      client: { address },
      action: "sign-in-failed",
      resource: `source/${id}`,
      result: "denied",
      reason,
    });
  }
}

/** Nobody is sent to another site by a link to ours. */
function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path) && path.length <= 500;
}
