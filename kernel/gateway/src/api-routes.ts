import { type Call, fromHttp, HTTP_ROOT, JinshuiError, supervisorApi } from "@jinshui/contracts";
import type Router from "@koa/router";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { GatewayOptions } from "./options.js";
import { servedApis } from "./served-apis.js";
import { authenticate } from "./sign-in.js";

/** A route for every operation that has one in its contract, and one for all operations of plugins. */
export function apiRoutes(router: Router, options: GatewayOptions): void {
  const writes = new RateLimiterMemory({ points: 600, duration: 60 });
  const limited = async (person: string): Promise<void> => {
    await writes.consume(person).catch(({ msBeforeNext }: { msBeforeNext: number }) => {
      throw new JinshuiError("too-many-requests", "Too many changes in a minute", { retryAfterMs: msBeforeNext });
    });
  };

  for (const api of servedApis(options.federation !== undefined)) {
    for (const [name, op] of Object.entries(api.ops)) {
      if (!op.http) continue;
      router.register(HTTP_ROOT + op.http.path, [op.http.method], async (context) => {
        const { profile, call } = await authenticate(options, context, { api: api.name });
        if (op.effect === "write") {
          requireKey(call);
          await limited(profile.id);
        }
        const input = fromHttp(op, context.params, context.query, bodyOf(context.state["body"]));
        const client = options.bus.client(api, profile.bureau) as Record<
          string,
          (input: unknown, call: object) => Promise<unknown>
        >;
        context.set("Cache-Control", "no-store");
        context.body = await client[name]?.(input, call);
      });
    }
  }

  router.post(`${HTTP_ROOT}/plugins/:plugin/ops/:op`, async (context) => {
    const { plugin = "", op = "" } = context.params;
    const gateway = await authenticate(options, context, { api: plugin });
    const { bureau, id } = gateway.profile;
    const { version, effect } = await options.bus.client(supervisorApi, bureau).route({ plugin, op }, gateway.call);
    if (effect === "write") {
      requireKey(gateway.call);
      await limited(id);
    }
    const { call } = await authenticate(options, context, { api: plugin, audience: plugin });
    context.set("Cache-Control", "no-store");
    context.body = await options.bus.plugin(bureau, plugin, version)(op, bodyOf(context.state["body"]) ?? {}, call);
  });
}

/** Without a key nobody could find out, after a lost answer, whether the change was made. */
function requireKey({ idempotencyKey }: Call): void {
  if (idempotencyKey === undefined)
    throw new JinshuiError(
      "invalid-request",
      "A change needs an Idempotency-Key: a new random text for each, the same when it is sent again",
      {
        details: { header: "Idempotency-Key" },
      },
    );
}

function bodyOf(body: unknown): Record<string, unknown> | undefined {
  if (body === undefined) return undefined;
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new JinshuiError("invalid-request", "The body must be a JSON object");
  return body as Record<string, unknown>;
}
