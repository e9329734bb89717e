import {
  type Api,
  type Client,
  type ErrorBody,
  fromErrorBody,
  HTTP_ROOT,
  JinshuiError,
  toHttp,
} from "@jinshui/contracts";

const TIMEOUT_MS = 20_000;

/** Fired on `window` when the session is over and the person must sign in again. */
export const SIGNED_OUT = "jinshui-signed-out";

/** Codes of 401 that mean that nobody is signed in; others ask a person for more. */
const SIGNED_OUT_CODES = new Set(["sign-in-required", "session-expired"]);

let sessions = 0;

/** Tells that somebody has signed in: what is still asked for somebody before doesn't end this session. */
export function sessionBegan(): void {
  sessions += 1;
}

let signInAgain: () => Promise<boolean> = () => Promise.resolve(false);

/**
 * Tells how a person is asked to prove again who they are, when an operation takes a recent sign-in: the request is repeated
 * when the answer is yes.
 */
export function askToSignInAgain(ask: () => Promise<boolean>): void {
  signInAgain = ask;
}

/**
 * A typed client of an API over HTTP: every write carries an idempotency key, reads are tried again once when the network
 * fails, errors come back as `JinshuiError`.
 */
export function client<A extends Api>(api: A): Client<A> {
  const calls = Object.entries(api.ops).map(([name, op]) => {
    const call = async (input: Record<string, unknown>, options?: { idempotencyKey?: string }): Promise<unknown> => {
      const { method, path, body } = toHttp(op, input);
      const key = op.effect === "write" ? (options?.idempotencyKey ?? crypto.randomUUID()) : undefined;
      return (await send(method, path, { body, ...(key === undefined ? {} : { key }) })).json();
    };
    return [name, call];
  });
  return Object.fromEntries(calls) as Client<A>;
}

/** Calls an operation of a plugin. */
export async function callPlugin<T>(plugin: string, op: string, input: object): Promise<T> {
  return (
    await send("POST", `${HTTP_ROOT}/plugins/${plugin}/ops/${op}`, { body: input, key: crypto.randomUUID() })
  ).json() as Promise<T>;
}

interface Sending {
  body?: unknown;
  /** Bytes instead of JSON, with a type among the headers. */
  raw?: Blob;
  headers?: Record<string, string>;
  key?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** One request; tells the page when the session is over, and is repeated after a sign-in that it took. */
export async function send(method: string, path: string, sending: Sending = {}): Promise<Response> {
  const { body, raw, key } = sending;
  const headers: Record<string, string> =
    method === "GET" ? { ...sending.headers } : { "X-Jinshui": "1", ...sending.headers };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key !== undefined) headers["Idempotency-Key"] = key;
  const timeout = (): AbortSignal => {
    const limit = AbortSignal.timeout(sending.timeoutMs ?? TIMEOUT_MS);
    return sending.signal ? AbortSignal.any([limit, sending.signal]) : limit;
  };
  const request: RequestInit = {
    method,
    headers,
    credentials: "same-origin",
    signal: timeout(),
    ...(raw ? { body: raw } : body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  // a write with a key is safe to send again, like a read
  const repeatable = method === "GET" || key !== undefined;
  const session = sessions;
  const response = await fetch(path, request).catch((error: unknown) => {
    if (!repeatable || (error as Error).name === "TimeoutError") throw offline(error);
    return fetch(path, { ...request, signal: timeout() }).catch((again: unknown) => {
      throw offline(again);
    });
  });
  if (response.ok) return response;
  const error = await asError(response);
  if (SIGNED_OUT_CODES.has(error.code) && session === sessions) window.dispatchEvent(new CustomEvent(SIGNED_OUT));
  if (error.code === "sign-in-again" && (await signInAgain())) return send(method, path, sending);
  throw error;
}

async function asError(response: Response): Promise<JinshuiError> {
  try {
    return fromErrorBody((await response.json()) as ErrorBody);
  } catch {
    return new JinshuiError("unavailable", `The server answered with ${response.status}`);
  }
}

function offline(cause: unknown): JinshuiError {
  return new JinshuiError("offline", "The server can't be reached", { status: 503, retryable: true, cause });
}
