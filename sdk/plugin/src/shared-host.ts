import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";

/**
 * The main module of a process that plugins of one trust group share: a thread for each, with a heap of its own, so that one that
 * loops, leaks or throws ends alone. JSON lines come on standard input: `{seat, main, heapMb, text}` starts one and hands it a line,
 * `{seat, text}` hands it another, `{seat, end: true}` ends it. Written are `{seat, line}`, what it says, and `{seat, ended}` with the
 * reason. When the input closes, so do those of all threads.
 */
interface Line {
  seat: string;
  main?: string;
  heapMb?: number;
  text?: string;
  end?: boolean;
}

const END_MS = 6_000;
const threads = new Map<string, Worker>();

process.on("SIGINT", () => undefined); // Ctrl-C reaches the whole group; the supervisor says when to stop
const lines = createInterface({ input: process.stdin });
for await (const text of lines) hear(JSON.parse(text) as Line);
for (const thread of threads.values()) thread.stdin?.end();
setTimeout(() => process.exit(0), END_MS).unref();

function hear({ seat, main, heapMb, text, end }: Line): void {
  if (main !== undefined) start(seat, main, heapMb);
  const thread = threads.get(seat);
  if (text !== undefined) thread?.stdin?.write(`${text}\n`);
  if (end === true) void thread?.terminate();
}

function start(seat: string, main: string, heapMb: number | undefined): void {
  const thread = new Worker(main, {
    stdin: true,
    stdout: true,
    stderr: true,
    resourceLimits: {
      // what is new is looked through more often, in a tenth of the memory
      maxYoungGenerationSizeMb: 2,
      ...(heapMb === undefined ? {} : { maxOldGenerationSizeMb: heapMb }),
    },
  });
  threads.set(seat, thread);
  for (const stream of [thread.stdout, thread.stderr]) {
    const said = createInterface({ input: stream });
    said.on("line", (line) => say({ seat, line }));
  }
  let why: string | undefined;
  thread.once("error", (error: unknown) => (why = error instanceof Error ? error.message : String(error)));
  thread.once("exit", (code) => {
    threads.delete(seat);
    // what it said last may still be on its way
    setImmediate(() => say({ seat, ended: why ?? `exited with code ${code}` }));
  });
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
