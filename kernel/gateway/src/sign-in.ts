import { type Call, authApi, federationApi, JinshuiError } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { Context } from "koa";
import { isIP } from "node:net";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { GatewayOptions } from "./options.js";
import { clearSession, readSession, writeSession } from "./session-cookie.js";

/** Any bureau serves sessions: who signs in belongs to none yet. */
export const anywhere = (options: GatewayOptions): string => options.site.bureaus[0]?.id ?? "site";

/** Who acts in a request. */
interface Caller {
  /** Of a person, or `client:<id>` of a machine. */
  id: string;
  bureau: string;
  /** Of a person. */
  permissions?: readonly string[];
}

/** For whom a request is authenticated. */
interface Audience {
  /** The API, or the plugin, that is to be called; only where it is named are machines let in. */
  api?: string;
  /** Who may act with the token: the gateway itself when absent. */
  audience?: string;
}

/** Who is behind a request, and the token with which `audience` may act for them. */
export async function authenticate(
  options: GatewayOptions,
  context: Context,
  { api, audience = "gateway" }: Audience = {},
): Promise<{ profile: Caller; call: Call }> {
  const traceparent = context.state["traceparent"] as string;
  const from = { audience, address: addressOf(context, options) };
  const { profile, token } = isByToken(context)
    ? await machineOf(options, context, { ...from, api, traceparent })
    : await personOf(options, context, { ...from, traceparent });
  const key = context.get("Idempotency-Key");
  if (key.length > 100)
    throw new JinshuiError("invalid-request", "An Idempotency-Key has 100 characters at most", {
      details: { header: "Idempotency-Key", length: key.length },
    });
  return {
    profile,
    call: {
      actor: token,
      traceparent,
      timeoutMs: 15_000,
      ...(key === "" ? {} : { idempotencyKey: key }),
    },
  };
}

/** Whether a request shows a token instead of a session, which pages of other sites can't; browsers add no such header either. */
export function isByToken(context: Context): boolean {
  return /^Bearer /i.test(context.get("Authorization"));
}

/** The token that a request shows, if it is a bearer's. */
export function bearerOf(context: Context): string | undefined {
  return /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(context.get("Authorization"))?.[1];
}

interface From {
  audience: string;
  address: string;
  traceparent: string;
}

async function personOf(
  options: GatewayOptions,
  context: Context,
  { traceparent, ...from }: From,
): Promise<{ profile: Caller; token: string }> {
  const session = readSession(context);
  if (session === undefined) throw new JinshuiError("sign-in-required", "Sign in first");
  return options.bus.client(authApi, anywhere(options)).authenticate({ session, ...from }, { traceparent });
}

async function machineOf(
  options: GatewayOptions,
  context: Context,
  { api, traceparent, ...from }: From & { api: string | undefined },
): Promise<{ profile: Caller; token: string }> {
  const bearer = bearerOf(context);
  context.set("WWW-Authenticate", 'Bearer realm="jinshui"');
  if (!options.federation || bearer === undefined || api === undefined)
    throw new JinshuiError("sign-in-required", "This takes a person's session, not a token");
  const { token, ...profile } = await options.bus
    .client(federationApi, anywhere(options))
    .authenticateClient({ token: bearer, api, ...from }, { traceparent });
  return { profile, token };
}

/** The client's address, as the audit trail keeps it; IPv4 in its usual form. Only the site's own proxy speaks for others. */
export function addressOf(context: Context, { proxy }: GatewayOptions): string {
  const peer = plain(context.ip);
  const last = peer === proxy ? context.get("X-Forwarded-For").split(",").at(-1)?.trim() : undefined;
  return last !== undefined && isIP(last) !== 0 ? plain(last) : peer;
}

function plain(address: string): string {
  return address.replace(/^::ffff:/, "").slice(0, 60);
}

/** Browsers and systems as people know them; the first that fits. */
const BROWSERS: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
  [/jinshui/, "jinshui"],
];
const SYSTEMS: [RegExp, string][] = [
  [/Windows/, "Windows"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Mac OS/, "macOS"],
  [/Linux/, "Linux"],
];

/** The browser in two words: the whole header would tell more than anybody needs. */
export function shortAgent(header: string): string {
  const first = (list: [RegExp, string][]): string[] =>
    list.filter(([sign]) => sign.test(header)).map(([, name]) => name);
  return [first(BROWSERS)[0], first(SYSTEMS)[0]].filter((part) => part !== undefined).join(" · ");
}

/** Refuses more than so many requests a minute from one address. */
export function perAddress(options: GatewayOptions, points: number): (context: Context) => Promise<void> {
  const requests = new RateLimiterMemory({ points, duration: 60 });
  return async (context) => {
    await requests.consume(addressOf(context, options)).catch(({ msBeforeNext }: { msBeforeNext: number }) => {
      throw new JinshuiError("too-many-requests", "Too many requests from this address", {
        retryAfterMs: msBeforeNext,
        details: { minutes: 1 },
      });
    });
  };
}

/** Sign-in, sign-out, and what the public may know. */
export function signInRoutes(router: Router, options: GatewayOptions): void {
  const auth = options.bus.client(authApi, anywhere(options));
  // one sign-in may take three requests
  const limit = perAddress(options, 60);
  const from = (context: Context): { address: string; agent: string; host: string } => ({
    address: addressOf(context, options),
    agent: shortAgent(context.get("User-Agent")),
    host: options.origin === undefined ? context.hostname : new URL(options.origin).hostname,
  });

  router.get("/api/v1/site", (context) => {
    context.body = { ...options.site, version: options.version };
  });

  router.post("/api/v1/session", async (context) => {
    await limit(context);
    const { username, newPassword } = bodyOf(context);
    if (typeof username !== "string") throw new JinshuiError("invalid-request", 'The body needs a "username"');
    const previous = readSession(context);
    const { session, profile, expiresAt } = await auth.signIn({
      username: username.trim().slice(0, 100),
      ...credentialsOf(context),
      ...(typeof newPassword === "string" ? { newPassword } : {}),
      ...from(context),
      ...(previous === undefined ? {} : { session: previous }),
    });
    writeSession(context, options.origin, session, expiresAt);
    context.set("Cache-Control", "no-store");
    context.body = profile;
  });

  router.post("/api/v1/session/again", async (context) => {
    await limit(context);
    const current = readSession(context);
    if (current === undefined) throw new JinshuiError("sign-in-required", "Sign in first");
    const { session, expiresAt } = await auth.signInAgain({
      session: current,
      ...credentialsOf(context),
      ...from(context),
    });
    writeSession(context, options.origin, session, expiresAt);
    context.body = {};
  });

  router.delete("/api/v1/session", async (context) => {
    const session = readSession(context);
    if (session !== undefined) await auth.signOut({ session });
    clearSession(context);
    context.body = {};
  });
}

function bodyOf(context: Context): Record<string, unknown> {
  return (context.state["body"] ?? {}) as Record<string, unknown>;
}

function credentialsOf(context: Context): { password: string; code?: string; passkey?: Record<string, unknown> } {
  const { password, code, passkey } = bodyOf(context);
  if (typeof password !== "string") throw new JinshuiError("invalid-request", 'The body needs a "password"');
  return {
    password,
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof passkey === "object" && passkey !== null ? { passkey: passkey as Record<string, unknown> } : {}),
  };
}
