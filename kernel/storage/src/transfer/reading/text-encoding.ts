import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { unreadable } from "./refused.js";

export type TextEncoding = "utf-8" | "gb18030" | "utf-16le" | "utf-16be";

/**
 * How a text file is written: by its byte order mark, else UTF-8 when all of it is that, else GB18030 when all of it is that.
 * @throws JinshuiError `invalid-file` when it is none of them.
 */
export async function textEncoding(path: string, name: string): Promise<TextEncoding> {
  const marked = await byteOrderMark(path);
  const candidates: TextEncoding[] = marked ? [marked] : ["utf-8", "gb18030"];
  for (const encoding of candidates) if (await isAll(path, encoding)) return encoding;
  throw unreadable(name, "encoding", { encodings: candidates });
}

/** The text in pieces, without its byte order mark. */
export async function* decoded(path: string, encoding: TextEncoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>)
    yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function byteOrderMark(path: string): Promise<TextEncoding | undefined> {
  const file = await open(path, "r");
  try {
    const { buffer } = await file.read(Buffer.alloc(3), 0, 3, 0);
    if (buffer[0] === 0xff && buffer[1] === 0xfe) return "utf-16le";
    if (buffer[0] === 0xfe && buffer[1] === 0xff) return "utf-16be";
    return buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? "utf-8" : undefined;
  } finally {
    await file.close();
  }
}

/** Whether every byte is text of this encoding, and none a zero, which no list has. */
async function isAll(path: string, encoding: TextEncoding): Promise<boolean> {
  try {
    for await (const text of decoded(path, encoding)) if (text.includes("\0")) return false;
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
