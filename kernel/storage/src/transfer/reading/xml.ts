import { SaxesParser } from "saxes";
import { MAX_PIECE_BYTES } from "./sheet.js";

/** What is heard of a part of a workbook; names are without their prefix. */
export interface XmlListener {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  text(text: string): void;
}

/**
 * Reads XML as it comes, handing over after each piece so that the listener can be asked for what it has. Document types, and so
 * entities of one's own, are refused.
 * @throws Error when it is not well formed.
 */
export async function* heard(stream: AsyncIterable<Buffer>, listener: XmlListener): AsyncGenerator<number> {
  const parser = new SaxesParser();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let sinceTag = 0;
  parser.on("doctype", () => {
    throw new Error("a part with a document type");
  });
  parser.on("opentag", ({ name, attributes }) => {
    sinceTag = 0;
    listener.open(local(name), attributes);
  });
  parser.on("closetag", ({ name }) => {
    sinceTag = 0;
    listener.close(local(name));
  });
  parser.on("text", (text) => listener.text(text));
  parser.on("cdata", (text) => listener.text(text));
  for await (const chunk of stream) {
    sinceTag += chunk.length;
    if (sinceTag > MAX_PIECE_BYTES) throw new Error("a text or tag without an end");
    parser.write(decoder.decode(chunk, { stream: true }));
    yield chunk.length;
  }
  parser.write(decoder.decode());
  parser.close();
}

/** Reads all of it. */
export async function hear(stream: AsyncIterable<Buffer>, listener: XmlListener): Promise<void> {
  const pieces = heard(stream, listener);
  while ((await pieces.next()).done !== true);
}

function local(name: string): string {
  const colon = name.indexOf(":");
  return colon === -1 ? name : name.slice(colon + 1);
}
