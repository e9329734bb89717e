import { createServer, type Server } from "node:http";
import * as oidc from "openid-client";

const REDIRECT = "/callback";

/** Another system that lets its users sign in with ours: an ordinary OpenID Connect client, as openid-client makes it. */
export class RelyingParty {
  url = "";
  #configuration: oidc.Configuration | undefined;
  #pending = { verifier: "", state: "", nonce: "" };
  /** What it was told of the last person, by ID token and userinfo. */
  claims: oidc.IDToken | undefined;
  userinfo: oidc.UserInfoResponse | undefined;
  accessToken = "";
  idToken = "";

  private constructor(
    readonly server: Server,
    readonly extra: Record<string, string>,
  ) {}

  /** Listens; `extra` are further parameters of its requests. */
  static async listen(extra: Record<string, string> = {}): Promise<RelyingParty> {
    const party = new RelyingParty(
      createServer((request, response) => {
        party.#answer(new URL(request.url ?? "/", party.url)).then(
          ({ status, location, body }) => {
            response.writeHead(status, {
              "content-type": "text/html; charset=utf-8",
              ...(location ? { location } : {}),
            });
            response.end(body);
          },
          (error: unknown) => {
            response.writeHead(500, { "content-type": "text/plain" });
            response.end(`failed: ${String(error)} ${JSON.stringify(error)}`);
          },
        );
      }),
      extra,
    );
    await new Promise<void>((resolve) => party.server.listen(0, "127.0.0.1", resolve));
    const address = party.server.address();
    party.url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    return party;
  }

  /** Reads what the issuer says of itself. */
  async discover(issuer: string, clientId: string, secret: string | undefined): Promise<oidc.Configuration> {
    const authentication = secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret);
    this.#configuration = await oidc.discovery(new URL(issuer), clientId, undefined, authentication, {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the issuer of a test has no TLS
      execute: [oidc.allowInsecureRequests],
    });
    return this.#configuration;
  }

  get configuration(): oidc.Configuration {
    if (!this.#configuration) throw new Error("discover first");
    return this.#configuration;
  }

  async #answer(url: URL): Promise<{ status: number; location?: string; body: string }> {
    switch (url.pathname) {
      case "/login":
        return { status: 302, location: await this.begin(), body: "" };
      case REDIRECT: {
        if (url.searchParams.has("error"))
          return { status: 200, body: `<p id="who">refused: ${url.searchParams.get("error") ?? ""}</p>` };
        await this.finish(url);
        return { status: 200, body: `<p id="who">${String(this.userinfo?.name)}</p><a href="/logout">logout</a>` };
      }
      case "/logout":
        return { status: 302, location: this.endSession(), body: "" };
      default:
        return { status: 200, body: `<p id="who">nobody</p>` };
    }
  }

  /** Where a person begins to sign in. */
  async begin(): Promise<string> {
    this.#pending = {
      verifier: oidc.randomPKCECodeVerifier(),
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
    };
    const { verifier, state, nonce } = this.#pending;
    return oidc.buildAuthorizationUrl(this.configuration, {
      redirect_uri: this.url + REDIRECT,
      scope: "openid profile organisation",
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      ...this.extra,
    }).href;
  }

  async finish(url: URL): Promise<void> {
    const { verifier, state, nonce } = this.#pending;
    const tokens = await oidc.authorizationCodeGrant(this.configuration, url, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    this.claims = tokens.claims();
    this.accessToken = tokens.access_token;
    this.idToken = tokens.id_token ?? "";
    await this.askUserinfo();
  }

  /** What the issuer says of the person now. */
  async askUserinfo(): Promise<void> {
    this.userinfo = await oidc.fetchUserInfo(this.configuration, this.accessToken, this.claims?.sub ?? "");
  }

  endSession(): string {
    return oidc.buildEndSessionUrl(this.configuration, {
      id_token_hint: this.idToken,
      post_logout_redirect_uri: `${this.url}/`,
    }).href;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
