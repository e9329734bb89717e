import type { Op } from "./api.js";
import type { TSchema } from "typebox";

/** Root of every HTTP operation. */
export const HTTP_ROOT = "/api/v1";

export interface HttpRequest {
  method: string;
  /** Path with query, below the origin. */
  path: string;
  body?: Record<string, unknown>;
}

/**
 * The HTTP form of a call: `:name` parts come from the input; the rest is the JSON body, or for GET and DELETE the query,
 * where texts stand as they are and everything else as JSON.
 */
export function toHttp(op: Op, input: Record<string, unknown>): HttpRequest {
  if (!op.http) throw new Error("This operation has no HTTP route");
  const rest = { ...input };
  const path = op.http.path.replace(/:([a-zA-Z]+)/g, (_, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  const { method } = op.http;
  if (method !== "GET" && method !== "DELETE") return { method, path: HTTP_ROOT + path, body: rest };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) query.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  const text = query.toString();
  return { method, path: HTTP_ROOT + path + (text ? `?${text}` : "") };
}

/** The input behind a request's path parts, query and body; what the schema calls a text is taken as it is. */
export function fromHttp(
  op: Op,
  params: Record<string, string>,
  query: Record<string, string | string[] | undefined>,
  body: Record<string, unknown> | undefined,
): Record<string, unknown> {
  const input: Record<string, unknown> = { ...(body ?? {}) };
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) input[name] = isText(op, name) ? text : parsed(text);
  }
  return { ...input, ...params };
}

/** Whether a field of the input stands in the query as it is; all others are written as JSON. */
export function isText(op: Op, name: string): boolean {
  const property = (op.input as TSchema & { properties?: Record<string, { type?: string; enum?: unknown[] }> })
    .properties?.[name];
  return property?.type === "string" || property?.enum?.every((option) => typeof option === "string") === true;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // the schema check names the field
  }
}
