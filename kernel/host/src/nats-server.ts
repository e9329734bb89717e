import type { Log } from "@jinshui/bus";
import { JinshuiError } from "@jinshui/contracts";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The site's private nats-server. */
export interface NatsServer {
  readonly servers: string;
  /** `store_dir` of a server of our own. */
  readonly store?: string;
  /** Log of a server of our own. */
  readonly log?: string;
  /** It writes through to the disk before it acknowledges. */
  readonly syncsAlways?: boolean;
  /** Keeps other accounts for the server's next start. */
  keep(accounts: string): Promise<void>;
  stop(): Promise<void>;
}

/** `sh` holds the server's life to ours: when our end of its input closes, however we ended, the server is told to stop. */
const GUARD = 'exec 3<&0; "$@" 3<&- & child=$!; (cat <&3 >/dev/null; kill -TERM $child 2>/dev/null) & wait $child';

/**
 * Starts nats-server as a private child on loopback, and again on the same port whenever it dies. An external bus is used
 * instead when `JINSHUI_NATS_URL` names one; what its configuration must include is written to `accounts.conf` in the folder.
 */
export async function startNatsServer(options: { folder: string; accounts: string; log: Log }): Promise<NatsServer> {
  const external = process.env["JINSHUI_NATS_URL"];
  if (external !== undefined && external !== "") {
    const included = join(options.folder, "accounts.conf");
    await mkdir(options.folder, { recursive: true });
    const keep = (accounts: string): Promise<void> => writeFile(included, `${accounts}\n`, { mode: 0o600 });
    await keep(options.accounts);
    options.log.info({ servers: external, included }, "external bus: its configuration must include this file");
    return { servers: external, keep, stop: () => Promise.resolve() };
  }
  const server = new EmbeddedServer(findProgram(), options.folder, options.log);
  await server.prepare(options.accounts);
  await server.start();
  return server;
}

class EmbeddedServer implements NatsServer {
  servers = "";
  syncsAlways = false;
  readonly store: string;
  readonly log: string;
  #port = 0;
  #child: ChildProcess | undefined;
  #stopping = false;

  constructor(
    readonly program: string,
    readonly folder: string,
    readonly kernelLog: Log,
  ) {
    this.store = join(folder, "store");
    this.log = join(folder, "server.log");
  }

  async prepare(accounts: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await this.#endLeftover();
    this.#port = await freePort();
    this.servers = `127.0.0.1:${this.#port}`;
    this.syncsAlways = isAtLeast210(execFileSync(this.program, ["--version"], { encoding: "utf8" }));
    await this.keep(accounts);
  }

  async keep(accounts: string): Promise<void> {
    const sync = this.syncsAlways ? ", sync_interval: always" : "";
    const config = [
      `listen: "${this.servers}"`,
      `pid_file: "${this.#pidFile}"`,
      `jetstream { store_dir: "${this.store}"${sync} }`,
      `log_file: "${this.log}"`,
      "logfile_size_limit: 10MB",
      "max_payload: 1048576",
      accounts,
    ];
    await writeFile(this.#configFile, `${config.join("\n")}\n`, { mode: 0o600 });
  }

  async start(): Promise<void> {
    const child = spawn("/bin/sh", ["-c", GUARD, "jinshui-nats", this.program, "-c", this.#configFile], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    this.#child = child;
    child.once("exit", () => {
      if (this.#stopping || this.#child !== child) return;
      this.kernelLog.warn({}, "nats-server has ended; starting it again");
      setTimeout(
        () =>
          void this.start().catch((error: unknown) =>
            this.kernelLog.error({ error: String(error) }, "nats-server does not start"),
          ),
        200,
      );
    });
    for (let tries = 0; tries < 400; tries += 1) {
      if (await answers(this.#port)) return;
      if (child.exitCode !== null) break;
      await sleep(25);
    }
    throw new JinshuiError("unavailable", `nats-server did not start; see ${this.log}`);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin?.end();
    await Promise.race([ended, sleep(5_000, undefined, { ref: false })]);
  }

  /** A server whose kernel was killed is about to stop by itself; its store must be free before the next one opens it. */
  async #endLeftover(): Promise<void> {
    const pid = Number(await readFile(this.#pidFile, "utf8").catch(() => ""));
    if (!pid) return;
    const isOurs = async (): Promise<boolean> =>
      (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).includes(this.#configFile);
    for (let tries = 0; tries < 100 && (await isOurs()); tries += 1) {
      if (tries === 0) process.kill(pid, "SIGTERM");
      if (tries === 80) process.kill(pid, "SIGKILL");
      await sleep(50);
    }
    await rm(this.#pidFile, { force: true });
  }

  get #configFile(): string {
    return join(this.folder, "nats.conf");
  }

  get #pidFile(): string {
    return join(this.folder, "nats.pid");
  }
}

/** Whether a server knows `sync_interval`: 2.9 refuses to start with it. */
export function isAtLeast210(version: string): boolean {
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)\.\d+/.exec(version) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 10);
}

function findProgram(): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/bin"];
  const candidates = [
    process.env["JINSHUI_NATS_SERVER"] ?? "",
    ...folders.map((folder) => join(folder, "nats-server")),
  ];
  const program = candidates.find((path) => path !== "" && existsSync(path));
  if (program === undefined) {
    throw new JinshuiError(
      "unavailable",
      "nats-server is not installed: apt-get install nats-server, or name its path in JINSHUI_NATS_SERVER, or an existing bus in JINSHUI_NATS_URL",
    );
  }
  return program;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
    socket.setTimeout(500, () => (socket.destroy(), resolve(false)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null)
    throw new JinshuiError("unavailable", "no free port on loopback");
  return address.port;
}
