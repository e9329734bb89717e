import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const KEY_BYTES = 32;
const ID_LENGTH = 8;

/** A key for sealing, with the short name that envelopes call it by. */
export interface RingKey {
  /** The beginning of the key's SHA-256, in hexadecimal. */
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** The keys in a file of `folder`, the present one first, then one that is being replaced. The first is made when there is none. */
export async function openRing(folder: string, name: string): Promise<RingKey[]> {
  const [file, replaced] = filesOf(folder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await read(file)) === undefined) await writeWhole(file, randomBytes(KEY_BYTES));
  const keys = await Promise.all([file, replaced].map(read));
  return keys.flatMap((key) =>
    key ? [{ id: createHash("sha256").update(key).digest("hex").slice(0, ID_LENGTH), key }] : [],
  );
}

/**
 * Puts a new key in the place of the present one, which stays beside it until `dropReplaced`. A renewal that was broken off goes on
 * with the key it has made.
 */
export async function renewRing(folder: string, name: string): Promise<void> {
  const [file, replaced] = filesOf(folder, name);
  const [present, former] = await Promise.all([file, replaced].map(read));
  if (!present || (former && !former.equals(present))) return;
  await writeWhole(replaced, present);
  await writeWhole(file, randomBytes(KEY_BYTES));
}

/** Forgets the replaced key: what it sealed and nobody has sealed anew can't be opened any more. */
export async function dropReplaced(folder: string, name: string): Promise<void> {
  const [, replaced] = filesOf(folder, name);
  await rm(replaced, { force: true });
}

function filesOf(folder: string, name: string): [present: string, replaced: string] {
  const file = join(folder, name);
  return [file, `${file}.replaced`];
}

function read(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** All or nothing, and on the disk: a lost key is lost data. */
async function writeWhole(file: string, content: Buffer): Promise<void> {
  await writeFile(`${file}.new`, content, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
