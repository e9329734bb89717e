import { createReadStream } from "node:fs";
import { mkdir, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Anchor } from "./anchor.js";

const SUFFIX = ".jsonl";
const LINE_BYTES = 4_096;

/** The file with a bureau's anchors in a folder. */
export function anchorFile(folder: string, bureau: string): string {
  return join(folder, `${bureau}${SUFFIX}`);
}

/** Bureaus that have a file in the folder. */
export async function anchoredBureaus(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
}

/** Adds a line and returns when it is on the disk; nothing in the file is ever changed. */
export async function appendAnchor(file: string, anchor: Anchor): Promise<void> {
  const isNew = (await sizeOf(file)) === undefined;
  if (isNew) await mkdir(join(file, ".."), { recursive: true });
  const handle = await open(file, "a", 0o644);
  try {
    // a line that a crash cut off is ended, so that this one stands alone
    const lead = isNew || (await endsWithLine(file)) ? "" : "\n";
    await handle.appendFile(`${lead}${JSON.stringify(anchor)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (isNew) await syncFolder(join(file, ".."));
}

/** The last whole anchor in a file. */
export async function lastAnchor(file: string): Promise<Anchor | undefined> {
  const size = await sizeOf(file);
  if (size === undefined) return undefined;
  // lines are short: the end of the file holds several
  const text = await readEnd(file, size, 4 * LINE_BYTES);
  return text
    .split("\n")
    .map(parsed)
    .findLast((anchor) => anchor !== undefined);
}

/** The anchors of a bureau in a file as it is now; what is added meanwhile is left out, a torn line is passed over. */
export async function* readAnchors(file: string, bureau: string): AsyncGenerator<Anchor, undefined> {
  const size = await sizeOf(file);
  if (size === undefined || size === 0) return;
  const lines = createInterface({ input: createReadStream(file, { end: size - 1 }), crlfDelay: Infinity });
  for await (const line of lines) {
    const anchor = parsed(line);
    if (anchor?.bureau === bureau) yield anchor;
  }
}

function parsed(line: string): Anchor | undefined {
  try {
    const anchor = JSON.parse(line) as Partial<Anchor> | null;
    const texts = [anchor?.bureau, anchor?.at, anchor?.hash, anchor?.previous, anchor?.signer, anchor?.signature];
    const isAnchor =
      texts.every((text) => typeof text === "string") && [anchor?.seq, anchor?.number].every(Number.isInteger);
    return isAnchor ? (anchor as Anchor) : undefined;
  } catch {
    return undefined;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ size }) => size,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    },
  );
}

async function endsWithLine(file: string): Promise<boolean> {
  const size = (await sizeOf(file)) ?? 0;
  return size === 0 || (await readEnd(file, size, 1)) === "\n";
}

async function readEnd(file: string, size: number, bytes: number): Promise<string> {
  const handle = await open(file, "r");
  try {
    const length = Math.min(size, bytes);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8");
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
