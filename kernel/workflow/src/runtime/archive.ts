import type { ActorRef, FiledDocument, FormSchema, HistoryEntry, LocalText } from "@jinshui/contracts";
import { canonicalJson, newId, type Transaction } from "@jinshui/storage";
import { createHash } from "node:crypto";
import { type StoredSignature, storedSignatures } from "../signing/signature-checks.js";
import { filedDocuments } from "../definition/documents.js";
import type { LoadedInstance } from "./instance.js";

/** What is kept of a finished matter: nothing of it depends on definitions or people that may change later. */
export interface ArchiveContent {
  instance: string;
  number: string;
  title: string;
  definition: { key: string; version: number; title: LocalText; sha256: string };
  applicant: ActorRef;
  startedAt: string;
  endedAt: string;
  status: string;
  variables: Record<string, unknown>;
  forms: FormSchema[];
  history: HistoryEntry[];
  /** Papers that the process names; absent where it names none. */
  documents?: FiledDocument[];
  /** Absent in archives from before there were signatures. */
  signatures?: StoredSignature[];
}

/** Seals a finished instance in the same transaction that finishes it; returns the seal. */
export async function archive(tx: Transaction, { row, definition, state }: LoadedInstance): Promise<string> {
  const history = await tx.find("wf_history", { where: { instance: String(row["id"]) }, orderBy: ["id"] });
  const applicant = row["applicant"] as ActorRef;
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
    applicant,
    startedAt: String(row["started_at"]),
    endedAt: tx.time,
    status: String(row["status"]),
    variables: state?.variables ?? {},
    forms: definition.forms,
    ...filedDocuments(definition, state?.variables ?? {}),
    history: history.map((line) => line["entry"] as HistoryEntry),
    signatures: await storedSignatures(tx, String(row["id"])),
  };
  const sha256 = contentHash(content);
  await tx.insert("wf_archive", {
    id: newId(),
    bureau: row["bureau"],
    instance: row["id"],
    search_text: `${content.number} ${content.title} ${applicant.name} ${definition.title["zh-CN"]}`.slice(0, 500),
    content,
    sha256,
    ended_at: tx.time,
  });
  return sha256;
}

/** SHA-256 of the content as canonical JSON. */
export function contentHash(content: ArchiveContent): string {
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}
