import { createWriteStream, type WriteStream } from "node:fs";

/** What a client does. */
export type OpName = "start" | "complete" | "claim" | "release" | "transfer" | "cancelInstance" | "read";

/** A line of the history; `at` is monotonic, in nanoseconds since the run began. */
export type Line =
  | { type: "header"; seed: number; database: string; began: string }
  | {
      type: "invoke";
      at: number;
      id: number;
      client: number;
      person: string;
      op: OpName;
      input: Record<string, unknown>;
    }
  | { type: "ok"; at: number; id: number; output: unknown }
  /** Refused: it has had no effect. */
  | { type: "fail"; at: number; id: number; code: string }
  /** Given up: it may have had its effect, and may still have it. */
  | { type: "info"; at: number; id: number; code: string }
  /** An attempt without an answer; the next one has the same key. */
  | { type: "retry"; at: number; id: number; code: string }
  | { type: "fault"; at: number; fault: string };

/** What one operation came to. */
export interface Operation {
  id: number;
  person: string;
  op: OpName;
  input: Record<string, unknown>;
  invoked: number;
  /** Infinity when nobody knows. */
  returned: number;
  outcome: "ok" | "fail" | "info";
  output?: unknown;
  code?: string;
}

/** Writes what clients and faults do, as JSONL, while it happens. */
export class History {
  readonly lines: Line[] = [];
  readonly #began = process.hrtime.bigint();
  readonly #file: WriteStream;
  #operations = 0;

  constructor(
    readonly path: string,
    header: { seed: number; database: string },
  ) {
    this.#file = createWriteStream(path);
    this.#write({ type: "header", ...header, began: new Date().toISOString() });
  }

  /** Notes an operation and does it: `attempt` is repeated by itself until it has an answer, and says how it ended. */
  async record<T>(
    what: { client: number; person: string; op: OpName; input: Record<string, unknown> },
    attempt: (noted: (code: string) => void) => Promise<{ ok: T } | { fail: string } | { info: string }>,
  ): Promise<T | undefined> {
    const id = (this.#operations += 1);
    this.#write({ type: "invoke", at: this.now(), id, ...what });
    const result = await attempt((code) => this.#write({ type: "retry", at: this.now(), id, code }));
    if ("ok" in result) this.#write({ type: "ok", at: this.now(), id, output: result.ok });
    else if ("fail" in result) this.#write({ type: "fail", at: this.now(), id, code: result.fail });
    else this.#write({ type: "info", at: this.now(), id, code: result.info });
    return "ok" in result ? result.ok : undefined;
  }

  fault(fault: string): void {
    this.#write({ type: "fault", at: this.now(), fault });
  }

  /** Nanoseconds since the run began, by a clock that no fault sets. */
  now(): number {
    return Number(process.hrtime.bigint() - this.#began);
  }

  async close(): Promise<void> {
    await new Promise<void>((done) => this.#file.end(done));
  }

  #write(line: Line): void {
    this.lines.push(line);
    this.#file.write(`${JSON.stringify(line)}\n`);
  }
}

/** The operations of a history; one without an end has an unknown outcome. */
export function operationsOf(lines: readonly Line[]): Operation[] {
  const operations = new Map<number, Operation>();
  for (const line of lines) {
    if (line.type === "invoke") {
      const { id, person, op, input, at } = line;
      operations.set(id, { id, person, op, input, invoked: at, returned: Infinity, outcome: "info" });
    }
    const operation = "id" in line ? operations.get(line.id) : undefined;
    if (!operation) continue;
    if (line.type === "ok") Object.assign(operation, { returned: line.at, outcome: "ok", output: line.output });
    if (line.type === "fail") Object.assign(operation, { returned: line.at, outcome: "fail", code: line.code });
  }
  return [...operations.values()];
}
