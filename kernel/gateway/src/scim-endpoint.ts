import { JinshuiError } from "@jinshui/contracts";
import type { Context, Middleware } from "koa";
import { readJson } from "./json-body.js";
import type { GatewayOptions } from "./options.js";
import { addressOf, bearerOf, perAddress } from "./sign-in.js";

const ROOT = /^\/scim\/v2(?=\/|$)/;

/** SCIM for machines that provision people: errors too have the form of its standard (RFC 7644, 3.12). */
export function scimEndpoint(options: GatewayOptions): Middleware {
  const { federation } = options;
  const limit = perAddress(options, 1_200);
  return async (context, next) => {
    if (!ROOT.test(context.path)) {
      await next();
      return;
    }
    if (!federation) throw new JinshuiError("not-found", "This site has no machine clients");
    await limit(context);
    const {
      status,
      headers = {},
      body,
    } = await federation.scim({
      method: context.method,
      path: context.path.replace(ROOT, ""),
      query: queryOf(context),
      ...header(context, "ifMatch", "If-Match"),
      ...header(context, "ifNoneMatch", "If-None-Match"),
      body: () => readJson(context),
      token: bearerOf(context),
      address: addressOf(context, options),
      trace: String(context.state["traceId"]),
    });
    context.set({ "Cache-Control": "no-store", ...headers });
    context.status = status;
    if (body === undefined) return;
    context.body = JSON.stringify(body);
    context.set("Content-Type", "application/scim+json; charset=utf-8");
  };
}

function queryOf(context: Context): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(context.query).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

function header(context: Context, field: "ifMatch" | "ifNoneMatch", name: string): Record<string, string> {
  const value = context.get(name);
  return value === "" ? {} : { [field]: value };
}
