import { federationApi, HTTP_ROOT, type PluginOperations, supervisorApi } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { Context } from "koa";
import type { GatewayOptions } from "../options.js";
import { SERVED_APIS } from "../served-apis.js";
import { readSession } from "../session-cookie.js";
import { authenticate } from "../sign-in.js";
import { asyncApiDocument } from "./async-api.js";
import type { DocumentOptions } from "./described.js";
import { openApiDocument } from "./open-api.js";

/** The documents of the APIs: what every site has; for who has signed in, with what the plugins of the bureau offer. */
export function documentRoutes(router: Router, options: GatewayOptions): void {
  const apis = options.federation ? [...SERVED_APIS, federationApi] : SERVED_APIS;
  const about = async (context: Context): Promise<DocumentOptions> => ({
    version: options.version,
    apis,
    plugins: readSession(context) === undefined ? [] : await pluginsOf(context, options),
  });

  router.get(`${HTTP_ROOT}/openapi.json`, async (context) => {
    answer(context, openApiDocument(await about(context)));
  });
  router.get(`${HTTP_ROOT}/asyncapi.json`, async (context) => {
    answer(context, asyncApiDocument(await about(context)));
  });
}

async function pluginsOf(context: Context, options: GatewayOptions): Promise<PluginOperations[]> {
  const { profile, call } = await authenticate(options, context);
  return (await options.bus.client(supervisorApi, profile.bureau).operations({}, call)).plugins;
}

function answer(context: Context, document: object): void {
  context.set("Cache-Control", "no-store");
  context.body = document;
}
