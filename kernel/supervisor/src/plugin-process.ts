import type { BusCredential } from "@jinshui/auth";
import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";

const LOG_LINES = 200;

/** What a plugin's process is told on its standard input, one JSON line each. */
export interface StartMessage {
  servers: string;
  plugin: string;
  run: string;
  bureaus: string[];
  credential: BusCredential;
}

export interface ProcessOptions {
  folder: string;
  /** What starts it, confined. */
  command: { file: string; args: string[] };
  start: StartMessage;
  onExit(reason: string): void;
  onLine(line: string): void;
}

/** One process of a plugin. It ends when its standard input closes, so none outlives a kernel that was killed. */
export class PluginProcess {
  readonly log: string[] = [];
  readonly startedAt = new Date().toISOString();
  readonly #child: ChildProcess;

  constructor(options: ProcessOptions) {
    const { file, args } = options.command;
    this.#child = spawn(file, args, {
      cwd: options.folder,
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, NODE_ENV: "production", TZ: "Asia/Shanghai" },
    });
    this.#child.stdin?.on("error", () => undefined);
    this.tell(options.start);
    for (const stream of [this.#child.stdout, this.#child.stderr]) this.#lines(stream, (line) => options.onLine(line));
    this.#child.once("error", (error) => options.onExit(error.message));
    // not "exit": its last words may still be in the pipe then
    this.#child.once("close", (code, signal) =>
      options.onExit(signal === null ? `exited with code ${code}` : `ended by ${signal}`),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The line of its log that says why it ended. */
  get lastWords(): string | undefined {
    const line = this.log.findLast((candidate) => /^\w*Error\b|"level":(50|60)\b/.test(candidate)) ?? this.log.at(-1);
    try {
      const { err, msg } = JSON.parse(line ?? "") as { err?: { message?: string }; msg?: string };
      return err?.message ?? msg;
    } catch {
      return line;
    }
  }

  /** Sends another line, e.g. a renewed credential. */
  tell(message: Partial<StartMessage>): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #lines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = (lines.pop() ?? "").slice(-10_000);
      for (const line of lines) this.#keep(line, onLine);
    });
    stream?.on("end", () => rest !== "" && this.#keep(rest, onLine));
  }

  #keep(line: string, onLine: (line: string) => void): void {
    this.log.push(line.slice(0, 2_000));
    if (this.log.length > LOG_LINES) this.log.shift();
    onLine(line);
  }
}
