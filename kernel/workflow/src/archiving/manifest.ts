import { canonicalJson, type Row } from "@jinshui/storage";
import { type ArchiveContent, sha256Of } from "./archive-content.js";
import { partsOf } from "./archive-parts.js";

const FORMAT = "jinshui-archive";
export const MANIFEST = "manifest.json";

/** The table of contents of an archive as a file: with it an archive proves itself where no site is. */
export interface ArchiveManifest {
  format: typeof FORMAT;
  version: 1;
  id: string;
  bureau: string;
  number: string;
  title: string;
  retention: string;
  /** Absent for what is kept for good. */
  retainUntil?: string;
  /** The seal of the content as the site's audit trail has it since the matter ended. */
  seal: string;
  parts: { path: string; bytes: number; sha256: string }[];
  /** Over all of the above, as canonical JSON. */
  sha256: string;
}

/** Where an attachment lies: two may have the same name. */
export function attachmentPath({ sha256 }: { sha256: string }): string {
  return `attachments/${sha256}`;
}

export function manifestOf(row: Row): ArchiveManifest {
  const content = row["content"] as ArchiveContent;
  const files = new Map((content.attachments ?? []).map((file) => [attachmentPath(file), file]));
  const manifest: Omit<ArchiveManifest, "sha256"> = {
    format: FORMAT,
    version: 1,
    id: String(row["id"]),
    bureau: String(row["bureau"]),
    number: content.number,
    title: content.title,
    retention: String(row["retention"]),
    ...(row["retain_until"] === undefined ? {} : { retainUntil: String(row["retain_until"]) }),
    seal: String(row["sha256"]),
    parts: [
      ...partsOf(content).map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text), sha256: sha256Of(text) })),
      ...[...files].map(([path, { size, sha256 }]) => ({ path, bytes: size, sha256 })),
    ],
  };
  return { ...manifest, sha256: sha256Of(canonicalJson(manifest)) };
}

/** The manifest in a file; nothing where it is none, or is not what it was when it was made. */
export function readManifest(text: string): ArchiveManifest | undefined {
  try {
    const { sha256, ...rest } = JSON.parse(text) as ArchiveManifest;
    if ((rest.format as string) !== FORMAT || !Array.isArray(rest.parts)) return undefined;
    return sha256Of(canonicalJson(rest)) === sha256 ? { ...rest, sha256 } : undefined;
  } catch {
    return undefined;
  }
}
