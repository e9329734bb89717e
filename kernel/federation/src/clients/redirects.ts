import { JinshuiError } from "@jinshui/contracts";

/**
 * Refuses addresses that people must not be sent to: all but whole web addresses without fragment and credentials, and on a
 * production site those without TLS, but for programs on people's own machines.
 */
export function requireRedirects(client: string, uris: readonly string[], rules: { production: boolean }): void {
  for (const uri of uris) {
    const why = obstacle(uri, rules.production);
    if (why !== undefined)
      throw new JinshuiError("invalid-file", `Client ${client} can't have the address ${uri}: ${why}`);
  }
}

/** Whether a host is this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function obstacle(uri: string, production: boolean): string | undefined {
  const url = URL.parse(uri);
  if (!url || !["http:", "https:"].includes(url.protocol)) return "it is no web address";
  if (url.hash !== "" || uri.includes("#")) return "it has a fragment";
  if (url.username !== "" || url.password !== "") return "it has a user name";
  if (uri.includes("*")) return "it has a wildcard";
  if (production && url.protocol !== "https:" && !isLoopback(url.hostname)) return "it has no TLS";
  return undefined;
}
