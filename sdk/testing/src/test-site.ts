import { type Api, type Client, fromErrorBody, HTTP_ROOT, type ErrorBody, toHttp } from "@jinshui/contracts";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface TestSiteOptions {
  /** The site's root with `configs`, `plugins` and the built kernel; found upwards from the current folder when absent. */
  root?: string;
  /** Another folder with `base.yaml`, `bureaus` and `demo`. */
  configs?: string;
  database?: string;
  /** Arguments of Node.js before the kernel's main module. */
  nodeArguments?: readonly string[];
}

/** A person signed in over HTTP. */
export interface TestPerson {
  client<A extends Api>(api: A): Client<A>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** A real site for a test: kernel, private nats-server and database in a process tree and a folder of its own. */
export class TestSite {
  readonly url: string;
  #child: ChildProcess | undefined;
  #output = "";

  private constructor(
    readonly options: TestSiteOptions & { root: string },
    readonly port: number,
    readonly data: string,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts it; about a second. */
  static async start(options: TestSiteOptions = {}): Promise<TestSite> {
    const root = options.root ?? findRoot();
    const site = new TestSite({ ...options, root }, await freePort(), await mkdtemp(join(tmpdir(), "jinshui-site-")));
    // whoever waits for it in vain has nothing to stop it by
    await site.restart().catch(async (error: unknown) => {
      await site.stop();
      throw error;
    });
    return site;
  }

  /** Starts the kernel (again) on the same data and waits until it is ready. */
  async restart(): Promise<void> {
    const { root, configs, database, nodeArguments = [] } = this.options;
    const args = [
      "--port",
      String(this.port),
      "--data",
      this.data,
      ...(configs === undefined ? [] : ["--configs", configs]),
      ...(database === undefined ? [] : ["--database", database]),
    ];
    const child = spawn(process.execPath, [...nodeArguments, join(root, "kernel/host/dist/main.js"), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (this.#output = (this.#output + text).slice(-20_000)));
    for (const end = Date.now() + 90_000; Date.now() < end; await sleep(50)) {
      if (child.exitCode !== null) throw new Error(`the kernel ended with ${child.exitCode}:\n${this.#output}`);
      const ready = await fetch(`${this.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      );
      if (ready) return;
    }
    throw new Error(`the site was not ready in time:\n${this.#output}`);
  }

  /** What the kernel has printed. */
  get output(): string {
    return this.#output;
  }

  get kernelPid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Process of the site's nats-server. */
  async natsPid(): Promise<number> {
    return Number(await readFile(join(this.data, "nats", "nats.pid"), "utf8"));
  }

  /** Ends the kernel as a crash would; its children end by themselves. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async signIn(username: string, password = "jinshui-demo-2005"): Promise<TestPerson> {
    const signedIn = await fetch(`${this.url}${HTTP_ROOT}/session`, {
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
      fetch(this.url + path, {
        method,
        headers: {
          cookie,
          "x-jinshui": "1",
          ...(method === "GET" ? {} : { "idempotency-key": randomUUID() }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      });
    return {
      send,
      client: <A extends Api>(api: A) =>
        Object.fromEntries(
          Object.entries(api.ops).map(([name, op]) => [
            name,
            async (input: Record<string, unknown>, call?: { idempotencyKey?: string }) => {
              const { method, path, body } = toHttp(op, input);
              const response = await send(
                method,
                path,
                body,
                op.effect === "write" ? { "idempotency-key": call?.idempotencyKey ?? randomUUID() } : {},
              );
              if (!response.ok) throw fromErrorBody((await response.json()) as ErrorBody);
              return response.json();
            },
          ]),
        ) as unknown as Client<A>,
    };
  }

  /** Drains and ends everything; the data stays, for `restart` or a look at it. */
  async shutDown(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Drains and ends everything and removes the data. */
  async stop(): Promise<void> {
    await this.shutDown();
    await rm(this.data, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await Promise.race([ended, sleep(25_000, undefined, { ref: false })]);
  }
}

/** The nearest folder upwards that holds a built kernel. */
function findRoot(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "kernel/host/dist/main.js"))) return resolve(folder);
    if (folder === dirname(folder))
      throw new Error("no built kernel found upwards from here; build it or name its root");
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
}
