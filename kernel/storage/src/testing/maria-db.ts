import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createConnection } from "mysql2/promise";
import { openDatabase } from "../database/database.js";
import { newId } from "../database/ids.js";
import type { TestDatabase } from "./databases.js";

/** A private MariaDB server on loopback for tests. */
export interface TestMariaDb {
  /** URL of a new, empty database. */
  url(): Promise<string>;
  database(): Promise<TestDatabase>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Goes with the installed packages. */
const CACHE = join(import.meta.dirname, "../../../../node_modules/.cache/jinshui");
/** Ends the server when the test process is gone, however that ended: its end of the pipe closes. */
const GUARD = 'exec 3<&0; "$@" 3<&- & child=$!; (cat <&3 >/dev/null; kill -TERM $child 2>/dev/null) & wait $child';

/** Starts a private MariaDB server, as the user `mysql` where the tests run as root; `undefined` where it is not installed. `options` are added to its own. */
export async function startMariaDb(options: readonly string[] = []): Promise<TestMariaDb | undefined> {
  const program = ["/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd"].find(existsSync);
  if (program === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "jinshui-maria-"));
  await mkdir(join(folder, "tmp"));
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    await chmod(folder, 0o755);
    execFileSync("chown", ["-R", "mysql", folder]);
  }
  const as = asRoot ? ["runuser", "-u", "mysql", "--"] : [];
  await putEmptyData(folder, program, as);
  const port = await freePort();
  const server = new MariaDbChild(folder, port, [
    ...as,
    program,
    "--no-defaults",
    `--datadir=${folder}/data`,
    `--tmpdir=${folder}/tmp`,
    `--socket=${folder}/m.sock`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    `--pid-file=${folder}/m.pid`,
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_bin",
    "--innodb-buffer-pool-size=64M",
    "--innodb-use-native-aio=0",
    ...options,
  ]);
  await server.restart();
  return server;
}

/** Making a server's first tables takes two seconds of the processor: it is done once for each version, and then copied. */
async function putEmptyData(folder: string, program: string, as: readonly string[]): Promise<void> {
  const version = execFileSync(program, ["--version"], { encoding: "utf8" });
  const kept = join(
    CACHE,
    `mariadb-${createHash("sha256").update(`${version}${as.join()}`).digest("hex").slice(0, 12)}`,
  );
  const data = join(folder, "data");
  if (existsSync(kept)) {
    execFileSync("cp", ["-a", kept, data]);
    return;
  }
  const install = [
    ...as,
    "mariadb-install-db",
    "--no-defaults",
    `--datadir=${data}`,
    // servers that start at the same time remove each other's temporary tables from a shared folder
    `--tmpdir=${folder}/tmp`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    "--skip-name-resolve",
  ];
  execFileSync(install[0] ?? "", install.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
  await mkdir(CACHE, { recursive: true });
  const copy = await mkdtemp(`${kept}-`);
  execFileSync("cp", ["-a", `${data}/.`, copy]);
  await chmod(copy, 0o700);
  await rename(copy, kept).catch(() => rm(copy, { recursive: true })); // others were faster
}

class MariaDbChild implements TestMariaDb {
  #child: ChildProcess | undefined;

  constructor(
    readonly folder: string,
    readonly port: number,
    readonly command: string[],
  ) {}

  async url(): Promise<string> {
    const name = `t_${newId().replaceAll("-", "")}`;
    const connection = await createConnection({ host: "127.0.0.1", port: this.port, user: "root" });
    await connection.query(`CREATE DATABASE ${name}`);
    await connection.end();
    return `mysql://root@127.0.0.1:${this.port}/${name}`;
  }

  async database(): Promise<TestDatabase> {
    const url = await this.url();
    const database = await openDatabase(url);
    return { url, database, close: () => database.close() };
  }

  async restart(): Promise<void> {
    this.#child = spawn("/bin/sh", ["-c", GUARD, "jinshui-maria", ...this.command], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    for (let tries = 0; tries < 400; tries += 1) {
      if (await this.#answers()) return;
      await sleep(50);
    }
    throw new Error(`mariadbd did not start; see ${this.folder}`);
  }

  async kill(): Promise<void> {
    process.kill(Number(await readFile(join(this.folder, "m.pid"), "utf8")), "SIGKILL");
    await this.#ended();
  }

  async stop(): Promise<void> {
    this.#child?.stdin?.end();
    await this.#ended();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #ended(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once("exit", resolve));
    child.stdin?.end();
  }

  async #answers(): Promise<boolean> {
    try {
      const connection = await createConnection({
        host: "127.0.0.1",
        port: this.port,
        user: "root",
        connectTimeout: 1_000,
      });
      await connection.end();
      return true;
    } catch {
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
