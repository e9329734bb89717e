import { type Call, authApi, JinshuiError, type Profile } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { Context } from "koa";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { GatewayOptions } from "./options.js";
import { clearSession, readSession, writeSession } from "./session-cookie.js";

/** Any bureau serves sessions: who signs in belongs to none yet. */
const anywhere = (options: GatewayOptions): string => options.site.bureaus[0]?.id ?? "site";

/** The person of a request, and the token with which `audience` may act for them. */
export async function authenticate(
  options: GatewayOptions,
  context: Context,
  audience = "gateway",
): Promise<{ profile: Profile; call: Call }> {
  const session = readSession(context);
  if (session === undefined) throw new JinshuiError("sign-in-required", "Sign in first");
  const traceparent = context.state["traceparent"] as string;
  const { profile, token } = await options.bus
    .client(authApi, anywhere(options))
    .authenticate({ session, audience, address: addressOf(context) }, { traceparent });
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

/** The client's address, as the audit trail keeps it; IPv4 in its usual form. */
function addressOf(context: Context): string {
  return context.ip.replace(/^::ffff:/, "").slice(0, 60);
}

/** Sign-in, sign-out, and what the public may know. */
export function signInRoutes(router: Router, options: GatewayOptions): void {
  const auth = options.bus.client(authApi, anywhere(options));
  const attempts = new RateLimiterMemory({ points: 30, duration: 60 });

  router.get("/api/v1/site", (context) => {
    context.body = { ...options.site, version: options.version };
  });

  router.post("/api/v1/session", async (context) => {
    await attempts.consume(context.ip).catch(({ msBeforeNext }: { msBeforeNext: number }) => {
      throw new JinshuiError("too-many-requests", "Too many sign-ins from this address", {
        retryAfterMs: msBeforeNext,
        details: { minutes: 1 },
      });
    });
    const { username, password } = (context.state["body"] ?? {}) as { username?: unknown; password?: unknown };
    if (typeof username !== "string" || typeof password !== "string")
      throw new JinshuiError("invalid-request", 'The body needs "username" and "password"');
    const { session, profile, expiresAt } = await auth.signIn({
      username: username.trim().slice(0, 100),
      password: password.slice(0, 200),
      address: addressOf(context),
    });
    writeSession(context, session, expiresAt);
    context.body = profile;
  });

  router.delete("/api/v1/session", async (context) => {
    const session = readSession(context);
    if (session !== undefined) await auth.signOut({ session });
    clearSession(context);
    context.body = {};
  });
}
