import Router from "@koa/router";
import { JinshuiError } from "@jinshui/contracts";
import Koa from "koa";
import compress from "koa-compress";
import helmet from "koa-helmet";
import { createServer, type Server } from "node:http";
import { apiRoutes } from "./api-routes.js";
import { documentRoutes } from "./documents/document-routes.js";
import { errorResponses } from "./error-responses.js";
import { EventStream } from "./event-stream.js";
import { isUpload } from "./files/body.js";
import { downloadHost, downloadRoutes } from "./files/download-routes.js";
import { interactionRoutes, providerEndpoints, sourceRoutes } from "./federation-routes.js";
import { fileRoutes } from "./files/file-routes.js";
import { packageRoutes } from "./files/package-routes.js";
import { uploadRoutes } from "./files/upload-routes.js";
import { inboundHooks } from "./inbound-hooks.js";
import { jsonBody } from "./json-body.js";
import type { GatewayOptions } from "./options.js";
import { limitBody } from "./request-deadline.js";
import { sameOrigin } from "./same-origin.js";
import { scimEndpoint } from "./scim-endpoint.js";
import { readShellPage, type ShellPage, shellRoutes } from "./shell-files.js";
import { addressOf, signInRoutes } from "./sign-in.js";

/** The HTTP edge. */
export interface Gateway {
  /** Starts to listen; returns the port. `unavailable` when the port is taken. */
  listen(port: number, host: string): Promise<number>;
  close(): Promise<void>;
}

export function createGateway(options: GatewayOptions): Gateway {
  const app = new Koa();
  const page = readShellPage(options.shellFolder);
  const events = new EventStream(options);
  app.silent = true;
  app.use(errorResponses(options.log));
  app.use(securityHeaders(page, options.downloads));
  app.use(downloadHost(options));
  app.use(providerEndpoints(options));
  app.use(
    compress({
      filter: (type) => /text|javascript|json|svg/i.test(type) && !/event-stream/.test(type),
      threshold: 1_024,
    }),
  );
  app.use(scimEndpoint(options));
  app.use(inboundHooks(options));
  app.use(sameOrigin);
  app.use(jsonBody());

  app.use(gatewayRouter(options, events, page).routes());

  const handle = app.callback();
  // whole requests are timed by limitBody, which lets files take longer
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 5_000 },
    (request, response) => {
      if (!isUpload(request)) limitBody(request, response);
      void handle(request, response);
    },
  );
  server.maxHeadersCount = 100;
  return {
    listen: (port, host) => listen(server, port, host),
    async close() {
      events.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 3_000).unref();
      await closed;
    },
  };
}

/** Every route there is. */
export function gatewayRouter(options: GatewayOptions, events: EventStream, page: ShellPage): Router {
  const router = new Router();
  health(router, options);
  signInRoutes(router, options);
  interactionRoutes(router, options);
  sourceRoutes(router, options);
  events.routes(router);
  documentRoutes(router, options);
  fileRoutes(router, options);
  uploadRoutes(router, options);
  packageRoutes(router, options);
  downloadRoutes(router, options);
  apiRoutes(router, options);
  shellRoutes(router, options, page);
  return router;
}

function health(router: Router, options: GatewayOptions): void {
  router.get("/livez", (context) => void (context.body = { live: true }));
  router.get("/version", (context) => void (context.body = { version: options.version }));
  router.get("/readyz", async (context) => {
    const reasons = await options.unready();
    context.status = reasons.length === 0 ? 200 : 503;
    context.set("Cache-Control", "no-store");
    // what is wrong with the inside is for who watches the site on its own machine
    const isLocal = isLoopback(addressOf(context, options));
    context.body = { ready: reasons.length === 0, ...(isLocal ? { reasons } : {}) };
  });
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** One strict policy for every answer. Trusted Types: only lit's templates and the purifier for drawn diagrams make markup. */
function securityHeaders({ scriptHashes, styleHashes }: ShellPage, downloads: string | undefined): Koa.Middleware {
  const files = downloads === undefined ? [] : [downloads];
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "script-src": ["'self'", ...scriptHashes],
        "style-src": ["'self'", ...styleHashes],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", ...files],
        "media-src": ["'self'", ...files],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["lit-html", "default", "dompurify"],
      },
    },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: "same-origin" },
  }) as Koa.Middleware;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const message =
        error.code === "EADDRINUSE" ? `Port ${port} of ${host} is taken; choose another with --port` : error.message;
      reject(new JinshuiError("unavailable", message, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
