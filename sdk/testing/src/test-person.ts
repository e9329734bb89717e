import {
  type Api,
  type Client,
  type ErrorBody,
  fromErrorBody,
  HTTP_ROOT,
  storageApi,
  type StoredRecord,
  toHttp,
} from "@jinshui/contracts";
import { randomUUID } from "node:crypto";

const TIMEOUT_MS = 20_000;

/** A person signed in over HTTP. */
export interface TestPerson {
  client<A extends Api>(api: A): Client<A>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Calls an operation of a plugin, as its page does. @throws JinshuiError as the plugin answers. */
  callPlugin<T = unknown>(plugin: string, op: string, input: object): Promise<T>;
  /** Enters records of a collection, one after another; returns them as they are stored. */
  enter(collection: string, rows: readonly Record<string, unknown>[]): Promise<StoredRecord[]>;
}

/** Signs in at a site. @throws JinshuiError when that is refused. */
export async function signIn(url: string, username: string, password: string): Promise<TestPerson> {
  const signedIn = await fetch(`${url}${HTTP_ROOT}/session`, {
    method: "POST",
    headers: { "x-jinshui": "1", "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  if (!signedIn.ok) throw fromErrorBody((await signedIn.json()) as ErrorBody);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const send: TestPerson["send"] = (method, path, body, headers = {}) =>
    fetch(url + path, {
      method,
      headers: {
        cookie,
        "x-jinshui": "1",
        ...(method === "GET" ? {} : { "idempotency-key": randomUUID() }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  const answer = async (request: Promise<Response>): Promise<unknown> => {
    const response = await request;
    if (!response.ok) throw fromErrorBody((await response.json()) as ErrorBody);
    return response.json();
  };
  const client = <A extends Api>(api: A): Client<A> =>
    Object.fromEntries(
      Object.entries(api.ops).map(([name, op]) => [
        name,
        async (input: Record<string, unknown>, call?: { idempotencyKey?: string }) => {
          const { method, path, body } = toHttp(op, input);
          const key = { "idempotency-key": call?.idempotencyKey ?? randomUUID() };
          return answer(send(method, path, body, op.effect === "write" ? key : {}));
        },
      ]),
    ) as unknown as Client<A>;
  return {
    send,
    client,
    callPlugin: async <T>(plugin: string, op: string, input: object) =>
      (await answer(send("POST", `${HTTP_ROOT}/plugins/${plugin}/ops/${op}`, input))) as T,
    async enter(collection, rows) {
      const storage = client(storageApi);
      const entered: StoredRecord[] = [];
      for (const values of rows) entered.push(await storage.insert({ collection, values }));
      return entered;
    },
  };
}
