import { JinshuiError } from "@jinshui/contracts";
import type Router from "@koa/router";
import type { Context, Middleware } from "koa";
import { parse } from "range-parser";
import type { GatewayOptions } from "../options.js";

/** Bit in the answer of `range-parser`. */
const MALFORMED = 1;
const DOWNLOADS = /^\/files\//;

/** Contents, for whoever holds a ticket: no session is looked at, and what is sent can't run or be framed as a page of ours. */
export function downloadRoutes(router: Router, options: GatewayOptions): void {
  router.get("/files/:ticket/:name", async (context) => {
    const opened = await options.files.openWith(context.params["ticket"] ?? "");
    const { file } = opened;
    const etag = `"${file.sha256}"`;
    const inline = opened.inline && context.query["inline"] !== undefined;
    context.compress = false;
    setHeaders(context, options.downloads !== undefined);
    context.attachment(file.name, { type: inline ? "inline" : "attachment" });
    context.set("Content-Type", inline ? file.mediaType : "application/octet-stream");
    context.set("ETag", etag);
    context.set("Accept-Ranges", "bytes");
    const range = rangeOf(context, file.size, etag);
    if (range) {
      context.status = 206;
      context.set("Content-Range", `bytes ${range.start}-${range.end}/${file.size}`);
      context.length = range.end - range.start + 1;
    } else {
      context.status = 200;
      context.length = file.size;
    }
    if (context.method === "HEAD") return;
    const { length, type } = context.response;
    context.body = await opened.content(range);
    context.set("Content-Type", inline ? file.mediaType : type);
    context.length = length;
  });
}

/** Keeps downloads and pages on hosts of their own, where the site has two; this machine's plugins come as they are. */
export function downloadHost({ downloads }: GatewayOptions): Middleware {
  if (downloads === undefined) return (_, next) => next();
  const { host } = new URL(downloads);
  return async (context, next) => {
    const isThere = context.host === host;
    const isLocal = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(context.host);
    if (!isLocal && isThere !== DOWNLOADS.test(context.path))
      throw new JinshuiError("not-found", `There is nothing at ${context.method} ${context.path} of this host`);
    await next();
  };
}

/** Tickets are as good as the files behind them, for a while: they stay out of logs. */
export function withoutTicket(path: string): string {
  return path.replace(/^\/files\/[^/]+/, "/files/…");
}

function setHeaders(context: Context, isOtherSite: boolean): void {
  context.set({
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": isOtherSite ? "same-site" : "same-origin",
  });
}

/** The one range that is asked for; `undefined` for the whole. More than one, or none that exists, is 416. */
function rangeOf(context: Context, size: number, etag: string): { start: number; end: number } | undefined {
  const asked = context.get("Range");
  const condition = context.get("If-Range");
  if (asked === "" || context.method !== "GET" || (condition !== "" && condition !== etag)) return undefined;
  const { code, type, ranges } = parse(size, asked);
  // a unit we don't know, or what is no range, is as if it was not asked (RFC 9110, 14.2)
  if (type !== "bytes" || (code & MALFORMED) !== 0) return undefined;
  const [range] = ranges;
  if (!range || ranges.length > 1) {
    context.set("Content-Range", `bytes */${size}`);
    throw new JinshuiError("range-not-satisfiable", `The file has ${size} bytes; one range of them can be asked for`, {
      status: 416,
    });
  }
  return { start: range.start, end: range.end };
}
