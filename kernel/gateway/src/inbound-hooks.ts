import { HTTP_ROOT, JinshuiError, MAX_INBOUND_BYTES, webhooksApi } from "@jinshui/contracts";
import type { Middleware } from "koa";
import { readText } from "./json-body.js";
import type { GatewayOptions } from "./options.js";
import { addressOf, anywhere, perAddress } from "./sign-in.js";

const HOOK = new RegExp(`^${HTTP_ROOT}/hooks/([\\w-]{1,40})$`);
const TYPE = "application/cloudevents+json";

/** Events that other systems post: they are no pages' of ours and prove themselves by their signature. */
export function inboundHooks(options: GatewayOptions): Middleware {
  const limit = perAddress(options, 1_200);
  const webhooks = options.bus.client(webhooksApi, anywhere(options));
  return async (context, next) => {
    const hook = HOOK.exec(context.path)?.[1];
    if (hook === undefined || context.method !== "POST") {
      await next();
      return;
    }
    await limit(context);
    if (context.is(TYPE) !== TYPE)
      throw new JinshuiError("unsupported-media-type", `An event comes as ${TYPE}, in the structured mode`, {
        details: { charset: "", coding: context.get("Content-Type") },
      });
    const body = await readText(context, MAX_INBOUND_BYTES);
    const header = (name: string): string => context.get(`webhook-${name}`);
    const answer = await webhooks.receive(
      {
        hook,
        body,
        id: header("id"),
        timestamp: header("timestamp"),
        signature: header("signature"),
        address: addressOf(context, options),
      },
      { traceparent: context.state["traceparent"] as string },
    );
    context.set("Cache-Control", "no-store");
    context.status = 202;
    context.body = answer;
  };
}
