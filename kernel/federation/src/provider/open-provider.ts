import type { Auth } from "@jinshui/auth";
import type { Log } from "@jinshui/bus";
import type { AuditTrail } from "@jinshui/storage";
import { createHash } from "node:crypto";
import Provider, { type Configuration, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import type { IncomingMessage, ServerResponse } from "node:http";
import { artifactHash, type Artifacts } from "../artifacts.js";
import type { Clients } from "../clients/clients.js";
import type { SigningKeys } from "../clients/signing-keys.js";
import type { ClientGrants } from "../machine/client-grants.js";
import { ProviderAdapter } from "./adapter.js";
import { CLAIMS, claimsOf } from "./claims.js";
import { errorPage, signedOutPage, signOutPage } from "./pages.js";
import type { Visits } from "./visits.js";

type CompareSecret = (this: unknown, shown: string) => Promise<boolean>;
type Middleware = Parameters<Parameters<Provider["use"]>[0]>;

const HOURS = 3_600;
/** Seconds that things live; what people sign in with ends with their session here, if that is sooner. */
const TTL = {
  AuthorizationCode: 60,
  AccessToken: 600,
  IdToken: 600,
  Interaction: HOURS,
  ClientCredentials: 300,
  Grant: 12 * HOURS,
  Session: 12 * HOURS,
};

export interface ProviderParts {
  auth: Auth;
  artifacts: Artifacts;
  clients: Clients;
  grants: ClientGrants;
  keys: SigningKeys;
  visits: Visits;
  /** Where browsers reach the site. */
  origin: string;
  cookieKey: Buffer;
  trail: AuditTrail;
  log: Log;
}

const POLICY = "default-src 'none'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** Path below which the provider answers. */
export const PROVIDER_PATH = "/oidc";

/** Who may take machines' access tokens: the HTTP API of the site. */
export function apiAudience(origin: string): string {
  return `${origin}/api/v1`;
}

/** The OpenID provider: authorization code with PKCE for people, client credentials for machines, nothing else. */
export function openProvider(parts: ProviderParts): Provider {
  const { origin, visits, log } = parts;
  const provider = new Provider(origin + PROVIDER_PATH, configuration(parts));
  // the URLs it tells are made of the request's, which `serve` in front of it makes those of the issuer
  provider.proxy = true;
  const client = provider.Client.prototype as unknown as { compareClientSecret: CompareSecret };
  const { compareClientSecret } = client;
  client.compareClientSecret = function (shown) {
    return compareClientSecret.call(this, createHash("sha256").update(shown).digest("hex"));
  };
  provider.on("server_error", (_context: unknown, error: Error) => {
    log.error({ err: error }, "the OpenID provider failed");
  });
  provider.use(answerAsOurs);
  provider.use(async (context, next) => {
    await next();
    await signOutHere(context as unknown as KoaContextWithOIDC, parts);
    await noteSignIn(context as unknown as KoaContextWithOIDC, parts);
  });
  provider.on("grant.error", (context: KoaContextWithOIDC, error: { error?: string; message: string }) => {
    const { address = "" } = visits.of(context.req) ?? {};
    const client = context.oidc.client?.clientId ?? "unknown";
    log.info({ client, address, error: error.message }, "a client got no token");
    if (error.error === "invalid_client") noteRefused(parts, client, address);
  });
  return provider;
}

/** A policy of its own for the provider's pages, whose forms lead to the systems of the client. */
async function answerAsOurs(context: Middleware[0], next: Middleware[1]): Promise<void> {
  context.set("Content-Security-Policy", POLICY);
  await next();
  const client = (context as unknown as Partial<KoaContextWithOIDC>).oidc?.client;
  const addresses = [...(client?.redirectUris ?? []), ...(client?.postLogoutRedirectUris ?? [])];
  const origins = [...new Set(addresses.map((address) => new URL(address).origin))].join(" ");
  const policy = String(context.response.get("Content-Security-Policy"));
  context.set(
    "Content-Security-Policy",
    policy.replace(/form-action 'self'/, `form-action 'self' ${origins}`.trimEnd()),
  );
}

/** Whoever has signed out by another system has done so here. */
async function signOutHere(context: KoaContextWithOIDC, { auth, visits }: ProviderParts): Promise<void> {
  if (context.oidc?.route !== "end_session_confirm" || context.status !== 303) return;
  const visit = visits.of(context.req);
  if (context.oidc.params?.["logout"] === undefined || visit?.session === undefined) return;
  await auth.signIn.end(visit.session);
  visit.clearSession();
}

/** That somebody has gone to another system with who they are here. */
async function noteSignIn(context: KoaContextWithOIDC, { visits, trail }: ProviderParts): Promise<void> {
  const { client, entities } = (context as Partial<KoaContextWithOIDC>).oidc ?? {};
  if (!client || !entities?.AuthorizationCode) return;
  const visitor = await visits.visitor(context.req);
  if (!visitor) return;
  const { id, name, bureau } = visitor.person;
  await trail.audit({
    bureau,
    actor: { id, name },
    client: { address: visits.of(context.req)?.address ?? "", session: visitor.mark },
    action: "sign-in-elsewhere",
    resource: `client/${client.clientId}`,
  });
}

/** Somebody may be guessing a secret. */
function noteRefused({ trail, auth, log }: ProviderParts, client: string, address: string): void {
  trail
    .audit({
      bureau: auth.organisation.bureaus()[0]?.bureau ?? "site",
      actor: { id: "anonymous", name: address },
      client: { address },
      action: "client-refused",
      resource: `client/${client.slice(0, 40)}`,
      result: "denied",
      reason: "invalid_client",
    })
    .catch((error: unknown) => log.error({ err: error }, "a refused client could not be noted"));
}

function configuration(parts: ProviderParts): Configuration {
  const { auth, artifacts, clients, grants, keys, visits, origin, cookieKey } = parts;
  const audience = apiAudience(origin);
  return {
    adapter: (kind: string) => new ProviderAdapter(kind, artifacts, clients),
    jwks: keys.jwks,
    clients: [],
    cookies: {
      keys: [cookieKey],
      names: { session: "jinshui_oidc", interaction: "jinshui_oidc_interaction", resume: "jinshui_oidc_resume" },
      long: { httpOnly: true, sameSite: "lax", signed: true, overwrite: true },
      short: { httpOnly: true, sameSite: "lax", signed: true, overwrite: true },
    },
    scopes: Object.keys(CLAIMS),
    claims: CLAIMS,
    responseTypes: ["code"],
    subjectTypes: ["public"],
    pkce: { required: () => true },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "none"],
    enabledJWA: { idTokenSigningAlgValues: ["RS256"] },
    clientDefaults: { id_token_signed_response_alg: "RS256" },
    ttl: TTL,
    allowOmittingSingleRegisteredRedirectUri: false,
    clientBasedCORS: () => false,
    issueRefreshToken: () => false,
    expiresWithSession: () => true,
    features: {
      devInteractions: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_context, client, token) => (token as { clientId?: string }).clientId === client.clientId,
      },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: signOutPage,
        postLogoutSuccessSource: signedOutPage,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (context) => (context.oidc.params?.["grant_type"] === "client_credentials" ? audience : []),
        useGrantedResource: () => false,
        async getResourceServerInfo(_context, _resource, client) {
          const machine = await clients.machine(client.clientId);
          const scope = machine ? (await grants.of(machine)).join(" ") : "";
          return { scope, audience, accessTokenFormat: "jwt", jwt: { sign: { alg: "EdDSA" } } };
        },
      },
    },
    interactions: {
      policy: policy(visits),
      url: (_context, interaction) => `${PROVIDER_PATH}/interaction/${interaction.uid}`,
    },
    async findAccount(_context, sub, token) {
      const person = await auth.organisation.person(sub);
      const grantId = (token as { grantId?: string } | undefined)?.grantId;
      if (!person || (grantId !== undefined && !(await goesOn(parts, grantId)))) return undefined;
      return { accountId: sub, claims: () => claimsOf(auth.access, person) };
    },
    async loadExistingGrant(context) {
      const { client, session, result, provider, params } = context.oidc;
      const visitor = await visits.visitor(context.req);
      if (!client || !session?.accountId || visitor?.person.id !== session.accountId) return undefined;
      const known = await clients.find(client.clientId);
      const agreed = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
      const before = agreed === undefined ? undefined : await provider.Grant.find(agreed);
      if (!before && !(known?.kind === "sign-in" && known.trusted)) return undefined;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      const scope = before?.getOIDCScope() ?? String(params?.["scope"] ?? "");
      grant.addOIDCScope(ownScopes(scope));
      // consent lasts as long as the person stays signed in
      await artifacts.bind("Grant", artifactHash(await grant.save()), visitor.mark);
      return grant;
    },
    renderError(context, out) {
      errorPage(context, out.error);
    },
  };
}

/** Whether the session that a grant was given in goes on. */
async function goesOn({ artifacts, auth }: ProviderParts, grantId: string): Promise<boolean> {
  const mark = (await artifacts.find("Grant", artifactHash(grantId)))?.sessionMark;
  return mark !== undefined && (await auth.sessions.marked(mark)) !== undefined;
}

/** Those we know, of a list with spaces between. */
export function ownScopes(scope: string): string {
  return scope
    .split(" ")
    .filter((name) => Object.hasOwn(CLAIMS, name))
    .join(" ");
}

/** The provider's own session counts only while the same person is signed in here. */
function policy(visits: Visits): interactionPolicy.DefaultPolicy {
  const { base, Check } = interactionPolicy;
  const prompts = base();
  prompts.get("login")?.checks.add(
    new Check("site_session", "the person is not signed in here", "login_required", async (context) => {
      const visitor = await visits.visitor(context.req);
      return visitor?.person.id !== context.oidc.session?.accountId;
    }),
  );
  return prompts;
}

/** The provider as a handler: it believes the URL of the site, whatever a request says about it. */
export function serve(
  provider: Provider,
  origin: string,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { host, protocol } = new URL(origin);
  const handle = provider.callback();
  return (request, response) => {
    request.headers.host = host;
    request.headers["x-forwarded-proto"] = protocol.replace(":", "");
    delete request.headers["x-forwarded-host"];
    delete request.headers["x-forwarded-for"];
    const { url = "" } = request;
    Object.assign(request, { originalUrl: url, url: url.slice(PROVIDER_PATH.length) });
    void handle(request, response);
  };
}
