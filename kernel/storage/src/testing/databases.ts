import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createConnection } from "mysql2/promise";
import { type Database, openDatabase } from "../database/database.js";
import { newId } from "../database/ids.js";

export interface TestDatabase {
  url: string;
  database: Database;
  close(): Promise<void>;
}

/** A fresh SQLite file. */
export async function sqliteDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-db-"));
  const url = `sqlite:${join(folder, "site.sqlite")}`;
  const database = await openDatabase(url);
  return {
    url,
    database,
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A private MariaDB server on loopback, shared by the tests of one file; `undefined` where it is not installed. */
export async function startMariaDb(): Promise<
  | { url(): Promise<string>; database(): Promise<TestDatabase>; kill(): Promise<void>; stop(): Promise<void> }
  | undefined
> {
  const server = ["/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd"].find(existsSync);
  if (server === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "jinshui-maria-"));
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    chmodSync(folder, 0o755);
    execFileSync("chown", ["-R", "mysql", folder]);
  }
  const command = (program: string, args: string[]): [string, string[]] =>
    asRoot ? ["runuser", ["-u", "mysql", "--", program, ...args]] : [program, args];
  const [install, installArgs] = command("mariadb-install-db", [
    "--no-defaults",
    `--datadir=${folder}/data`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    "--skip-name-resolve",
  ]);
  execFileSync(install, installArgs, { stdio: "ignore" });
  const port = await freePort();
  const [run, runArgs] = command(server, [
    "--no-defaults",
    `--datadir=${folder}/data`,
    `--socket=${folder}/m.sock`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    `--pid-file=${folder}/m.pid`,
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_bin",
    "--innodb-buffer-pool-size=64M",
  ]);
  const child = spawn(run, runArgs, { stdio: "ignore" });
  await answers(port);
  const newUrl = async (): Promise<string> => {
    const name = `t_${newId().replaceAll("-", "")}`;
    const connection = await createConnection({ host: "127.0.0.1", port, user: "root" });
    await connection.query(`CREATE DATABASE ${name}`);
    await connection.end();
    return `mysql://root@127.0.0.1:${port}/${name}`;
  };
  return {
    url: newUrl,
    async database() {
      const url = await newUrl();
      const database = await openDatabase(url);
      return { url, database, close: () => database.close() };
    },
    kill: () => ended(child, "SIGKILL"),
    async stop() {
      await ended(child, "SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      const connection = await createConnection({ host: "127.0.0.1", port, user: "root", connectTimeout: 1_000 });
      await connection.end();
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error("mariadbd did not start");
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
