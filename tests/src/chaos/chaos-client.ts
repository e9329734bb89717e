import {
  type ErrorBody,
  fromErrorBody,
  HTTP_ROOT,
  isJinshuiError,
  type OpInput,
  type OpOutput,
  toHttp,
  type WorkflowApi,
  workflowApi,
} from "@jinshui/contracts";
import { setTimeout as sleep } from "node:timers/promises";
import { PASSWORD } from "./chaos-files.js";

/** An attempt that has no answer by then is taken for lost: a kernel may stand still. */
const ATTEMPT_MS = 3_000;

/** How a call ended that was repeated under its key until somebody answered. */
export type Ended<T> = { ok: T } | { fail: string } | { info: string };

/** A person at a browser that never gives up, whichever kernel answers. */
export class ChaosClient {
  #turn = 0;
  #abandoned = false;

  private constructor(
    readonly username: string,
    readonly id: string,
    readonly cookie: string,
    readonly urls: () => readonly string[],
  ) {}

  static async signIn(urls: () => readonly string[], username: string): Promise<ChaosClient> {
    const response = await fetch(`${urls()[0] ?? ""}${HTTP_ROOT}/session`, {
      method: "POST",
      headers: { "x-jinshui": "1", "content-type": "application/json" },
      body: JSON.stringify({ username, password: PASSWORD }),
    });
    if (!response.ok) throw fromErrorBody((await response.json()) as ErrorBody);
    const cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const me = await fetch(`${urls()[0] ?? ""}${HTTP_ROOT}/me`, { headers: { cookie } });
    const { id } = (await me.json()) as { id: string };
    return new ChaosClient(username, id, cookie, urls);
  }

  abandon(): void {
    this.#abandoned = true;
  }

  /** Asks one kernel once. @throws JinshuiError as it answers, anything else when it does not. */
  async ask<N extends keyof WorkflowApi["ops"]>(
    url: string,
    name: N,
    input: OpInput<WorkflowApi, N>,
    key: string,
  ): Promise<OpOutput<WorkflowApi, N>> {
    const op = workflowApi.ops[name];
    const { method, path, body } = toHttp(op, input as Record<string, unknown>);
    const response = await fetch(url + path, {
      method,
      headers: {
        cookie: this.cookie,
        "x-jinshui": "1",
        ...(op.effect === "write" ? { "idempotency-key": key } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ATTEMPT_MS),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw fromErrorBody(answer as ErrorBody);
    return answer as OpOutput<WorkflowApi, N>;
  }

  /** Asks one kernel after another under one key until there is an answer; `patienceMs` later nobody knows. */
  async insist<N extends keyof WorkflowApi["ops"]>(
    name: N,
    input: OpInput<WorkflowApi, N>,
    key: string,
    noted: (code: string) => void,
    patienceMs: number,
  ): Promise<Ended<OpOutput<WorkflowApi, N>>> {
    let code = "nobody asked";
    for (
      const end = Date.now() + patienceMs;
      Date.now() < end && !this.#abandoned;
      await sleep(30 + Math.random() * 70)
    ) {
      const urls = this.urls();
      try {
        return { ok: await this.ask(urls[this.#turn % urls.length] ?? "", name, input, key) };
      } catch (error) {
        this.#turn += 1;
        code = isJinshuiError(error) ? error.code : error instanceof Error ? error.name : "unknown";
        if (isJinshuiError(error) && error.status < 500 && !["in-progress", "too-many-requests"].includes(code))
          return { fail: code };
        noted(code);
      }
    }
    return { info: code };
  }
}
