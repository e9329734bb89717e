import type { ActorRef, HistoryEntry } from "@jinshui/contracts";
import { insertLink, newId, type Transaction } from "@jinshui/storage";
import { type ArchiveContent, type ArchivedFile, contentHash, filesOf } from "../archiving/archive-content.js";
import { archiveColumns } from "../archiving/archive-columns.js";
import { retentionOf } from "../archiving/retention.js";
import { storedSignatures } from "../signing/signature-checks.js";
import { filedDocuments } from "../definition/documents.js";
import type { LoadedInstance } from "./instance.js";

/**
 * Seals a finished instance in the same transaction that finishes it; returns the seal, or nothing for a matter whose process
 * makes no file.
 */
export async function archive(
  tx: Transaction,
  { row, definition, state }: LoadedInstance,
): Promise<string | undefined> {
  const retention = retentionOf(definition.model.extensions);
  if (retention === "none") return undefined;
  const history = await tx.find("wf_history", { where: { instance: String(row["id"]) }, orderBy: ["id"] });
  const attachments = await storedFiles(tx, String(row["bureau"]), state?.variables ?? {});
  const content: ArchiveContent = {
    instance: String(row["id"]),
    number: String(row["number"]),
    title: String(row["title"]),
    definition: {
      key: definition.key,
      version: definition.version,
      title: definition.title,
      sha256: definition.sha256,
    },
    applicant: row["applicant"] as ActorRef,
    startedAt: String(row["started_at"]),
    endedAt: tx.time,
    status: String(row["status"]),
    variables: state?.variables ?? {},
    forms: definition.forms,
    ...filedDocuments(definition, state?.variables ?? {}),
    history: history.map((line) => line["entry"] as HistoryEntry),
    signatures: await storedSignatures(tx, String(row["id"])),
    retention,
    ...(attachments.length === 0 ? {} : { attachments }),
  };
  const sha256 = contentHash(content);
  const id = newId();
  const bureau = String(row["bureau"]);
  await tx.insert("wf_archive", {
    id,
    bureau,
    instance: row["id"],
    content,
    sha256,
    ended_at: tx.time,
    ...archiveColumns(content),
  });
  for (const { file, field } of attachments)
    await insertLink(tx, { bureau, file, collection: "workflow.archive", record: id, field });
  return sha256;
}

/** The files of the bureau that a matter's form holds; what only looks like one is data. */
async function storedFiles(
  tx: Transaction,
  bureau: string,
  variables: Record<string, unknown>,
): Promise<ArchivedFile[]> {
  const named = filesOf(variables);
  if (named.length === 0) return [];
  const rows = await tx.find("file", { where: { bureau, id: { in: named.map(({ file }) => file) } } });
  const known = new Map(rows.map((file) => [String(file["id"]), String(file["sha256"])]));
  return named.filter(({ file, sha256 }) => known.get(file) === sha256);
}
