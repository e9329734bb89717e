import { type Bus, connectBus } from "@jinshui/bus";
import { startTestServer } from "@jinshui/bus/testing";
import { type Call, type Client, isJinshuiError, type StorageApi, storageApi } from "@jinshui/contracts";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { COLLECTION } from "./storage-fixture.js";

const WORKER = fileURLToPath(new URL("storage-worker.js", import.meta.url));
const BUREAUS = ["wuhu", "fanchang"];

/** A write that was answered: the mark it set and the version the record got by it. */
export interface Acknowledged {
  bureau: string;
  record: string;
  mark: string;
  version: number;
}

/** A storage service in a process of its own that can be killed, its bus, and clients that never give up. */
export class StorageSite {
  readonly acknowledged: Acknowledged[] = [];
  /** Attempts that ended without an answer. */
  unknown = 0;
  readonly fired: string[] = [];
  /** What the services have complained of. */
  output = "";
  #child: ChildProcess | undefined;
  #stopped = false;
  /** Clients give up: nobody is going to answer them. */
  #abandoned = false;
  #clients: Promise<void>[] = [];
  readonly #connections: Bus[] = [];

  private constructor(
    readonly url: string,
    readonly nats: Awaited<ReturnType<typeof startTestServer>>,
  ) {}

  static async start(url: string): Promise<StorageSite> {
    return new StorageSite(url, await startTestServer());
  }

  /** Starts the service with a fault; resolves when it serves, or with `false` when it has died before. */
  async startWorker(fail = ""): Promise<boolean> {
    const child = spawn(process.execPath, [WORKER, this.url, this.nats.url], {
      stdio: ["ignore", "pipe", "pipe"],
      // a dozen starts: most of each would be compiling the same modules
      env: { ...process.env, JINSHUI_FAIL: fail, NODE_COMPILE_CACHE: join(tmpdir(), "jinshui-compile-cache") },
    });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.output = (this.output + text).slice(-4_000)));
    const exit = once(child, "exit");
    const ready = once(child.stdout, "data");
    await Promise.race([ready, exit]);
    return child.exitCode === null && child.signalCode === null;
  }

  /** Resolves with the signal that ended the service, or `undefined` when it lives on. */
  async died(withinMs: number): Promise<NodeJS.Signals | "exit" | undefined> {
    const child = this.#child;
    if (!child) return undefined;
    for (const end = Date.now() + withinMs; Date.now() < end; await sleep(20)) {
      if (child.signalCode !== null) return child.signalCode;
      if (child.exitCode !== null) return "exit";
    }
    return undefined;
  }

  async killWorker(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }

  /** Lets clients write without pause: new records and ten hot ones, each write repeated under its key until it is answered. */
  async startClients(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const bus = await connectBus({ servers: this.nats.url, caller: "gateway" });
      this.#connections.push(bus);
      const client = this.#write(bus, index);
      client.catch(() => undefined); // told by `stopClients`
      this.#clients.push(client);
    }
  }

  /** Ends the clients after their last answer. */
  async stopClients(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#abandoned = true;
    await this.killWorker();
    await Promise.all(this.#connections.map((bus) => bus.drain().catch(() => undefined)));
    await this.nats.stop();
  }

  async #write(bus: Bus, client: number): Promise<void> {
    for (let turn = 0; !this.#stopped; turn += 1) {
      const bureau = BUREAUS[(client + turn) % 2] ?? "";
      const mark = `${client}-${turn}`;
      const hot = this.acknowledged.filter((write) => write.bureau === bureau && write.version === 1).slice(0, 5);
      const record = hot[turn % (hot.length + 1)]?.record;
      const storage = bus.client(storageApi, bureau);
      const answer =
        record === undefined
          ? await this.#persistently((call) => storage.insert({ collection: COLLECTION, values: { mark } }, call))
          : await this.#update(storage, record, mark);
      this.acknowledged.push({ bureau, record: answer.id, mark, version: answer.version });
    }
  }

  /** Changes a record that others change too: a version that is stale by then has had no effect, so the next one is tried. */
  async #update(storage: Client<StorageApi>, id: string, mark: string): Promise<{ id: string; version: number }> {
    for (;;) {
      const { version } = await this.#persistently((call) => storage.get({ collection: COLLECTION, id }, call));
      const written = await this.#persistently((call) =>
        storage
          .update({ collection: COLLECTION, id, version, values: { mark } }, call)
          .catch((error: unknown) =>
            isJinshuiError(error) && error.code === "stale-version" ? undefined : raise(error),
          ),
      );
      if (written) return written;
    }
  }

  async #persistently<T>(work: (call: Call) => Promise<T>): Promise<T> {
    const call = { idempotencyKey: randomUUID(), timeoutMs: 2_000 };
    for (;;) {
      try {
        return await work(call);
      } catch (error) {
        if (this.#abandoned || (isJinshuiError(error) && error.status < 500)) throw error;
        this.unknown += 1;
        await sleep(40 + Math.random() * 60);
      }
    }
  }
}

function raise(error: unknown): never {
  throw error;
}
