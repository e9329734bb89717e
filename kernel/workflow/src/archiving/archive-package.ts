import { type FileStore, type Row, type ZipPart, zipParts } from "@jinshui/storage";
import { type ArchiveContent } from "./archive-content.js";
import { partsOf } from "./archive-parts.js";
import { attachmentPath, MANIFEST, manifestOf } from "./manifest.js";

/** An archive as one file: its manifest, its parts, and the files of its forms. */
export async function archivePackage(
  row: Row,
  files: Pick<FileStore, "folder" | "read">,
): Promise<AsyncGenerator<Buffer>> {
  const content = row["content"] as ArchiveContent;
  const attachments = new Map<string, ZipPart>();
  for (const file of content.attachments ?? []) {
    const path = attachmentPath(file);
    if (attachments.has(path)) continue;
    const { blob } = await files.read(file.file, String(row["bureau"]));
    attachments.set(path, { path, content: files.folder.read(blob) });
  }
  return zipParts([
    { path: MANIFEST, content: JSON.stringify(manifestOf(row), undefined, 2) },
    ...partsOf(content).map(({ path, text }) => ({ path, content: text })),
    ...attachments.values(),
  ]);
}
