import { t } from "./texts.js";
import { UsageError } from "./usage-error.js";
import {
  type Api,
  type Client,
  type ErrorBody,
  fromErrorBody,
  HTTP_ROOT,
  isJinshuiError,
  JinshuiError,
  toHttp,
} from "@jinshui/contracts";
import { checked } from "@jinshui/contracts/validate";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline/promises";

export const SITE_OPTIONS = { site: { type: "string" }, user: { type: "string" } } as const;
const TIMEOUT_MS = 15_000;
const UPLOAD_MS = 120_000;

/** A signed-in connection to a running site over HTTP: what the command may do is what the person may do. */
export interface SiteClient {
  client<A extends Api>(api: A): Client<A>;
  /** Sends bytes, and returns the answer. */
  upload(path: string, body: ReadableStream, bytes: number): Promise<unknown>;
  signOut(): Promise<void>;
  /** Another session of the same person; only a code of an authenticator app is asked for anew. */
  again(): Promise<SiteClient>;
}

/** Signs in; the password comes from `JINSHUI_PASSWORD` or is asked for, as is the code of an authenticator app where it takes one. */
export async function signIn(values: Record<string, string | undefined>): Promise<SiteClient> {
  const site = (values["site"] ?? process.env["JINSHUI_SITE"] ?? "http://127.0.0.1:8080").replace(/\/$/, "");
  const username = values["user"] ?? process.env["JINSHUI_USER"] ?? (await ask(t("site.user")));
  const password = process.env["JINSHUI_PASSWORD"] ?? (await ask(t("site.password", { username })));
  return openSession(site, username, password);
}

async function openSession(site: string, username: string, password: string): Promise<SiteClient> {
  const open = (code?: string): Promise<Response> =>
    send(site, "POST", `${HTTP_ROOT}/session`, { username, password, ...(code === undefined ? {} : { code }) });
  const response = await open().catch(async (error: unknown) => {
    if (!isJinshuiError(error) || error.code !== "second-factor-required") throw error;
    return open(await ask(t("site.code", { username })));
  });
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> =>
    (
      await send(site, method, path, body, { cookie, ...(method === "GET" ? {} : { "idempotency-key": randomUUID() }) })
    ).json();
  return {
    client: <A extends Api>(api: A) =>
      Object.fromEntries(
        Object.entries(api.ops).map(([name, op]) => [
          name,
          async (input: Record<string, unknown>) => {
            const request = toHttp(op, checked(op.input, input, `${api.name}.${name}`) as Record<string, unknown>);
            return call(request.method, request.path, request.body);
          },
        ]),
      ) as unknown as Client<A>,
    async upload(path, body, bytes) {
      const headers = { cookie, "content-type": "application/octet-stream", "content-length": String(bytes) };
      return (await deliver(site, "POST", path, { headers, body, duplex: "half" }, UPLOAD_MS)).json();
    },
    again: () => openSession(site, username, password),
    async signOut() {
      await send(site, "DELETE", `${HTTP_ROOT}/session`, undefined, { cookie });
    },
  };
}

function send(
  site: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const json = body === undefined ? {} : { "content-type": "application/json" };
  return deliver(site, method, path, {
    headers: { ...json, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function deliver(
  site: string,
  method: string,
  path: string,
  request: Omit<RequestInit, "headers"> & { headers: Record<string, string>; duplex?: "half" },
  timeoutMs = TIMEOUT_MS,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(site + path, {
      ...request,
      method,
      headers: { "x-jinshui": "1", ...request.headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    throw new JinshuiError("unavailable", t("site.noAnswer", { site }), { cause });
  }
  if (response.ok) return response;
  const text = await response.text();
  throw asError(text) ?? new JinshuiError("unavailable", `${method} ${path} was answered with ${response.status}`);
}

function asError(text: string): JinshuiError | undefined {
  try {
    return fromErrorBody(JSON.parse(text) as ErrorBody);
  } catch {
    return undefined;
  }
}

/** Asks whoever sits at the terminal. @throws UsageError when nobody does. */
export async function ask(question: string): Promise<string> {
  // without a terminal nobody answers, and a closed one would leave the promise for ever
  if (!process.stdin.isTTY) throw new UsageError(t("site.nobody", { question: question.replace(/[:：]\s*$/, "") }));
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
