import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/** An entry as it shall stand in an archive, allowed or not. */
export interface RawEntry {
  path: string | Buffer;
  content?: string | Buffer;
  /** Type flag: `0` file, `1` hard link, `2` symbolic link, `3` `4` devices, `5` folder, `6` pipe … */
  type?: string;
  linkpath?: string;
  /** What the header says of the size; that of the content when absent. */
  size?: number;
  /** Part of the path that stands in a field of its own. */
  prefix?: string;
  wrongChecksum?: boolean;
  mode?: number;
}

const BLOCK = 512;

/** A tar written by hand, header for header, since libraries refuse to write what an attacker would. */
export function rawTar(entries: readonly RawEntry[], { end = true } = {}): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? "");
    return [header(entry, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(end ? 2 * BLOCK : 0)]);
}

/** The same, compressed. */
export function rawArchive(entries: readonly RawEntry[], options?: { end?: boolean }): Buffer {
  return gzipSync(rawTar(entries, options));
}

/** A whole package of these files, below `package/`. */
export function archiveOf(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const entries = Object.entries(files).map(([path, content]) => ({ path: `package/${path}`, content }));
  return rawArchive(entries.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

/** An entry that gives the next one fields beyond those of its header. */
export function pax(fields: Record<string, string>): RawEntry {
  const lines = Object.entries(fields).map(([key, value]) => {
    const body = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(body) + 1;
    while (String(length).length + Buffer.byteLength(body) !== length) length += 1;
    return `${length}${body}`;
  });
  return { path: "PaxHeader", type: "x", content: lines.join("") };
}

/** SHA-256 in hexadecimal. */
export function sha256Of(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function header(entry: RawEntry, length: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (text: string | Buffer, at: number): void => void Buffer.from(text).copy(block, at);
  const octal = (value: number, digits: number, at: number): void =>
    put(`${value.toString(8).padStart(digits, "0")}\0`, at);
  put(Buffer.from(entry.path).subarray(0, 100), 0);
  octal(entry.mode ?? 0o644, 7, 100);
  octal(0, 7, 108);
  octal(0, 7, 116);
  octal(entry.size ?? length, 11, 124);
  octal(0, 11, 136);
  put("        ", 148);
  put(entry.type ?? "0", 156);
  put(entry.linkpath ?? "", 157);
  put("ustar\0" + "00", 257);
  put(entry.prefix ?? "", 345);
  const sum = block.reduce((total, byte) => total + byte, entry.wrongChecksum === true ? 1 : 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
