import { HTTP_ROOT, type PluginOperations, supervisorApi } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { Context } from "koa";
import type { GatewayOptions } from "../options.js";
import { servedApis } from "../served-apis.js";
import { authenticate, bearerOf } from "../sign-in.js";
import { asyncApiDocument } from "./async-api.js";
import type { DocumentOptions } from "./described.js";
import { openApiDocument } from "./open-api.js";

/** The documents of the APIs, with what the plugins of the bureau offer: for who has signed in, and for machines of the bureau. */
export function documentRoutes(router: Router, options: GatewayOptions): void {
  const apis = servedApis(options.federation !== undefined);
  const about = async (context: Context): Promise<DocumentOptions> => ({
    version: options.version,
    apis,
    plugins: await pluginsOf(context, options),
  });

  router.get(`${HTTP_ROOT}/openapi.json`, async (context) => {
    answer(context, openApiDocument(await about(context)));
  });
  router.get(`${HTTP_ROOT}/asyncapi.json`, async (context) => {
    answer(context, asyncApiDocument(await about(context)));
  });
}

async function pluginsOf(context: Context, options: GatewayOptions): Promise<PluginOperations[]> {
  const api = apiIn(bearerOf(context));
  const { profile, call } = await authenticate(options, context, api === undefined ? {} : { api });
  return (await options.bus.client(supervisorApi, profile.bureau).operations({}, call)).plugins;
}

/** An API that a token says it is for; whether it is a token at all is asked with it. */
function apiIn(token: string | undefined): string | undefined {
  const [, claims = ""] = token?.split(".") ?? [];
  const [, api] = /"scope":"([a-z0-9-]{1,40}):/.exec(Buffer.from(claims, "base64url").toString("utf8")) ?? [];
  return api;
}

function answer(context: Context, document: object): void {
  context.set("Cache-Control", "no-store");
  context.body = document;
}
