import type { BusCredential } from "@jinshui/auth";
import type { DeliveredSettings } from "@jinshui/contracts";
import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";

const LOG_LINES = 200;

/** What a plugin is told at its start, and in parts later. */
export interface StartMessage {
  servers: string;
  plugin: string;
  run: string;
  bureaus: string[];
  /** By bureau. */
  settings: Record<string, DeliveredSettings>;
  credential: BusCredential;
}

/** A plugin as it runs, in a process of its own or in one that it shares. */
export interface PluginChild {
  /** Its last lines. */
  readonly log: readonly string[];
  readonly startedAt: string;
  readonly pid: number | undefined;
  /** The line of its log that says why it ended. */
  readonly lastWords: string | undefined;
  /** Sends another line, e.g. a renewed credential. */
  tell(message: Partial<StartMessage>): void;
  /** Ends the process, whoever else is in it. */
  kill(): void;
}

export interface LineEvents {
  onExit: (reason: string) => void;
  onLine: (line: string) => void;
}

/** A process that is told JSON lines and says lines. It ends when its standard input closes, so none outlives a kernel that was killed. */
export class ChildProcessLines {
  readonly #child: ChildProcess;

  constructor({ file, args }: { file: string; args: string[] }, folder: string, events: LineEvents) {
    this.#child = spawn(file, args, {
      cwd: folder,
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, NODE_ENV: "production", TZ: "Asia/Shanghai" },
    });
    this.#child.stdin?.on("error", () => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr]) linesOf(stream, (line) => events.onLine(line));
    this.#child.once("error", (error) => events.onExit(error.message));
    // not "exit": its last words may still be in the pipe then
    this.#child.once("close", (code, signal) =>
      events.onExit(signal === null ? `exited with code ${code}` : `ended by ${signal}`),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  write(line: object): void {
    this.#child.stdin?.write(`${JSON.stringify(line)}\n`);
  }

  /** Tells it to end. */
  close(): void {
    this.#child.stdin?.end();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

export interface ProcessOptions extends Omit<LineEvents, "onLine"> {
  /** Hears a line and says how it may be kept. */
  onLine: (line: string) => string;
  folder: string;
  /** What starts it, confined. */
  command: { file: string; args: string[] };
  start: StartMessage;
}

/** A process with one plugin in it. */
export class PluginProcess implements PluginChild {
  readonly log: string[] = [];
  readonly startedAt = new Date().toISOString();
  readonly #process: ChildProcessLines;

  constructor({ folder, command, start, onExit, onLine }: ProcessOptions) {
    this.#process = new ChildProcessLines(command, folder, {
      onExit,
      onLine: (line) => keepLine(this.log, onLine(line)),
    });
    this.tell(start);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get lastWords(): string | undefined {
    return lastWordsOf(this.log);
  }

  tell(message: Partial<StartMessage>): void {
    this.#process.write(message);
  }

  kill(): void {
    this.#process.kill();
  }
}

/** Keeps a line with the last ones. */
export function keepLine(log: string[], line: string): void {
  log.push(line.slice(0, 2_000));
  if (log.length > LOG_LINES) log.shift();
}

/** The line of a log that says why it ended. */
export function lastWordsOf(log: readonly string[]): string | undefined {
  const line = log.findLast((candidate) => /^\w*Error\b|"level":(50|60)\b/.test(candidate)) ?? log.at(-1);
  try {
    const { err, msg } = JSON.parse(line ?? "") as { err?: { message?: string }; msg?: string };
    return err?.message ?? msg;
  } catch {
    return line;
  }
}

function linesOf(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = (lines.pop() ?? "").slice(-10_000);
    for (const line of lines) onLine(line);
  });
  stream?.on("end", () => rest !== "" && onLine(rest));
}
