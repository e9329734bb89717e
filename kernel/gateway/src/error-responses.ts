import { newTraceparent, readTraceparent, type Log } from "@jinshui/bus";
import { type ErrorBody, isJinshuiError, JinshuiError, toErrorBody } from "@jinshui/contracts";
import type { Middleware } from "koa";
import { withoutTicket } from "./files/download-routes.js";

/** Gives every request a trace, and every failure the one JSON shape with it. */
export function errorResponses(log: Log): Middleware {
  return async (context, next) => {
    const given = context.get("traceparent");
    const { traceparent, traceId } = readTraceparent(given === "" ? newTraceparent() : given);
    context.state["traceparent"] = traceparent;
    context.state["traceId"] = traceId;
    try {
      await next();
      if (context.respond !== false && context.status === 404 && context.body === undefined)
        throw new JinshuiError("not-found", `There is nothing at ${context.method} ${context.path}`);
    } catch (error) {
      const body = toErrorBody(known(error), traceId);
      if (body.status >= 500)
        log.error({ traceId, method: context.method, path: withoutTicket(context.path), err: error }, "request failed");
      answer(context, body);
    }
  };
}

function answer(context: Parameters<Middleware>[0], body: ErrorBody): void {
  context.status = body.status;
  context.set("Cache-Control", "no-store");
  if (body.retryAfterMs !== undefined) context.set("Retry-After", String(Math.ceil(body.retryAfterMs / 1_000)));
  context.body = body;
}

/** Errors of the HTTP libraries as ours: broken JSON says where. */
function known(error: unknown): unknown {
  if (isJinshuiError(error) || !(error instanceof Error)) return error;
  const { status, type } = error as { status?: number; type?: string };
  if (status === 413 || type === "entity.too.large")
    return new JinshuiError("too-large", "The request is too large", { cause: error });
  if (error instanceof SyntaxError || type === "entity.parse.failed")
    return new JinshuiError("invalid-request", `The body is no JSON: ${error.message}`, {
      details: { reason: error.message },
      cause: error,
    });
  if (status === 415 || status === 400) return new JinshuiError("invalid-request", error.message, { cause: error });
  return error;
}
