import { JinshuiError } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { GatewayOptions } from "./options.js";
import { authenticate } from "./sign-in.js";

/** Files travel by HTTP, not over the bus: put by people, got by people or by whoever holds a claim. */
export function fileRoutes(router: Router, options: GatewayOptions): void {
  router.put("/api/v1/files", async (context) => {
    const { profile } = await authenticate(options, context);
    options.checkSpace();
    const name = String(context.query["name"] ?? "").replace(/[\\/\u0000-\u001f]/g, "_");
    if (name === "") throw new JinshuiError("invalid-request", "The query needs the file's name");
    const mediaType = context.get("Content-Type") || "application/octet-stream";
    context.body = await options.files.put(context.req, { name, mediaType, bureau: profile.bureau, actor: profile.id });
  });

  router.get("/api/v1/files/:file", async (context) => {
    const { file: id = "" } = context.params;
    const { claim } = context.query;
    const opened =
      typeof claim === "string"
        ? await options.files.openClaimed(id, claim)
        : await options.files.open(id, (await authenticate(options, context)).profile.bureau);
    context.set("Content-Disposition", `attachment; filename*=UTF-8''${encodeURIComponent(opened.file.name)}`);
    context.set("Cache-Control", "no-store");
    context.type = "application/octet-stream";
    context.length = opened.file.size;
    context.body = opened.stream;
  });
}
