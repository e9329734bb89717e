import { supervisorApi } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { GatewayOptions } from "../options.js";
import { authenticate } from "../sign-in.js";
import { withBody } from "./body.js";

/** Packages of plugins travel by HTTP, like files: the answer says what the package is and asks for. Nothing is installed by it. */
export function packageRoutes(router: Router, options: GatewayOptions): void {
  router.post("/api/v1/plugin-packages", async (context) => {
    context.set("Cache-Control", "no-store");
    context.body = await withBody(context, options.pace, async (body) => {
      const { profile, call } = await authenticate(options, context, { api: "supervisor" });
      // sent again, it is another package that waits: nothing to be told apart by a key
      const { idempotencyKey: _, ...unkeyed } = call;
      const client = options.bus.client(supervisorApi, profile.bureau);
      const { package: id } = await client.announcePackage({}, unkeyed);
      await options.packages.receive(id, body);
      return client.inspectPackage({ package: id }, unkeyed);
    });
  });
}
