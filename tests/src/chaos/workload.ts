import { type OpInput, type OpOutput, type WorkflowApi } from "@jinshui/contracts";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChaosClient } from "./chaos-client.js";
import type { History, OpName } from "./history.js";

/** Matters that are open at once: more would not be finished, fewer would let clients wait for each other. */
const OPEN_AT_MOST = 16;
const PATIENCE_MS = 30_000;
/** Commands that a storm can send again. */
const REMEMBERED = 60;

type Task = OpOutput<WorkflowApi, "tasks">["tasks"][number];
type Write = "start" | "complete" | "claim" | "release" | "transfer" | "cancelInstance";

/** A command that was answered, to be sent again. */
export interface Answered {
  client: ChaosClient;
  name: Write;
  input: Record<string, unknown>;
  key: string;
  answer: unknown;
}

/** A generator of its own, so that a run can be had again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** People who start, take, hand over, finish and end matters, all at once, each one thing after the other. */
export class Workload {
  readonly answered: Answered[] = [];
  readonly #open = new Set<string>();
  #phase: "busy" | "finishing" | "over" = "busy";
  #running: Promise<void>[] = [];
  #marks = 0;

  constructor(
    readonly clients: readonly ChaosClient[],
    readonly history: History,
    readonly definitions: readonly string[],
    readonly seed: number,
  ) {}

  start(): void {
    this.#running = this.clients.map((client, index) => this.#work(client, index));
    for (const run of this.#running) run.catch(() => undefined); // told by `stop`
  }

  /** Nothing new is begun, and whatever waits for somebody is approved; resolves when `isDone`, or after the time given. */
  async finish(isDone: () => Promise<boolean>, limitMs: number): Promise<void> {
    this.#phase = "finishing";
    for (const end = Date.now() + limitMs; Date.now() < end && !(await isDone()); await sleep(200));
  }

  /** Ends the clients after their last answer. */
  async stop(): Promise<void> {
    this.#phase = "over";
    await Promise.all(this.#running);
  }

  /** Clients give up: nobody is going to answer them. */
  abandon(): void {
    this.#phase = "over";
    for (const client of this.clients) client.abandon();
  }

  async #work(client: ChaosClient, index: number): Promise<void> {
    const random = seeded(this.seed * 31 + index);
    while (this.#phase !== "over") {
      const isFinishing = this.#phase === "finishing";
      if (!isFinishing && this.#open.size < OPEN_AT_MOST && random() < 0.3) await this.#begin(client, index, random);
      else if (!isFinishing && random() < 0.02 && this.#open.size > 5) await this.#end(client, index, random);
      else await this.#act(client, index, random, isFinishing);
    }
  }

  async #begin(client: ChaosClient, index: number, random: () => number): Promise<void> {
    const mark = `m-${index}-${(this.#marks += 1)}`;
    const definition = this.definitions[Math.floor(random() * this.definitions.length)] ?? "";
    const started = await this.#write(client, index, "start", { definition, values: { mark } });
    if (started) this.#open.add((started as { id: string }).id);
    // now and then somebody thinks better of it
    if (started && random() < 0.08)
      await this.#write(client, index, "cancelInstance", { id: (started as { id: string }).id, reason: "不再需要" });
  }

  async #end(client: ChaosClient, index: number, random: () => number): Promise<void> {
    const ids = [...this.#open];
    const id = ids[Math.floor(random() * ids.length)] ?? "";
    await this.#write(client, index, "cancelInstance", { id, reason: "演练中止" });
    this.#open.delete(id);
  }

  async #act(client: ChaosClient, index: number, random: () => number, isFinishing: boolean): Promise<void> {
    const list = await this.#read(client, index);
    const task = list[Math.floor(random() * list.length)];
    if (!task) {
      await sleep(100);
      // whatever has ended makes room for others
      if (this.#open.size >= OPEN_AT_MOST) this.#open.delete([...this.#open][0] ?? "");
      return;
    }
    const { id, version, assignee } = task;
    const chance = isFinishing ? 1 : random();
    if (chance < 0.12 && !assignee) await this.#write(client, index, "claim", { id, version });
    else if (chance < 0.2 && assignee) await this.#write(client, index, "release", { id, version });
    else if (chance < 0.3) {
      const to = this.clients[Math.floor(random() * this.clients.length)]?.id ?? "";
      await this.#write(client, index, "transfer", { id, version, to, reason: "请代办" });
    } else {
      const action = !isFinishing && random() < 0.1 ? "return" : "approve";
      await this.#write(client, index, "complete", { id, version, action, opinion: "意见", values: {} });
      if (random() < 0.1) this.#open.delete(task.instance);
    }
  }

  async #read(client: ChaosClient, index: number): Promise<Task[]> {
    const what = { client: index, person: client.id, op: "read" as OpName, input: {} };
    const listed = await this.history.record(what, async (noted) => {
      const result = await client.insist("tasks", { kind: "todo", limit: 30 }, "", noted, PATIENCE_MS);
      return "ok" in result ? { ok: result.ok.tasks.map(readOf) } : result;
    });
    return (listed ?? []) as unknown as Task[];
  }

  async #write<N extends Write>(
    client: ChaosClient,
    index: number,
    name: N,
    input: OpInput<WorkflowApi, N>,
  ): Promise<unknown> {
    const key = randomUUID();
    const what = { client: index, person: client.id, op: name, input: { ...(input as object) } };
    const answer = await this.history.record<unknown>(what, (noted) =>
      client.insist(name, input, key, noted, PATIENCE_MS),
    );
    if (answer === undefined) return undefined;
    this.answered.push({ client, name, input: { ...(input as object) }, key, answer });
    if (this.answered.length > REMEMBERED) this.answered.shift();
    return answer;
  }
}

/** What a list tells of a task that changes. */
function readOf({ id, version, state, assignee, instance }: Task): object {
  return { id, version, state, instance, ...(assignee ? { assignee: { id: assignee.id, name: assignee.name } } : {}) };
}
