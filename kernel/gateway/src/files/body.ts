import { JinshuiError } from "@jinshui/contracts";
import type { IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import type { Context } from "koa";
import type { Pace } from "../options.js";

const UPLOADS =
  /^(PUT \/api\/v1\/files|POST \/api\/v1\/(?:uploads|plugin-packages)|PATCH \/api\/v1\/uploads\/[^/?]+)\/?(\?|$)/;
const LOOKS = 6;
const LINGER_MS = 2_000;
const DRAIN_BYTES = 1024 * 1024;
const USUAL_PACE: Pace = { windowMs: 30_000, bytesPerSecond: 1_024 };

/** Whether a request's body is a file, which takes its time and is read by the routes themselves. */
export function isUpload({ method, url }: Pick<IncomingMessage, "method" | "url">): boolean {
  return UPLOADS.test(`${method ?? ""} ${url ?? ""}`);
}

/**
 * Hands a request's body to `work` as it comes; a sender that is slower than the pace, or goes away, ends it with an error.
 * A body that was refused is drained for two seconds, so that the sender can read why, and then cut off.
 */
export async function withBody<T>(
  context: Context,
  pace: Pace | undefined,
  work: (body: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const body = steadyBody(context.req, pace ?? USUAL_PACE);
  try {
    return await work(body as AsyncIterable<Buffer>);
  } finally {
    context.req.unpipe(body);
    body.destroy();
    cutOffAfterAnswer(context);
  }
}

function steadyBody(request: IncomingMessage, { windowMs, bytesPerSecond }: Pace): Transform {
  let received = 0;
  const body = new Transform({
    transform(chunk: Buffer, _, done) {
      received += chunk.length;
      done(undefined, chunk);
    },
  });
  const looks: number[] = [];
  const least = (windowMs / 1_000) * bytesPerSecond;
  const timer = setInterval(() => {
    // what waits here waits for our disk, not for the sender
    looks.push(body.readableLength > 0 ? Infinity : received);
    received = 0;
    if (looks.length > LOOKS) looks.shift();
    if (looks.length === LOOKS && looks.reduce((sum, bytes) => sum + bytes, 0) < least)
      body.destroy(
        new JinshuiError("upload-too-slow", `Fewer than ${least} bytes came in ${windowMs / 1_000} s`, {
          retryable: true,
          details: { seconds: windowMs / 1_000 },
        }),
      );
  }, windowMs / LOOKS);
  const lost = (): void => {
    if (!request.complete) body.destroy(new JinshuiError("invalid-request", "The connection broke off in the body"));
  };
  request.once("end", () => clearInterval(timer));
  request.once("close", lost);
  request.once("error", lost);
  body.once("close", () => clearInterval(timer));
  // nobody may be listening yet, or any more
  body.on("error", () => undefined);
  request.pipe(body);
  return body;
}

function cutOffAfterAnswer({ req, res }: Context): void {
  if (req.complete) return;
  res.once("finish", () => {
    let drained = 0;
    // in small steps: a flood that is thrown away still goes through memory
    req.on("data", (chunk: Buffer) => {
      drained += chunk.length;
      if (drained > DRAIN_BYTES) req.pause();
    });
    const steps = setInterval(() => {
      drained = 0;
      req.resume();
    }, LINGER_MS / 40).unref();
    req.once("close", () => clearInterval(steps));
    setTimeout(() => req.complete || req.socket.destroy(), LINGER_MS).unref();
  });
}
