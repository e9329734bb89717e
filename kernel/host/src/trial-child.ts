import { type ContractCases, type ErrorBody, HTTP_ROOT, holds } from "@jinshui/contracts";
import "./no-debugger.js";
import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { type Kernel, startKernel } from "./kernel.js";
import type { TrialTask } from "./trial.js";

const CALL_MS = 10_000;

const task = JSON.parse(await text(process.stdin)) as TrialTask & { contracts: ContractCases[] };
const kernel = await startKernel({
  root: task.root,
  port: 0,
  host: "127.0.0.1",
  data: task.data,
  fresh: false,
  yes: false,
  configs: task.configs,
  anchors: `${task.data}/anchors`,
  demo: true,
  modules: task.modules,
  console: false,
});
const failures = await findFailures(kernel);
await kernel.stop();
process.stdout.write(`\n${JSON.stringify(failures)}\n`, () => process.exit(0));

async function findFailures({ url, supervisor }: Kernel): Promise<string[]> {
  for (const id of task.plugins) {
    const state = await supervisor.settled(id, CALL_MS);
    if (state !== "running") return [`${id} is ${state}: ${supervisor.problemOf(id) ?? "no reason given"}`];
  }
  const cookie = await signIn(url);
  const found: string[] = [];
  for (const { op, cases } of task.contracts)
    for (const { title, input, output, error } of cases) {
      const answer = await ask(url, cookie, op, input);
      const why = judge(answer, output, error);
      if (why !== undefined) found.push(`${op}: ${title}: ${why}`);
    }
  return found;
}

type Answer = { body: unknown } | { error: string; message: string };

function judge(answer: Answer, output: unknown, error: string | undefined): string | undefined {
  if ("error" in answer) {
    if (answer.error === error) return undefined;
    return `${error === undefined ? "an answer" : error} was expected, ${answer.error} came (${answer.message.slice(0, 200)})`;
  }
  if (error !== undefined) return `${error} was expected, an answer came`;
  if (output === undefined || holds(output, answer.body)) return undefined;
  return `${JSON.stringify(output).slice(0, 300)} was expected, ${JSON.stringify(answer.body).slice(0, 300)} came`;
}

async function ask(url: string, cookie: string, op: string, input: unknown): Promise<Answer> {
  try {
    const response = await fetch(`${url}${HTTP_ROOT}/plugins/${task.plugin}/ops/${op}`, {
      method: "POST",
      headers: { cookie, "x-jinshui": "1", "content-type": "application/json", "idempotency-key": randomUUID() },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(CALL_MS),
    });
    const body: unknown = await response.json();
    if (response.ok) return { body };
    const { code, message } = body as ErrorBody;
    return { error: code, message };
  } catch (error) {
    return { error: "timeout", message: String(error) };
  }
}

async function signIn(url: string): Promise<string> {
  const { username, password } = task;
  const response = await fetch(`${url}${HTTP_ROOT}/session`, {
    method: "POST",
    headers: { "x-jinshui": "1", "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  if (!response.ok) throw new Error(`nobody could sign in: ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}
