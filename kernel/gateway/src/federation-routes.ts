import { JinshuiError } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { Context, Middleware } from "koa";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { BrowserVisit, FederationEdge, GatewayOptions } from "./options.js";
import { clearSession, readSession } from "./session-cookie.js";
import { addressOf } from "./sign-in.js";

const PROVIDER = /^\/oidc\/(?!interaction\/)/;
const INTERACTION = "/oidc/interaction/:uid";

/**
 * Passes on what other systems ask of the OpenID provider. It stands before what our own pages must fulfil: these requests come
 * from other hosts and prove themselves.
 */
export function providerEndpoints(options: GatewayOptions): Middleware {
  const { federation } = options;
  const requests = new RateLimiterMemory({ points: 600, duration: 60 });
  return async (context, next) => {
    if (!PROVIDER.test(context.path)) {
      await next();
      return;
    }
    if (!federation) throw new JinshuiError("not-found", "No other system signs people in with this site");
    await requests.consume(addressOf(context, options)).catch(({ msBeforeNext }: { msBeforeNext: number }) => {
      throw new JinshuiError("too-many-requests", "Too many requests from this address", {
        retryAfterMs: msBeforeNext,
        details: { minutes: 1 },
      });
    });
    context.respond = false;
    federation.provider(context.req, context.res, visitOf(context, options));
  };
}

/** A person whom another system has sent: whether there is something to ask, and back with the answer. */
export function interactionRoutes(router: Router, options: GatewayOptions): void {
  const { federation } = options;
  if (!federation) return;
  const { interactions }: FederationEdge = federation;

  router.get(INTERACTION, async (context) => {
    const location = await interactions.begin(context.req, context.res, visitOf(context, options));
    context.set("Cache-Control", "no-store");
    context.status = 303;
    context.set("Location", location);
    context.body = "";
  });

  router.get(`${INTERACTION}/question`, async (context) => {
    context.set("Cache-Control", "no-store");
    context.body = await interactions.question(context.req, context.res, visitOf(context, options));
  });

  router.post(INTERACTION, async (context) => {
    const { agreed } = (context.state["body"] ?? {}) as { agreed?: unknown };
    if (typeof agreed !== "boolean") throw new JinshuiError("invalid-request", 'The body needs "agreed", yes or no');
    const visit = visitOf(context, options);
    context.set("Cache-Control", "no-store");
    context.body = { location: await interactions.answer(context.req, context.res, visit, { agreed }) };
  });
}

function visitOf(context: Context, options: GatewayOptions): BrowserVisit {
  const session = readSession(context);
  return {
    address: addressOf(context, options),
    clearSession: () => clearSession(context),
    ...(session === undefined ? {} : { session }),
  };
}
