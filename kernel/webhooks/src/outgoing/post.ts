import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { isIP } from "node:net";
import { type Addresses, hostOf } from "./addresses.js";

/** A receiver that needs longer should take the event and work later. */
const TIMEOUT_MS = 10_000;

/** How a try ended: the status of an answer, or why there was none. */
export interface Outcome {
  status?: number;
  error?: string;
  durationMs: number;
}

/**
 * Sends one request and waits for the status of its answer; what else the answer says is not read, redirects are not followed.
 * Nothing is sent to an address that is not allowed, whatever the host's name has come to mean.
 */
export async function post(
  url: URL,
  { headers, body }: { headers: Record<string, string>; body: string },
  addresses: Addresses,
): Promise<Outcome> {
  const started = performance.now();
  const outcome = await attempt(url, headers, body, addresses).then(
    (status) => ({ status }),
    (error: unknown) => ({ error: textOf(error) }),
  );
  return { ...outcome, durationMs: Math.round(performance.now() - started) };
}

function attempt(url: URL, headers: Record<string, string>, body: string, addresses: Addresses): Promise<number> {
  const host = hostOf(url);
  // an address is not looked up
  if (isIP(host) !== 0 && !addresses.isAllowed(host))
    return Promise.reject(new Error(`${host} is no address that webhooks may go to`));
  const request = url.protocol === "https:" ? secure : plain;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: "POST",
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        lookup: addresses.lookup,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        agent: false,
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "TimeoutError" || error.name === "AbortError"
    ? `no answer within ${TIMEOUT_MS / 1_000} s`
    : error.message.slice(0, 300);
}
