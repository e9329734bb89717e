import { JinshuiError } from "@jinshui/contracts";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, rename } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";

/** First line of a backup: what the values below belong to. */
export interface BackupHead {
  kind: "jinshui-column";
  table: string;
  column: string;
  /** The column's type as the database writes it, e.g. `VARCHAR(200)`. */
  type: string;
  /** Columns of the primary key, in the order of the keys below. */
  key: string[];
  at: string;
}

/** One value: the row's key, and what the column held. */
export type BackupLine = [key: (string | number)[], value: string | number];

/**
 * Writes a backup as lines of JSON, compressed, and returns how many values it has and its SHA-256. It has its name only
 * when it is whole and on the disk.
 */
export async function writeBackup(
  file: string,
  head: BackupHead,
  lines: AsyncIterable<BackupLine>,
): Promise<{ values: number; sha256: string }> {
  let values = 0;
  const text = async function* (): AsyncGenerator<string> {
    yield `${JSON.stringify(head)}\n`;
    for await (const line of lines) {
      values += 1;
      yield `${JSON.stringify(line)}\n`;
    }
    yield `${JSON.stringify({ end: values })}\n`;
  };
  const partial = `${file}.part`;
  await pipeline(Readable.from(text()), createGzip(), createWriteStream(partial, { mode: 0o600 }));
  const handle = await open(partial, "r");
  await handle.sync();
  await handle.close();
  await rename(partial, file);
  return { values, sha256: await sha256Of(file) };
}

/**
 * Reads a backup from its first line to its last.
 * @throws JinshuiError `invalid-request` when it is none, or not whole.
 */
export async function readBackup(
  file: string,
  begin: (head: BackupHead) => Promise<void>,
  take: (lines: BackupLine[]) => Promise<void>,
): Promise<number> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity });
  let head: BackupHead | undefined;
  const batch: BackupLine[] = [];
  let values = 0;
  let end: number | undefined;
  try {
    for await (const line of lines) {
      const parsed: unknown = JSON.parse(line);
      if (!head) {
        head = asHead(parsed);
        await begin(head);
      } else if (Array.isArray(parsed)) {
        values += 1;
        batch.push(parsed as BackupLine);
        if (batch.length === 500) await take(batch.splice(0));
      } else end = Number((parsed as { end?: number }).end);
    }
  } catch (cause) {
    if (cause instanceof JinshuiError) throw cause;
    throw new JinshuiError("invalid-request", `${file} can't be read as a backup: ${String(cause)}`, { cause });
  }
  if (end !== values) throw new JinshuiError("invalid-request", `${file} is cut off: it holds ${values} values`);
  if (batch.length > 0) await take(batch);
  return values;
}

function asHead(value: unknown): BackupHead {
  const head = value as Partial<BackupHead>;
  if (head.kind !== "jinshui-column") throw new Error("it begins with no head of ours");
  // these come into a statement as they are
  const names = [head.table, head.column, ...(head.key ?? [])];
  if (!names.every((name) => /^[a-z]\w{0,63}$/i.test(name ?? "")) || !/^[A-Z]+(\(\d+\))?$/i.test(head.type ?? ""))
    throw new Error("its head names no column");
  return head as BackupHead;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
