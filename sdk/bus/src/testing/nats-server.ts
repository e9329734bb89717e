import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectBus } from "../bus.js";

/** A private nats-server on loopback for tests. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port and store. */
  restart(): Promise<void>;
  /** Removes JetStream's store while the server is down. */
  wipe(): Promise<void>;
  stop(): Promise<void>;
}

/** Path of the nats-server program: `JINSHUI_NATS_SERVER`, or where packages put it. */
export function natsServerPath(): string {
  const path = [
    process.env["JINSHUI_NATS_SERVER"],
    "/usr/sbin/nats-server",
    "/usr/bin/nats-server",
    "/usr/local/bin/nats-server",
  ].find((candidate) => candidate !== undefined && existsSync(candidate));
  if (path === undefined)
    throw new Error("nats-server is not installed: apt-get install nats-server, or set JINSHUI_NATS_SERVER");
  return path;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Starts a private nats-server with JetStream; `config` is added to its configuration file (accounts, operator …). */
export async function startTestServer(config = ""): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-nats-"));
  const port = await freePort();
  const file = join(folder, "nats.conf");
  await writeFile(
    file,
    `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${join(folder, "js")}" }\nmax_payload: 1048576\n${config}\n`,
  );
  const server = new NatsServerChild(folder, port, file);
  await server.restart();
  return server;
}

class NatsServerChild implements TestServer {
  #child: ChildProcess | undefined;
  readonly url: string;

  constructor(
    readonly folder: string,
    readonly port: number,
    readonly file: string,
  ) {
    this.url = `127.0.0.1:${port}`;
  }

  async restart(): Promise<void> {
    this.#child = spawn(natsServerPath(), ["-c", this.file], { stdio: "ignore" });
    for (let tries = 0; tries < 200; tries += 1) {
      if (await this.#listens()) return;
      await sleep(25);
    }
    throw new Error(`nats-server did not start with ${this.file}`);
  }

  async #listens(): Promise<boolean> {
    const { connect } = await import("node:net");
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1");
      socket.once("data", () => (socket.destroy(), resolve(true)));
      socket.once("error", () => resolve(false));
    });
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async wipe(): Promise<void> {
    await rm(join(this.folder, "js"), { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
}

/** A bus on a private server without credentials, for tests that need no more. */
export async function startTestBus(caller = "kernel"): Promise<{
  server: TestServer;
  connect: (caller: string) => ReturnType<typeof connectBus>;
  bus: Awaited<ReturnType<typeof connectBus>>;
  stop(): Promise<void>;
}> {
  const server = await startTestServer();
  const bus = await connectBus({ servers: server.url, caller });
  return {
    server,
    bus,
    connect: (name) => connectBus({ servers: server.url, caller: name }),
    async stop() {
      await bus.drain();
      await server.stop();
    },
  };
}
