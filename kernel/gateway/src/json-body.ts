import { JinshuiError } from "@jinshui/contracts";
import type { Context, Middleware } from "koa";
import readBody from "raw-body";
import { isUpload } from "./files/body.js";

/** The longest body of a request that is no file, in bytes. */
const LIMIT = 1_048_576;

/**
 * Reads JSON bodies into `context.state.body`. What is not UTF-8 is refused: read as if it were, a name in GB 18030 would be
 * stored as question marks.
 * @throws JinshuiError `too-large` over 1 MB, `invalid-request` for another encoding or what is no JSON object or list.
 */
export function jsonBody(): Middleware {
  return async (context, next) => {
    // a .json that is uploaded is a file, not a request
    if (!isUpload(context.req) && typeof context.is("json") === "string")
      context.state["body"] = parsed(await bytesOf(context));
    await next();
  };
}

/** The body of a request that must be JSON, by whatever name of its type. Errors as of `jsonBody`. */
export async function readJson(context: Context): Promise<unknown> {
  return parsed(await bytesOf(context));
}

/** The text of a body, as it was sent. Errors as of `jsonBody`, but for what is no JSON. */
export async function readText(context: Context, limit: number): Promise<string> {
  return decoded(await bytesOf(context, limit));
}

async function bytesOf(context: Context, limit = LIMIT): Promise<Buffer> {
  const charset = context.request.charset.toLowerCase();
  const coding = context.get("Content-Encoding");
  if (!["", "utf-8", "utf8"].includes(charset) || !["", "identity"].includes(coding))
    throw new JinshuiError("unsupported-media-type", `JSON comes as plain UTF-8, not as ${charset} ${coding}`.trim(), {
      details: { charset, coding },
    });
  const length = context.request.length;
  const bytes: unknown = await readBody(context.req, { limit, ...(length === undefined ? {} : { length }) });
  return bytes as Buffer;
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new JinshuiError("invalid-request", "The body is not UTF-8", {
      details: { reason: "not-utf-8" },
      cause: error,
    });
  }
}

function parsed(bytes: Buffer): unknown {
  const text = decoded(bytes);
  if (text.trim() === "") return {};
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null)
    throw new JinshuiError("invalid-request", "The body must be a JSON object");
  return value;
}
