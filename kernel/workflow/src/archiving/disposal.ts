import { type ActorRef, type ArchiveDisposal, type HistoryEntry, JinshuiError } from "@jinshui/contracts";
import type { InstanceState } from "@jinshui/engine";
import { removeLink, type Row, type Transaction } from "@jinshui/storage";
import { MATTER_FILES } from "../runtime/form-files.js";
import type { ArchiveContent } from "./archive-content.js";
import { archivesOfJob, refusal } from "./job-archives.js";

/** People who must agree, besides whoever asks for it. */
const PEOPLE = 2;
/** What an approver does with a step. */
const AGREEING = new Set(["approve", "confirm"]);

/** Removes the content of archives that a job's matter names; returns how many. See the operation `disposeArchives`. */
export async function disposeArchives(
  tx: Transaction,
  call: { plugin: string; bureau: string; job: string; variable: string; reason: string; trace: string },
): Promise<number> {
  const { plugin, bureau, variable, reason, trace } = call;
  const { instance, history, archives } = await archivesOfJob(tx, call);
  const by = agreed(history, variable, String(instance["applicant_id"]));
  if (by.length < PEOPLE)
    throw new JinshuiError(
      "forbidden",
      `${by.length} people have approved ${String(instance["number"])}: it takes ${PEOPLE} other than the applicant`,
      { details: { people: by.map(({ name }) => name) } },
    );
  const kept = archives.filter((row) => whyKept(row, tx.time) !== undefined);
  if (kept.length > 0)
    throw refusal(
      "Must be kept:",
      kept.map((row) => `${(row["content"] as ArchiveContent).number} (${whyKept(row, tx.time) ?? ""})`),
    );
  const disposal: ArchiveDisposal = {
    by,
    at: tx.time,
    reason,
    instance: String(instance["id"]),
    number: String(instance["number"]),
  };
  for (const row of archives) {
    await dispose(tx, row, disposal);
    tx.audit({
      bureau,
      actor: { id: `plugin:${plugin}`, name: plugin },
      action: "dispose-archive",
      resource: `archive/${String(row["id"])}`,
      after: { ...disposal, sha256: row["sha256"] },
      trace,
    });
  }
  return archives.length;
}

/** Why an archive can't be disposed of; nothing where it can. */
function whyKept(row: Row, now: string): "disposed" | "held" | "permanent" | "retention" | undefined {
  if (row["disposed_at"] !== undefined) return "disposed";
  if (row["hold"] !== undefined) return "held";
  if (row["retain_until"] === undefined) return "permanent";
  return String(row["retain_until"]) > now ? "retention" : undefined;
}

/** Who has approved since the list was last changed; nobody can agree for the one who asks. */
function agreed(history: readonly HistoryEntry[], variable: string, applicant: string): ActorRef[] {
  let people = new Map<string, ActorRef>();
  for (const { type, by, action = "", changes = [] } of history) {
    if (changes.some(({ key }) => key === variable)) people = new Map();
    if (type === "task-completed" && by && by.id !== applicant && AGREEING.has(action)) people.set(by.id, by);
  }
  return [...people.values()];
}

/** What was said, filled in, signed and attached goes; that there was a matter, and its seal, stays. */
async function dispose(tx: Transaction, row: Row, disposal: ArchiveDisposal): Promise<void> {
  const { attachments = [], ...content } = row["content"] as ArchiveContent;
  const { instance } = content;
  const [id, bureau] = [String(row["id"]), String(row["bureau"])];
  const emptied: ArchiveContent = { ...content, variables: {}, forms: [], history: [] };
  delete emptied.signatures;
  await tx.update("wf_archive", { id }, { content: emptied, disposed_at: disposal.at, disposal });
  for (const { file, field } of attachments)
    await removeLink(tx, { bureau, file, collection: "workflow.archive", record: id, field });
  // also those that were taken out of a form before the end
  const given = await tx.find("file_link", { where: { collection: MATTER_FILES, record: instance, bureau } });
  for (const { file, field } of given)
    await removeLink(tx, {
      bureau,
      file: String(file),
      collection: MATTER_FILES,
      record: instance,
      field: String(field),
    });
  await tx.remove("wf_archive_loan", { archive: id });
  for (const table of ["wf_history", "wf_event", "wf_signature", "wf_notice"]) await tx.remove(table, { instance });
  const matter = await tx.findOneForUpdate("wf_instance", { id: instance });
  const state = matter?.["state"] as InstanceState;
  const { applicant } = state.variables;
  await tx.update("wf_instance", { id: instance }, { state: { ...state, variables: { applicant } } });
}
