import { JinshuiError, type OidcSource } from "@jinshui/contracts";
import * as client from "openid-client";
import { isLoopback } from "../clients/redirects.js";
import { readSecretFile } from "../clients/secret.js";

const TIMEOUT_SECONDS = 5;
/** How long what an issuer says of itself is believed. */
const BELIEVED_MS = 3_600_000;

/** What must be remembered between leaving and coming back. */
export interface Departure {
  state: string;
  nonce: string;
  verifier: string;
}

/** Somebody as an issuer knows them. */
export interface IssuedPerson {
  subject: string;
  name?: string;
  username?: string;
}

/** An OpenID Connect issuer elsewhere that says who people are: authorization code with PKCE, state and nonce. */
export class OidcIssuer {
  #known: { configuration: Promise<client.Configuration>; at: number } | undefined;

  private constructor(
    readonly source: OidcSource,
    readonly secret: string | undefined,
    readonly redirectUri: string,
  ) {}

  /** @throws JinshuiError `invalid-file` for an issuer without TLS that is not on this machine. */
  static async open(source: OidcSource, configs: string, origin: string): Promise<OidcIssuer> {
    const { id, issuer, clientSecretFile } = source;
    const { protocol, hostname } = new URL(issuer);
    if (protocol !== "https:" && !isLoopback(hostname))
      throw new JinshuiError("invalid-file", `The issuer of source ${id} needs https`);
    const secret = clientSecretFile === undefined ? undefined : await readSecretFile(configs, clientSecretFile);
    return new OidcIssuer(source, secret, `${origin}/api/v1/sign-in/${id}/callback`);
  }

  /** Where a person goes to prove who they are. */
  async depart(): Promise<{ location: string; departure: Departure }> {
    const configuration = await this.#configuration();
    const departure = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUri,
      scope: ["openid", "profile", ...(this.source.scopes ?? [])].join(" "),
      state: departure.state,
      nonce: departure.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(departure.verifier),
      code_challenge_method: "S256",
    });
    return { location: location.href, departure };
  }

  /** Who has come back with a code. @throws JinshuiError `sign-in-failed` when the issuer or we don't accept it. */
  async arrive(query: string, { state, nonce, verifier }: Departure): Promise<IssuedPerson> {
    const configuration = await this.#configuration();
    const url = new URL(this.redirectUri);
    url.search = query;
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const subject = tokens.claims()?.sub ?? "";
      const about = configuration.serverMetadata().userinfo_endpoint
        ? await client.fetchUserInfo(configuration, tokens.access_token, subject)
        : tokens.claims();
      return {
        subject,
        ...(typeof about?.["name"] === "string" ? { name: about["name"] } : {}),
        ...(typeof about?.["preferred_username"] === "string" ? { username: about["preferred_username"] } : {}),
      };
    } catch (cause) {
      throw new JinshuiError("sign-in-failed", `${this.source.id} did not let the person in`, { cause });
    }
  }

  #configuration(): Promise<client.Configuration> {
    const now = Date.now();
    if (!this.#known || now - this.#known.at > BELIEVED_MS) {
      const configuration = this.#discover();
      this.#known = { configuration, at: now };
      configuration.catch(() => (this.#known = undefined));
    }
    return this.#known.configuration;
  }

  async #discover(): Promise<client.Configuration> {
    const { id, issuer, clientId, title } = this.source;
    const authentication = this.secret === undefined ? client.None() : client.ClientSecretBasic(this.secret);
    const local = !issuer.startsWith("https:");
    try {
      return await client.discovery(new URL(issuer), clientId, undefined, authentication, {
        timeout: TIMEOUT_SECONDS,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- only for an issuer on this machine, see `open`
        execute: local ? [client.allowInsecureRequests] : [],
      });
    } catch (cause) {
      throw new JinshuiError("unavailable", `The issuer of ${id} does not answer`, {
        details: { reason: "directory-silent", source: title },
        cause,
      });
    }
  }
}
