import type { Context } from "koa";

const SECURE = "__Host-jinshui";
const PLAIN = "jinshui";

/** The session's secret from the cookie, if there is one. */
export function readSession(context: Context): string | undefined {
  return context.cookies.get(SECURE) ?? context.cookies.get(PLAIN);
}

/**
 * Sets the cookie: host-bound and secure over https and on loopback, which browsers trust; plain elsewhere. `origin`: where
 * browsers reach the site, when a proxy ends TLS before it.
 */
export function writeSession(context: Context, origin: string | undefined, secret: string, expiresAt: string): void {
  const secure = origin?.startsWith("https:") === true || isTrustworthy(context);
  context.cookies.secure = secure; // browsers take secure cookies from loopback without TLS; the library asks to be told
  context.cookies.set(secure ? SECURE : PLAIN, secret, options(secure, new Date(expiresAt)));
}

/** Sets a cookie for a while, below a path; secure where the session's would be. */
export function writeShortCookie(
  context: Context,
  origin: string | undefined,
  { name, value, path, seconds }: { name: string; value: string; path: string; seconds: number },
): void {
  const secure = origin?.startsWith("https:") === true || isTrustworthy(context);
  context.cookies.secure = secure;
  context.cookies.set(name, value, { ...options(secure, new Date(Date.now() + seconds * 1_000)), path });
}

export function clearSession(context: Context): void {
  context.cookies.secure = true;
  for (const name of [SECURE, PLAIN]) context.cookies.set(name, "", options(name === SECURE, new Date(0)));
}

function isTrustworthy(context: Context): boolean {
  return context.secure || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(context.hostname);
}

function options(secure: boolean, expires: Date): Parameters<Context["cookies"]["set"]>[2] {
  return { httpOnly: true, sameSite: "lax", path: "/", secure, expires, overwrite: true, signed: false };
}
