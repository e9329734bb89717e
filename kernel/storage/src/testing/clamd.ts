import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clamd } from "../files/clamd.js";

/** What every virus scanner is tested with; in two halves, so that none takes this file for one. */
export const EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
/** Most bytes the test's scanner takes. */
export const CLAMD_LIMIT_BYTES = 2 * 1024 * 1024;

const GUARD = 'exec 3<&0; "$@" 3<&- & child=$!; (cat <&3 >/dev/null; kill -TERM $child 2>/dev/null) & wait $child';

/** A private clamd that knows one virus. */
export interface TestClamd {
  /** Path of its socket. */
  address: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it and removes everything. */
  close(): Promise<void>;
}

/** Starts a private clamd; `undefined` where clamav-daemon is not installed. */
export async function startClamd(): Promise<TestClamd | undefined> {
  const program = [process.env["JINSHUI_CLAMD"] ?? "", "/usr/sbin/clamd", "/usr/local/sbin/clamd"].find(
    (path) => path !== "" && existsSync(path),
  );
  if (program === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "jinshui-clamd-"));
  const signatures = join(folder, "signatures");
  await mkdir(signatures);
  await chmod(folder, 0o755);
  await writeFile(join(signatures, "test.ndb"), `Eicar.Test:0:*:${Buffer.from(EICAR).toString("hex")}\n`);
  const address = join(folder, "clamd.sock");
  await writeFile(
    join(folder, "clamd.conf"),
    [
      `LocalSocket ${address}`,
      `DatabaseDirectory ${signatures}`,
      `TemporaryDirectory ${folder}`,
      `StreamMaxLength ${CLAMD_LIMIT_BYTES}`,
      "Foreground yes",
      "SelfCheck 0",
      "MaxThreads 2",
      "",
    ].join("\n"),
  );
  const server = new ClamdChild(folder, address, program);
  await server.start();
  return server;
}

class ClamdChild implements TestClamd {
  #child: ChildProcess | undefined;

  constructor(
    readonly folder: string,
    readonly address: string,
    readonly program: string,
  ) {}

  async start(): Promise<void> {
    await rm(this.address, { force: true });
    const args = ["-c", GUARD, "jinshui-clamd", this.program, "--config-file", join(this.folder, "clamd.conf")];
    this.#child = spawn("/bin/sh", args, { stdio: ["pipe", "ignore", "ignore"] });
    for (let tries = 0; tries < 400; tries += 1) {
      if (await answers(this.address)) return;
      await sleep(50);
    }
    throw new Error(`clamd did not start; see ${this.folder}`);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin?.end();
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function answers(address: string): Promise<boolean> {
  return clamd(address)(one(Buffer.from("x"))).then(
    (verdict) => verdict === "clean",
    () => false,
  );
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
async function* one(part: Buffer): AsyncGenerator<Buffer> {
  yield part;
}
