import { fileTypeFromBuffer } from "file-type";
import { open } from "node:fs/promises";
import { type ArchiveLimits, type ArchiveContents, inspectArchive } from "./inspect-archive.js";

const HEAD_BYTES = 64 * 1024;

/** Of archives that are uploaded: a report of a few hundred attachments fits, a bomb does not. */
const UPLOAD_LIMITS: ArchiveLimits = { unpackedBytes: 2 * 1024 ** 3, entries: 10_000, ratio: 100, depth: 3 };

/** What a content is. `kind` is an extension of `file-type`, or `text`, `html`, `svg`, `ofd`, `unknown`. */
export interface ContentKind {
  kind: string;
  /** Of texts. */
  charset?: "utf-8" | "gb18030" | "utf-16le" | "utf-16be";
}

/** Tells what a file is by its bytes alone; archives are unpacked to nowhere and refused when they could do harm. */
export async function contentKind(path: string, name: string): Promise<ContentKind> {
  const head = await headOf(path);
  // the library walks through compressed parts; what begins like an archive is told by our own reader with its limits
  if (head.subarray(0, 2).toString("latin1") === "PK")
    return { kind: kindOfArchive(await inspectArchive(path, name, UPLOAD_LIMITS)) };
  const found = (await fileTypeFromBuffer(head).catch(() => undefined))?.ext;
  if (found !== undefined && found !== "xml") return { kind: found };
  const charset = charsetOf(head);
  if (charset === undefined) return { kind: found ?? "unknown" };
  return { kind: kindOfText(new TextDecoder(charset).decode(head), found), charset };
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function kindOfArchive({ names, mimetype }: ArchiveContents): string {
  const has = (prefix: string): boolean => [...names].some((name) => name.startsWith(prefix));
  if (mimetype.startsWith("application/vnd.oasis.opendocument."))
    return { text: "odt", spreadsheet: "ods", presentation: "odp" }[mimetype.slice(35).trim()] ?? "zip";
  if (names.has("ofd.xml")) return "ofd";
  if (names.has("androidmanifest.xml")) return "apk";
  if (names.has("[content_types].xml")) {
    const office = has("word/") ? "docx" : has("xl/") ? "xlsx" : has("ppt/") ? "pptx" : "zip";
    // macros make another kind, whatever the name says
    return [...names].some((name) => name.endsWith("/vbaproject.bin")) ? office.replace(/x$/, "m") : office;
  }
  return names.has("meta-inf/manifest.mf") ? "jar" : "zip";
}

/** Something as text, or not: a text of the office has no control characters but those that lay it out. */
function charsetOf(head: Buffer): ContentKind["charset"] {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  for (const byte of head) if (byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte)) return undefined;
  return decodes("utf-8", head) ? "utf-8" : decodes("gb18030", head) ? "gb18030" : undefined;
}

function decodes(charset: string, head: Buffer): boolean {
  try {
    // `stream`: the head may end within a character
    new TextDecoder(charset, { fatal: true }).decode(head, { stream: head.length === HEAD_BYTES });
    return true;
  } catch {
    return false;
  }
}

function kindOfText(text: string, found: string | undefined): string {
  const start = afterDeclarations(text.replace(/^\ufeff/, ""));
  const root = /^<(?:!doctype\s{1,20})?(?:[\w.-]{1,100}:)?([\w.-]{1,100})/i.exec(start)?.[1]?.toLowerCase();
  if (root === "svg") return "svg";
  if (root !== undefined && HTML_ROOTS.has(root)) return "html";
  return found === "xml" || (root !== undefined && text.trimEnd().endsWith(">")) ? "xml" : "text";
}

/** The text from its first element on, or from the document type of a page. */
function afterDeclarations(text: string): string {
  for (let rest = text.trimStart(); ; rest = rest.trimStart()) {
    const end = rest.startsWith("<?")
      ? rest.indexOf("?>") + 2
      : rest.startsWith("<!--")
        ? rest.indexOf("-->") + 3
        : /^<!doctype\s{1,20}(?!html|svg)/i.test(rest)
          ? endOfDoctype(rest)
          : 0;
    // what does not end within the head is given up: nothing can be said of it
    if (end <= 3) return end === 0 ? rest : "";
    rest = rest.slice(end);
  }
}

function endOfDoctype(text: string): number {
  const subset = text.indexOf("[");
  const first = text.indexOf(">") + 1;
  if (subset === -1 || subset > first) return first;
  const close = text.indexOf("]", subset);
  return close === -1 ? 1 : text.indexOf(">", close) + 1;
}

/** Elements that make browsers take a text for a page. */
const HTML_ROOTS = new Set(
  "html head body script iframe h1 div font table a style title b br p img object embed form input meta link".split(
    " ",
  ),
);
