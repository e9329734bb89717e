import { JinshuiError } from "@jinshui/contracts";
import { Readable } from "node:stream";
import { openPromise } from "yauzl";
import { ZipFile } from "yazl";

/** A file in an archive. */
export interface ZipPart {
  path: string;
  content: string | AsyncIterable<Buffer>;
}

/** Writes an archive as it is read; the same parts give the same bytes, whenever they are written. */
export async function* zipParts(parts: readonly ZipPart[]): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const about = { mtime: new Date(0), mode: 0o100644, compress: true };
  for (const { path, content } of parts)
    if (typeof content === "string") zip.addBuffer(Buffer.from(content), path, about);
    else zip.addReadStreamLazy(path, about, (give) => give(null, Readable.from(content)));
  zip.end();
  for await (const chunk of zip.outputStream) yield chunk as Buffer;
}

/** A part of an archive as it is found: its content is to be read before the next one is asked for. */
export interface FoundPart {
  path: string;
  bytes: number;
  content(): Promise<AsyncIterable<Buffer>>;
}

/**
 * The parts of an archive in a file, of at most `maxParts`.
 * @throws JinshuiError `invalid-file` where it is no archive, or names a part twice.
 */
export async function* readZipParts(path: string, maxParts = 10_000): AsyncGenerator<FoundPart> {
  const unreadable = (cause?: unknown): JinshuiError =>
    new JinshuiError("invalid-file", `${path} is not a readable archive`, { cause, details: { name: path } });
  const zip = await openPromise(path).catch((error: unknown) => {
    throw unreadable(error);
  });
  const seen = new Set<string>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (seen.has(entry.fileName) || seen.size >= maxParts) throw unreadable();
      seen.add(entry.fileName);
      yield {
        path: entry.fileName,
        bytes: entry.uncompressedSize,
        content: () => zip.openReadStreamPromise(entry),
      };
    }
  } catch (error) {
    throw error instanceof JinshuiError ? error : unreadable(error);
  } finally {
    zip.close();
  }
}
