import type {
  ActorRef,
  FiledDocument,
  FormFile,
  FormSchema,
  HistoryEntry,
  LocalText,
  RetentionClass,
} from "@jinshui/contracts";
import { canonicalJson } from "@jinshui/storage";
import { createHash } from "node:crypto";
import type { StoredSignature } from "../signing/signature-checks.js";

/** A file that was given in a field of a form. */
export interface ArchivedFile extends FormFile {
  /** Key of the field. */
  field: string;
}

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
  /** Absent, as the next, in archives from before there were classes of retention. */
  retention?: RetentionClass;
  attachments?: ArchivedFile[];
}

/** SHA-256 of the content as canonical JSON. */
export function contentHash(content: ArchiveContent): string {
  return sha256Of(canonicalJson(content));
}

/** SHA-256 in hexadecimal. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Files that fields of forms hold, told by their shape: `{ file, name, size, sha256 }`, alone or in a list. */
export function filesOf(variables: Record<string, unknown>): ArchivedFile[] {
  const found = Object.entries(variables).flatMap(([field, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isFile).map(({ file, name, size, sha256 }) => ({
      file,
      field,
      name,
      size,
      sha256,
    })),
  );
  return found.sort((one, other) => (`${one.field} ${one.file}` < `${other.field} ${other.file}` ? -1 : 1));
}

/** Whether a value looks like a file that was uploaded. */
export function isFile(value: unknown): value is FormFile {
  if (typeof value !== "object" || value === null) return false;
  const { file, name, size, sha256 } = value as Record<string, unknown>;
  return (
    typeof file === "string" &&
    typeof name === "string" &&
    typeof size === "number" &&
    typeof sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}
