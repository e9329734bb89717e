import type { HistoryEntry, SignatureCheck } from "@jinshui/contracts";
import type { InstanceState } from "@jinshui/engine";
import { canonicalJson, type Reader } from "@jinshui/storage";
import type { ArchiveContent } from "../archiving/archive-content.js";
import { type Checks, checkSignatures, type StoredInstance, storedSignatures } from "./signature-checks.js";

/**
 * The signatures of an archived matter: those of the matter, where the archive tells the same of them; none that holds when the
 * archive's seal is broken. The seal alone proves little: whoever changes an archive can seal it anew.
 */
export async function checkArchive(
  reader: Reader,
  signatures: Checks,
  instance: StoredInstance,
  content: ArchiveContent,
  intact: boolean,
): Promise<SignatureCheck[]> {
  const { row, history } = instance;
  const checks = await checkSignatures(reader, signatures, instance);
  const differs =
    !intact ||
    canonicalJson(content.variables) !== canonicalJson((row["state"] as InstanceState).variables) ||
    canonicalJson(content.signatures ?? []) !== canonicalJson(await storedSignatures(reader, String(row["id"])));
  return checks.map((check) => {
    const isSame =
      !differs && canonicalJson(lineOf(content.history, check.task)) === canonicalJson(lineOf(history, check.task));
    return check.valid && !isSame ? { ...check, valid: false, fault: "archive" } : check;
  });
}

function lineOf(history: HistoryEntry[], task: string): HistoryEntry | null {
  return history.find((entry) => entry.type === "task-completed" && entry.task === task) ?? null;
}
