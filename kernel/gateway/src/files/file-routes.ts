import { JinshuiError, storageApi } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { GatewayOptions } from "../options.js";
import { authenticate } from "../sign-in.js";
import { withBody } from "./body.js";
import { senderOf } from "./sender.js";

/** Files travel by HTTP, not over the bus: this is the plain way, a whole file in one request. */
export function fileRoutes(router: Router, options: GatewayOptions): void {
  router.put("/api/v1/files", async (context) => {
    context.body = await withBody(context, options.pace, async (body) => {
      const { name } = context.query;
      if (typeof name !== "string" || name === "")
        throw new JinshuiError("invalid-request", "The query needs the file's name");
      const sender = await senderOf(context, options, false);
      const mediaType = context.get("Content-Type") || "application/octet-stream";
      const { bureau, actor } = sender;
      return options.files.put(body, { name, mediaType, bureau, actor }, context.request.length);
    });
  });

  // a plain link for pages and people: rights are looked at here, the content comes from where scripts have none
  router.get("/api/v1/files/:file", async (context) => {
    const { profile, call } = await authenticate(options, context, { api: "storage" });
    const { file = "" } = context.params;
    const inline = context.query["inline"] !== undefined;
    const { url } = await options.bus.client(storageApi, profile.bureau).claimFile({ file, inline }, call);
    context.set("Cache-Control", "no-store");
    context.status = 302;
    context.set("Location", url);
    context.body = { url };
  });
}
