import { HTTP_ROOT, isJinshuiError, JinshuiError } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { Context, Middleware } from "koa";
import type { BrowserVisit, FederationEdge, GatewayOptions } from "./options.js";
import { clearSession, readSession, writeSession, writeShortCookie } from "./session-cookie.js";
import { addressOf, perAddress, shortAgent } from "./sign-in.js";

const PROVIDER = /^\/oidc\/(?!interaction\/)/;
const SOURCE = `${HTTP_ROOT}/sign-in/:id`;
const DEPARTURE = { name: "jinshui_departure", path: `${HTTP_ROOT}/sign-in`, seconds: 600 };
const INTERACTION = "/oidc/interaction/:uid";

/**
 * Passes on what other systems ask of the OpenID provider. It stands before what our own pages must fulfil: these requests come
 * from other hosts and prove themselves.
 */
export function providerEndpoints(options: GatewayOptions): Middleware {
  const { federation } = options;
  const limit = perAddress(options, 600);
  return async (context, next) => {
    if (!PROVIDER.test(context.path)) {
      await next();
      return;
    }
    if (!federation) throw new JinshuiError("not-found", "No other system signs people in with this site");
    await limit(context);
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

/** Signing in with an issuer elsewhere: there, and back with a session. What fails leads to our own page, which says why. */
export function sourceRoutes(router: Router, options: GatewayOptions): void {
  const { federation, origin } = options;
  if (!federation) return;
  const { sources }: FederationEdge = federation;
  const limit = perAddress(options, 60);
  const leave = (context: Context, location: string): void => {
    context.set("Cache-Control", "no-store");
    context.status = 303;
    context.set("Location", location);
    context.body = "";
  };
  const explain = (context: Context, error: unknown): void => {
    const code = isJinshuiError(error) ? error.code : "internal";
    options.log.warn({ err: error, path: context.path }, "signing in elsewhere failed");
    leave(context, `/?signIn=${code}`);
  };

  router.get(SOURCE, async (context) => {
    await limit(context);
    const { next } = context.query;
    try {
      const { id = "" } = context.params;
      const { location, departure } = await sources.begin(id, typeof next === "string" ? next : "/");
      writeShortCookie(context, origin, { ...DEPARTURE, value: departure });
      leave(context, location);
    } catch (error) {
      explain(context, error);
    }
  });

  router.get(`${SOURCE}/callback`, async (context) => {
    await limit(context);
    const session = readSession(context);
    const departure = context.cookies.get(DEPARTURE.name);
    try {
      const opened = await sources.finish(context.params["id"] ?? "", {
        departure,
        query: context.querystring,
        address: addressOf(context, options),
        agent: shortAgent(context.get("User-Agent")),
        ...(session === undefined ? {} : { session }),
      });
      writeShortCookie(context, origin, { ...DEPARTURE, value: "", seconds: 0 });
      writeSession(context, origin, opened.secret, opened.expiresAt);
      leave(context, opened.next);
    } catch (error) {
      explain(context, error);
    }
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
