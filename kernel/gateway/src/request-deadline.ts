import type { IncomingMessage, ServerResponse } from "node:http";

const BODY_MS = 60_000;

/** Cuts a request off whose body is not complete in time: small ones need no minute. */
export function limitBody(request: IncomingMessage, response: ServerResponse): void {
  const timer = setTimeout(() => request.complete || request.socket.destroy(), BODY_MS).unref();
  response.once("close", () => clearTimeout(timer));
}
