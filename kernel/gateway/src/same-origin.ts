import { JinshuiError } from "@jinshui/contracts";
import type { Middleware } from "koa";
import { isByToken } from "./sign-in.js";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Lets writes in only from our own pages and tools: a custom header, which other sites' pages can't send, and no foreign origin. */
export const sameOrigin: Middleware = async (context, next) => {
  if (!SAFE.has(context.method) && !isByToken(context)) {
    const origin = context.get("Origin");
    const site = context.get("Sec-Fetch-Site");
    const foreign =
      (origin !== "" && hostOf(origin) !== context.host) || (site !== "" && site !== "same-origin" && site !== "none");
    if (context.get("X-Jinshui") !== "1" || foreign)
      throw new JinshuiError("forbidden", "A write needs the header X-Jinshui: 1 and must come from this site");
  }
  await next();
};

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
